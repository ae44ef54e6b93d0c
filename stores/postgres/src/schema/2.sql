-- What is done, each in one transaction and one round trip.
--
-- Locks are taken in this order: users, in the order of their keys; then sessions, a user's in the order of their ids, a
-- chain of marks from the oldest. A login appears or moves only while its user is locked, so whoever holds that lock
-- sees all of the user's sessions. Every statement sees what was committed before it began (READ COMMITTED).

-- Processes that want to hear of sessions that end.
CREATE TABLE {schema}.listeners (
    pid integer PRIMARY KEY,
    until bigint NOT NULL
);

CREATE FUNCTION {schema}.clock() RETURNS bigint LANGUAGE sql AS
    'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

-- Before every write that an answer confirms.
CREATE FUNCTION {schema}.begin_write() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'passport needs transactions that are READ COMMITTED';
    END IF;
    IF current_setting('synchronous_commit') = 'off' THEN
        SET LOCAL synchronous_commit TO on;
    END IF;
END $$;

CREATE FUNCTION {schema}.hold_users(_owners bytea[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _key bigint;
BEGIN
    FOR _key IN
        SELECT DISTINCT ('x' || encode(substr(o, 1, 8), 'hex'))::bit(64)::bigint AS key
        FROM unnest(_owners) AS o ORDER BY key
    LOOP
        PERFORM pg_advisory_xact_lock(_key);
    END LOOP;
END $$;

-- Tells those who wait. The payload is the first eight bytes of each id's hash; empty: look at everything.
-- Nobody is told where nobody listens: transactions that notify commit one after the other, in the whole server.
CREATE FUNCTION {schema}.announce(_ids bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(_ids) = 0 OR NOT EXISTS (
        SELECT FROM {schema}.listeners l WHERE l.until > {schema}.clock()
    ) THEN
        RETURN;
    END IF;
    PERFORM pg_notify('{channel}', CASE WHEN cardinality(_ids) > 400 THEN '' ELSE (
        SELECT string_agg(encode(substr(i, 1, 8), 'hex'), '') FROM unnest(_ids) AS i
    ) END);
END $$;

-- Leaves empty marks for a minute.
CREATE FUNCTION {schema}.mark(_ids bytea[], _now bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE {schema}.sessions
    SET record = NULL, moved_to = NULL, ended = '', marks = '{}', expires = _now + 60000, due = _now + 60000
    WHERE id = ANY (_ids)
$$;

-- Ends one user's logins in these sessions; those in which nobody is logged in any more end. The user is locked.
CREATE FUNCTION {schema}.end_logins(
    _owner bytea, _ids bytea[], _now bigint, OUT live bigint, OUT whole bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    _gone bytea[];
    _partly bytea[];
BEGIN
    PERFORM FROM {schema}.sessions s WHERE s.id = ANY (_ids) ORDER BY s.id FOR UPDATE;
    WITH gone AS (
        DELETE FROM {schema}.logins l WHERE l.owner = _owner AND l.id = ANY (_ids) RETURNING l.id
    )
    SELECT coalesce(array_agg(g.id), '{}') INTO _gone FROM gone g;
    _partly := ARRAY(SELECT DISTINCT l.id FROM {schema}.logins l WHERE l.id = ANY (_gone));
    whole := ARRAY(SELECT unnest(_gone) EXCEPT SELECT unnest(_partly));
    SELECT count(*) INTO live FROM {schema}.sessions s WHERE s.id = ANY (_gone) AND s.expires > _now;
    UPDATE {schema}.sessions s SET ended = s.ended || _owner, version = nextval('{schema}.versions')
    WHERE s.id = ANY (_partly);
    PERFORM {schema}.mark(whole, _now);
END $$;

-- The sessions, of all but one, that each of these users has to give up to have one more. The users are locked.
CREATE FUNCTION {schema}.beyond(_owners bytea[], _except bytea, _most bigint, _now bigint)
RETURNS TABLE (owner bytea, ids bytea[]) LANGUAGE sql AS $$
    SELECT mine.owner, mine.ids[1:cardinality(mine.ids) - _most::integer + 1] FROM (
        SELECT l.owner, array_agg(l.id ORDER BY l.at, l.id) AS ids
        FROM {schema}.logins l JOIN {schema}.sessions s ON s.id = l.id
        WHERE l.owner = ANY (_owners) AND l.id <> _except AND s.expires > _now GROUP BY l.owner
    ) AS mine WHERE cardinality(mine.ids) >= _most
$$;

-- Ends them. Which sessions ended with that.
CREATE FUNCTION {schema}.make_room(_owners bytea[], _except bytea, _most bigint, _now bigint)
RETURNS bytea[] LANGUAGE plpgsql AS $$
DECLARE
    _one record;
    _over bytea[] := '{}';
BEGIN
    FOR _one IN SELECT b.owner, b.ids FROM {schema}.beyond(_owners, _except, _most, _now) b ORDER BY b.owner LOOP
        _over := _over || (SELECT e.whole FROM {schema}.end_logins(_one.owner, _one.ids, _now) e);
    END LOOP;
    RETURN _over;
END $$;

-- Whether an id is live or carries a mark. What has expired there is removed.
CREATE FUNCTION {schema}.is_taken(_id bytea, _now bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    _expires bigint;
BEGIN
    SELECT s.expires INTO _expires FROM {schema}.sessions s WHERE s.id = _id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF _expires > _now THEN
        RETURN true;
    END IF;
    DELETE FROM {schema}.sessions s WHERE s.id = _id;
    DELETE FROM {schema}.logins l WHERE l.id = _id;
    RETURN false;
END $$;

CREATE FUNCTION {schema}.write_logins(_id bytea, _owners bytea[], _at bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO {schema}.logins (owner, id, at) SELECT o, _id, a FROM unnest(_owners, _at) AS _(o, a)
$$;

CREATE FUNCTION {schema}.create_session(
    _id bytea, _record bytea, _owners bytea[], _at bigint[], _length bigint, _most bigint, _refuse boolean,
    OUT written text, OUT new_version bigint, OUT over bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    _now bigint;
    _full boolean := false;
BEGIN
    over := '{}';
    PERFORM {schema}.begin_write();
    PERFORM {schema}.hold_users(_owners);
    _now := {schema}.clock();
    IF {schema}.is_taken(_id, _now) THEN
        written := 'exists';
        RETURN;
    END IF;
    IF cardinality(_owners) > 0 THEN
        _full := EXISTS (SELECT FROM {schema}.beyond(_owners, _id, _most, _now));
        IF _full AND _refuse THEN
            written := 'limit';
            RETURN;
        END IF;
    END IF;
    new_version := nextval('{schema}.versions');
    INSERT INTO {schema}.sessions (id, record, version, seen, expires, due)
    VALUES (_id, _record, new_version, _now, _now + _length, _now + _length)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        written := 'exists';
        RETURN;
    END IF;
    PERFORM {schema}.write_logins(_id, _owners, _at);
    IF _full THEN
        over := {schema}.make_room(_owners, _id, _most, _now);
        PERFORM {schema}.announce(over);
    END IF;
    written := 'done';
END $$;

-- Who is logged in at a version, or why a write to it is refused. Two looks at one version say the same, so the users
-- can be locked between them.
CREATE FUNCTION {schema}.at_version(
    _id bytea, _version bigint, _now bigint, OUT written text, OUT owners bytea[], OUT at bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    _found bigint;
BEGIN
    SELECT s.version, l.owners, l.at INTO _found, owners, at
    FROM {schema}.sessions s, LATERAL (
        SELECT coalesce(array_agg(o.owner ORDER BY o.owner), '{}') AS owners,
            coalesce(array_agg(o.at ORDER BY o.owner), '{}') AS at
        FROM {schema}.logins o WHERE o.id = s.id
    ) AS l
    WHERE s.id = _id AND s.record IS NOT NULL AND s.expires > _now;
    written := CASE WHEN NOT FOUND THEN 'gone' WHEN _found <> _version THEN 'conflict' END;
END $$;

CREATE FUNCTION {schema}.update_session(
    _id bytea, _record bytea, _version bigint, _owners bytea[], _at bigint[], _length bigint,
    OUT written text, OUT new_version bigint, OUT over bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    _now bigint := {schema}.clock();
    _old record;
BEGIN
    over := '{}';
    PERFORM {schema}.begin_write();
    SELECT * INTO _old FROM {schema}.at_version(_id, _version, _now);
    IF _old.written IS NOT NULL THEN
        written := _old.written;
        RETURN;
    END IF;
    IF NOT _owners <@ _old.owners THEN
        PERFORM {schema}.hold_users(ARRAY(SELECT unnest(_owners) EXCEPT SELECT unnest(_old.owners)));
        _now := {schema}.clock();
    END IF;
    new_version := nextval('{schema}.versions');
    UPDATE {schema}.sessions s
    SET record = _record, version = new_version, ended = '', seen = greatest(s.seen, _now),
        expires = greatest(s.expires, _now + _length)
    WHERE s.id = _id AND s.version = _version AND s.record IS NOT NULL AND s.expires > _now;
    IF NOT FOUND THEN
        SELECT coalesce(a.written, 'gone') INTO written FROM {schema}.at_version(_id, _version, _now) a;
        RETURN;
    END IF;
    IF _owners <> _old.owners OR _at <> _old.at THEN
        DELETE FROM {schema}.logins l WHERE l.id = _id;
        PERFORM {schema}.write_logins(_id, _owners, _at);
    END IF;
    written := 'done';
END $$;

CREATE FUNCTION {schema}.rotate_session(
    _old_id bytea, _new_id bytea, _record bytea, _version bigint, _owners bytea[], _at bigint[], _length bigint,
    _most bigint, _refuse boolean, OUT written text, OUT new_version bigint, OUT over bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    _now bigint := {schema}.clock();
    _old record;
    _comers bytea[];
    _full boolean := false;
    _expires bigint;
    _marks bigint[];
BEGIN
    over := '{}';
    PERFORM {schema}.begin_write();
    SELECT * INTO _old FROM {schema}.at_version(_old_id, _version, _now);
    written := _old.written;
    IF written IS NULL THEN
        PERFORM {schema}.hold_users(_old.owners || _owners);
        _now := {schema}.clock();
        SELECT s.expires, s.marks INTO _expires, _marks FROM {schema}.sessions s
        WHERE s.id = _old_id AND s.version = _version AND s.record IS NOT NULL AND s.expires > _now FOR UPDATE;
        IF NOT FOUND THEN
            SELECT coalesce(a.written, 'gone') INTO written FROM {schema}.at_version(_old_id, _version, _now) a;
        END IF;
    END IF;
    IF written IS NOT NULL THEN
        RETURN;
    END IF;
    IF {schema}.is_taken(_new_id, _now) THEN
        written := 'exists';
        RETURN;
    END IF;
    _comers := ARRAY(SELECT unnest(_owners) EXCEPT SELECT unnest(_old.owners));
    IF cardinality(_comers) > 0 THEN
        _full := EXISTS (SELECT FROM {schema}.beyond(_comers, _new_id, _most, _now));
        IF _full AND _refuse THEN
            written := 'limit';
            RETURN;
        END IF;
    END IF;
    -- Only those in a row: one that is over is where a logout from further back stops.
    _marks := ARRAY(
        SELECT m FROM unnest(_marks) WITH ORDINALITY AS _(m, n)
        WHERE n > coalesce((SELECT max(n) FROM unnest(_marks) WITH ORDINALITY AS _(m, n) WHERE m <= _now), 0)
        ORDER BY n
    );
    IF cardinality(_marks) >= {chain} THEN
        DELETE FROM {schema}.logins l WHERE l.id = _old_id;
        over := ARRAY[_old_id];
        PERFORM {schema}.mark(over, _now);
        PERFORM {schema}.announce(over);
        written := 'gone';
        RETURN;
    END IF;
    new_version := nextval('{schema}.versions');
    INSERT INTO {schema}.sessions (id, record, version, seen, expires, due, marks)
    VALUES (_new_id, _record, new_version, _now, _now + _length, _now + _length,
        CASE WHEN cardinality(_old.owners) > 0 THEN _marks || _expires ELSE '{}' END)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        written := 'exists';
        RETURN;
    END IF;
    IF cardinality(_old.owners) > 0 THEN
        DELETE FROM {schema}.logins l WHERE l.id = _old_id;
        UPDATE {schema}.sessions s SET record = NULL, moved_to = _new_id, ended = '', marks = '{}'
        WHERE s.id = _old_id;
    ELSE
        PERFORM {schema}.mark(ARRAY[_old_id], _now);
    END IF;
    PERFORM {schema}.write_logins(_new_id, _owners, _at);
    IF _full THEN
        over := {schema}.make_room(_comers, _new_id, _most, _now);
    END IF;
    over := over || _old_id;
    PERFORM {schema}.announce(over);
    written := 'done';
END $$;

-- Not worth waiting for the disk: a crash of the server forgets a request's time, and the session ends earlier.
CREATE FUNCTION {schema}.touch_session(_id bytea, _length bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    _now bigint := {schema}.clock();
BEGIN
    SET LOCAL synchronous_commit TO off;
    UPDATE {schema}.sessions s SET seen = greatest(s.seen, _now), expires = greatest(s.expires, _now + _length)
    WHERE s.id = _id AND s.record IS NOT NULL AND s.expires > _now;
    RETURN FOUND;
END $$;

-- The ids that have ended by it. What has expired ends too: it must not come back when the clock is set back.
CREATE FUNCTION {schema}.delete_session(_id bytea) RETURNS bytea[] LANGUAGE plpgsql AS $$
DECLARE
    _at bytea := _id;
    _one record;
    _path bytea[] := '{}';
    _over bytea[] := '{}';
BEGIN
    PERFORM {schema}.begin_write();
    FOR _step IN 0..{chain} LOOP
        SELECT s.record IS NOT NULL AS live, s.moved_to, s.expires > {schema}.clock() AS fresh INTO _one
        FROM {schema}.sessions s WHERE s.id = _at FOR UPDATE;
        EXIT WHEN NOT FOUND;
        IF _one.live THEN
            DELETE FROM {schema}.logins l WHERE l.id = _at;
            _path := _path || _at;
            IF _one.fresh THEN
                _over := ARRAY[_at];
            END IF;
            EXIT;
        END IF;
        EXIT WHEN _one.moved_to IS NULL OR NOT _one.fresh;
        _path := _path || _at;
        _at := _one.moved_to;
    END LOOP;
    IF cardinality(_path) > 0 THEN
        PERFORM {schema}.mark(_path, {schema}.clock());
        PERFORM {schema}.announce(_over);
    END IF;
    RETURN _over;
END $$;

CREATE FUNCTION {schema}.delete_all(_owner bytea, _except bytea, OUT live bigint, OUT over bytea[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM {schema}.begin_write();
    PERFORM {schema}.hold_users(ARRAY[_owner]);
    SELECT e.live, e.whole INTO live, over FROM {schema}.end_logins(
        _owner,
        ARRAY(SELECT l.id FROM {schema}.logins l WHERE l.owner = _owner AND l.id IS DISTINCT FROM _except),
        {schema}.clock()
    ) e;
    PERFORM {schema}.announce(over);
END $$;

-- Removes what expired a minute ago, and looks again later at what was used since. Takes no row that somebody else
-- holds, and does not wait for the disk.
CREATE FUNCTION {schema}.sweep(_most bigint, OUT looked bigint, OUT removed bigint) LANGUAGE plpgsql AS $$
DECLARE
    _until bigint := {schema}.clock() - 60000;
    _due bytea[];
BEGIN
    SET LOCAL synchronous_commit TO off;
    _due := ARRAY(
        SELECT s.id FROM {schema}.sessions s WHERE s.due <= _until ORDER BY s.due LIMIT _most FOR UPDATE SKIP LOCKED
    );
    looked := cardinality(_due);
    UPDATE {schema}.sessions s SET due = s.expires WHERE s.id = ANY (_due) AND s.expires > _until;
    WITH swept AS (
        DELETE FROM {schema}.sessions s WHERE s.id = ANY (_due) AND s.expires <= _until RETURNING s.id
    )
    SELECT coalesce(array_agg(w.id), '{}') INTO _due FROM swept w;
    DELETE FROM {schema}.logins l WHERE l.id = ANY (_due);
    removed := cardinality(_due);
END $$;
