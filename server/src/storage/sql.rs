//! The statements, shared by the engines: `$1` is legal in both. Every change of state carries
//! its precondition in `WHERE`.

macro_rules! user_columns {
    () => {
        "SELECT id, username, email, first_name, last_name, password_hash, disabled_at, \
         last_login_at FROM users "
    };
}

pub(super) const LOOKUP_USER: &str = concat!(user_columns!(), "WHERE id = $1");

pub(super) const FIND_USER_BY_NAME: &str = concat!(user_columns!(), "WHERE username_key = $1");

pub(super) const INSERT_USER: &str = "INSERT INTO users (username, username_key, email, email_key, \
     email_verified_at, first_name, last_name, password_hash, superuser_since, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";

pub(super) const TOUCH_LAST_LOGIN: &str = "UPDATE users SET last_login_at = $2 WHERE id = $1";

pub(super) const DISABLE_USER: &str =
    "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";

pub(super) const LOOKUP_FAMILY: &str = "SELECT s.id, s.user_id, s.created_at, s.generation, \
     s.rotated_at, s.answered_at, s.seen_at, s.absolute_expires_at, s.revoked_at, \
     s.revoke_cause, u.disabled_at \
     FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";

pub(super) const INSERT_FAMILY: &str = "INSERT INTO sessions (id, user_id, created_at, \
     last_used_at, generation, rotated_at, answered_at, absolute_expires_at, user_agent, ip) \
     VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9)";

pub(super) const SIGHT: &str = "UPDATE sessions SET seen_at = $3, last_used_at = $3 \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL AND seen_at IS NULL \
     AND $3 - answered_at >= $4";

pub(super) const REISSUE: &str = "UPDATE sessions SET answered_at = $3, last_used_at = $3 \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";

pub(super) const RENEW: &str = "UPDATE sessions SET rotated_at = $3, answered_at = $3, \
     last_used_at = $3, seen_at = coalesce(seen_at, $4) \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";

pub(super) const ROTATE: &str = "UPDATE sessions SET generation = $4, rotated_at = $3, \
     answered_at = $3, last_used_at = $3, seen_at = NULL \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";

pub(super) const REVOKE_FAMILY: &str = "UPDATE sessions SET revoked_at = $2, revoke_cause = $3 \
     WHERE id = $1 AND revoked_at IS NULL";

pub(super) const REVOKE_FAMILIES_OF_USER: &str = "UPDATE sessions SET revoked_at = $2, \
     revoke_cause = $3 WHERE user_id = $1 AND revoked_at IS NULL RETURNING id";

pub(super) const REVOKED_SINCE: &str = "SELECT id, revoked_at FROM sessions WHERE revoked_at >= $1";
