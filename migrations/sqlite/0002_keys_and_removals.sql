-- Every key that this database has been served with, by fingerprint: a start with another key
-- would sign everybody out, and is refused.
CREATE TABLE signing_keys (
    fingerprint   TEXT    PRIMARY KEY,
    first_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The sessions of deleted accounts: their access tokens are refused until they have expired.
CREATE TABLE removed_sessions (
    id         TEXT    PRIMARY KEY,
    removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX removed_sessions_by_removal ON removed_sessions (removed_at);
