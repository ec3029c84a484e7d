-- With a hash that another program has made: one that costs as much to check and that nobody's
-- password belongs to. What all of them cost is known by these few, and nobody's hash is read for it.
ALTER TABLE users ADD COLUMN password_decoy TEXT;

CREATE INDEX users_by_decoy ON users (password_decoy) WHERE password_decoy IS NOT NULL;
