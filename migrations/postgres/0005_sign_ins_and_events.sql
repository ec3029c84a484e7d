-- When whoever holds the session last showed the account's password, by signing in or later. Never,
-- where a session came with a token of an older system.
ALTER TABLE sessions ADD COLUMN authenticated_at BIGINT;
UPDATE sessions SET authenticated_at = created_at;

-- What happened to accounts, for their owners to see. No token, no password and no hash, and nothing
-- that a stranger typed.
CREATE TABLE events (
    -- Nobody is shown it: it would tell what happens to others.
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL,
    -- The last time, where it is counted.
    happened_at BIGINT NOT NULL,
    count      BIGINT NOT NULL DEFAULT 1 CHECK (count > 0),
    -- The hour since the epoch, where what strangers do again and again makes one row an hour and
    -- address, and one without an address for those who have many; empty where each time makes its own.
    hour       BIGINT,
    -- What was shown of the browser, the last time. Empty once it is too old to be kept.
    user_agent TEXT   NOT NULL,
    ip         TEXT   NOT NULL
);

-- In the order in which they are shown.
CREATE INDEX events_by_user ON events (user_id, happened_at, id);
CREATE UNIQUE INDEX events_by_hour ON events (user_id, kind, hour, ip) WHERE hour IS NOT NULL;
-- What is too old is found by these.
CREATE INDEX events_by_age ON events (happened_at);
CREATE INDEX events_with_client ON events (happened_at) WHERE user_agent <> '' OR ip <> '';
