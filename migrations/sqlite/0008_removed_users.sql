-- People who were taken over from another system and whose account was deleted here. It may go on to know
-- them, and another import is not to bring them back. Nothing but the number is kept.
CREATE TABLE removed_users (
    id         INTEGER PRIMARY KEY,
    removed_at INTEGER NOT NULL
) STRICT;
