-- An address that somebody wants to have from now on. It takes the place of the present one once a
-- mail to it has shown that it is theirs; until then it may be anybody's, so it is not unique.
ALTER TABLE users ADD COLUMN new_email TEXT;
ALTER TABLE users ADD COLUMN new_email_asked_at BIGINT
    CHECK ((new_email IS NULL) = (new_email_asked_at IS NULL));
-- The one before the present one: a notice about the change may still wait, and goes there.
ALTER TABLE users ADD COLUMN former_email TEXT;
