-- What gets slower the more often it happens: wrong guesses of passwords, and mails that strangers can
-- ask for. The key is a hash, under the signing key, of whom it concerns and from where: nobody's name,
-- address or network stands here.
CREATE TABLE tallies (
    key            TEXT   PRIMARY KEY,
    -- Those that were not forgiven by the time of the last one.
    count          BIGINT NOT NULL CHECK (count > 0),
    last_at        BIGINT NOT NULL,
    -- After how long one of them is forgiven.
    forgiven_after BIGINT NOT NULL CHECK (forgiven_after > 0)
);

-- When all of them are forgiven.
CREATE INDEX tallies_by_end ON tallies ((last_at + count * forgiven_after));
