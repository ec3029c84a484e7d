-- A key goes by the `kid` of its tokens. It is needed until the last token that it has signed has
-- expired, and none that was retired is believed any more.
ALTER TABLE signing_keys ADD COLUMN kid TEXT COLLATE "C";
ALTER TABLE signing_keys ADD COLUMN algorithm TEXT;
ALTER TABLE signing_keys ADD COLUMN needed_until BIGINT;
ALTER TABLE signing_keys ADD COLUMN retired_at BIGINT;

CREATE UNIQUE INDEX signing_keys_by_kid ON signing_keys (kid) WHERE kid IS NOT NULL;

-- The processes that serve, and which keys each can verify, with spaces between: a key signs only
-- once all of them can. One that stopped without a word counts until `live_until`.
CREATE TABLE nodes (
    id         TEXT   COLLATE "C" PRIMARY KEY,
    live_until BIGINT NOT NULL,
    verifies   TEXT   NOT NULL,
    signs      TEXT   NOT NULL
);
