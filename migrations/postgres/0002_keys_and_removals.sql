-- Every key that this database has been served with, by fingerprint: a start with another key
-- would sign everybody out, and is refused.
CREATE TABLE signing_keys (
    fingerprint   TEXT   COLLATE "C" PRIMARY KEY,
    first_used_at BIGINT NOT NULL
);

-- The sessions of deleted accounts: their access tokens are refused until they have expired.
CREATE TABLE removed_sessions (
    id         TEXT   COLLATE "C" PRIMARY KEY,
    removed_at BIGINT NOT NULL
);

CREATE INDEX removed_sessions_by_removal ON removed_sessions (removed_at);

-- Tells all nodes at once which family has ended. They also ask every two seconds, because a
-- notice may be lost.
CREATE FUNCTION announce_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('latchkey_revoked', NEW.id);
    RETURN NULL;
END;
$$;

CREATE TRIGGER sessions_announce_revocation AFTER UPDATE OF revoked_at ON sessions
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION announce_revocation();

CREATE TRIGGER removed_sessions_announce AFTER INSERT ON removed_sessions
    FOR EACH ROW EXECUTE FUNCTION announce_revocation();
