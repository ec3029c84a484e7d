//! Sessions as their owner handles them: every statement names whose they are.

/// Those that go on: `$2` is the moment, `$3` the one before which an unused generation has expired.
/// The caller's own one, `$4`, is always among them.
pub(in crate::storage) const LIST: &str = "SELECT s.id, u.username, s.created_at, s.last_used_at, \
     s.rotated_at, s.absolute_expires_at, s.user_agent, s.ip, count(*) OVER () AS total \
     FROM sessions s JOIN users u ON u.id = s.user_id \
     WHERE s.user_id = $1 AND s.revoked_at IS NULL \
     AND s.absolute_expires_at > $2 AND s.rotated_at > $3 \
     ORDER BY CASE WHEN s.id = $4 THEN 0 ELSE 1 END, s.last_used_at DESC, s.id LIMIT $5";

pub(in crate::storage) const LIVES: &str =
    "SELECT count(*) FROM sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";

pub(in crate::storage) const TOUCH: &str = "UPDATE sessions SET last_used_at = $2 \
     WHERE id = $1 AND revoked_at IS NULL AND last_used_at < $2";

/// Never waits for a row that somebody else holds, so that two nodes cannot wait for each other.
pub(in crate::storage) const TOUCH_ALL: &str = "UPDATE sessions AS s SET last_used_at = g.at \
     FROM unnest($1::text[], $2::bigint[]) AS g (id, at) \
     WHERE s.id = g.id AND s.revoked_at IS NULL AND s.last_used_at < g.at \
     AND s.id IN (SELECT id FROM sessions WHERE id = ANY($1) FOR UPDATE SKIP LOCKED)";

// No moment ever goes back.
pub(in crate::storage) const AUTHENTICATE: &str = "UPDATE sessions SET \
     authenticated_at = CASE WHEN authenticated_at > $3 THEN authenticated_at ELSE $3 END \
     WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";

/// What is left of an expired one is not ended: nobody could tell it from one that is gone.
pub(in crate::storage) const REVOKE: &str = "UPDATE sessions SET revoked_at = $3, \
     revoke_cause = $4 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL \
     AND absolute_expires_at > $3 AND rotated_at > $5";

pub(in crate::storage) const REVOKE_OTHERS: &str = "UPDATE sessions SET revoked_at = $3, \
     revoke_cause = $4 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL RETURNING id";
