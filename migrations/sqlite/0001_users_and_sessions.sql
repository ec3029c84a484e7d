-- People. Times are milliseconds since the Unix epoch; a nullable moment says more than a flag.
CREATE TABLE users (
    -- AUTOINCREMENT: the id of a deleted account is never given to another one.
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    username       TEXT    NOT NULL,
    -- The form under which a name is unique and looked up: NFKC, lower case.
    username_key   TEXT    NOT NULL UNIQUE,
    -- An address counts as the person's own once it is verified; it is unique before that, too.
    email          TEXT,
    email_key      TEXT    UNIQUE,
    email_verified_at INTEGER,
    first_name     TEXT    NOT NULL,
    last_name      TEXT    NOT NULL,
    -- A PHC string.
    password_hash  TEXT    NOT NULL,
    superuser_since INTEGER,
    created_at     INTEGER NOT NULL,
    last_login_at  INTEGER,
    disabled_at    INTEGER,
    CHECK ((email IS NULL) = (email_key IS NULL))
) STRICT;

-- Session families: one row a sign-in, for its whole life. A refresh token is (id, generation);
-- no token is stored, so a stolen database signs nobody in.
CREATE TABLE sessions (
    id             TEXT    PRIMARY KEY,
    user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at     INTEGER NOT NULL,
    last_used_at   INTEGER NOT NULL,
    generation     INTEGER NOT NULL CHECK (generation > 0),
    -- When the generation was made or renewed.
    rotated_at     INTEGER NOT NULL,
    -- When an answer last carried its refresh token.
    answered_at    INTEGER NOT NULL,
    -- When the client first showed that it holds it.
    seen_at        INTEGER,
    -- The limit that never moves.
    absolute_expires_at INTEGER NOT NULL,
    revoked_at     INTEGER,
    revoke_cause   TEXT,
    user_agent     TEXT    NOT NULL,
    ip             TEXT    NOT NULL,
    CHECK ((revoked_at IS NULL) = (revoke_cause IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);
-- The blacklist's feed reads what was revoked lately.
CREATE INDEX sessions_by_revocation ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
