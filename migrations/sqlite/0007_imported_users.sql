-- When somebody was taken over from another system. Its tokens are for them, and for nobody who has the
-- same number by chance.
ALTER TABLE users ADD COLUMN imported_at INTEGER;

-- With a hash that another program has made: one that costs as much to check and that nobody's
-- password belongs to. What all of them cost is known by these few, and nobody's hash is read for it.
ALTER TABLE users ADD COLUMN password_decoy TEXT;

CREATE INDEX users_by_decoy ON users (password_decoy) WHERE password_decoy IS NOT NULL;
