-- Wrong guesses of passwords. The key is a hash, under the signing key, of what was guessed at and from
-- where: nobody's name, address or network stands here.
CREATE TABLE guesses (
    key            TEXT   PRIMARY KEY,
    -- Those that were not forgiven by the time of the last one.
    failures       INTEGER NOT NULL CHECK (failures > 0),
    last_at        INTEGER NOT NULL,
    -- After how long one of them is forgiven.
    forgiven_after INTEGER NOT NULL CHECK (forgiven_after > 0)
) STRICT;

-- When all of them are forgiven.
CREATE INDEX guesses_by_end ON guesses (last_at + failures * forgiven_after);
