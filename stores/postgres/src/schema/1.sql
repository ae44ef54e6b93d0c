-- What is kept. Times are milliseconds since the epoch, by this server's clock.

-- A session, or the mark that one leaves where it has been.
CREATE TABLE {schema}.sessions (
    -- SHA-256 over the cookie's name, a zero byte and the session's id.
    id bytea PRIMARY KEY,
    -- The record in its envelope. Null: a mark.
    record bytea,
    -- Where the session went, for a mark that a logout follows.
    moved_to bytea,
    -- Every write has another.
    version bigint NOT NULL,
    seen bigint NOT NULL,
    expires bigint NOT NULL,
    -- When the sweep looks at it: never later than `expires`, and not moved by every request, which would write every
    -- index each time.
    due bigint NOT NULL,
    -- Users (16 bytes each) whose logins have ended since the record was written. Whoever reads it leaves them out.
    ended bytea NOT NULL DEFAULT '',
    -- Until when the marks last that lead here in a row, the newest last.
    marks bigint[] NOT NULL DEFAULT '{}',
    CHECK (record IS NULL OR moved_to IS NULL)
) WITH (fillfactor = 80);

CREATE INDEX sessions_due ON {schema}.sessions (due);

-- Who is logged in where. A session without a row here belongs to nobody.
CREATE TABLE {schema}.logins (
    owner bytea NOT NULL,
    id bytea NOT NULL,
    -- When the login was made, by the application's clock.
    at bigint NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE INDEX logins_id ON {schema}.logins (id);

CREATE SEQUENCE {schema}.versions AS bigint;
