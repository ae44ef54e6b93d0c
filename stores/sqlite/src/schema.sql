-- Version 1. Times are milliseconds since the epoch, by the clock of the machine that writes.
CREATE TABLE sessions (
    n        INTEGER PRIMARY KEY,
    id       BLOB    NOT NULL UNIQUE, -- the 32 bytes that an id is hashed to
    version  INTEGER NOT NULL,        -- every write has another
    seen     INTEGER NOT NULL,        -- the last request that was noted
    expires  INTEGER NOT NULL,        -- from then on there is nothing here
    record   BLOB,                    -- in its envelope; NULL: this id has ended, the row is a mark
    moved_to BLOB                     -- of a mark: the id under which the session went on
) STRICT;
CREATE INDEX sessions_by_expires ON sessions (expires);
CREATE INDEX sessions_by_moved_to ON sessions (moved_to) WHERE moved_to IS NOT NULL;
-- Who is logged in where, as the records say.
CREATE TABLE logins (
    session INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
    owner   BLOB    NOT NULL, -- the 16 bytes that a realm and a user's key are hashed to
    at      INTEGER NOT NULL, -- when the login was made, by the clock of the application
    PRIMARY KEY (session, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_by_owner ON logins (owner, at);
