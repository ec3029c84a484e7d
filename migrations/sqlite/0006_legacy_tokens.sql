-- Refresh tokens of the system before this one that are of no use any more, by their `jti`: they were
-- exchanged for a session here, or ended, here or there. Kept until they would have expired.
CREATE TABLE legacy_tokens (
    jti        TEXT    PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX legacy_tokens_by_expiry ON legacy_tokens (expires_at);

-- Those of a user that were issued before this moment are refused, too: all sessions were ended then.
ALTER TABLE users ADD COLUMN legacy_refused_before INTEGER;
