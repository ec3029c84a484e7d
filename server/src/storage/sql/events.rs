//! What happened to accounts.

pub(in crate::storage) const INSERT: &str = "INSERT INTO events (user_id, kind, happened_at, \
     count, user_agent, ip) VALUES ($1, $2, $3, $4, $5, $6)";

/// Its owner may be gone by now: then there is nothing to note.
pub(in crate::storage) const COUNT: &str = "INSERT INTO events (user_id, kind, happened_at, count, \
     user_agent, ip, hour) SELECT id, $2, $3, $4, $5, $6, $7 FROM users WHERE id = $1 \
     ON CONFLICT (user_id, kind, hour) WHERE hour IS NOT NULL DO UPDATE SET \
     count = events.count + excluded.count, happened_at = excluded.happened_at, \
     user_agent = excluded.user_agent, ip = excluded.ip";

pub(in crate::storage) const LIST: &str = "SELECT kind, happened_at, count, user_agent, ip \
     FROM events WHERE user_id = $1 AND happened_at <= $2 \
     ORDER BY happened_at DESC, id DESC LIMIT $3 OFFSET $4";

pub(in crate::storage) const REMOVE: &str = "DELETE FROM events WHERE id IN \
     (SELECT id FROM events WHERE happened_at < $1 ORDER BY happened_at LIMIT $2)";

// Worded as the index is.
pub(in crate::storage) const FORGET_CLIENTS: &str = "UPDATE events SET user_agent = '', ip = '' \
     WHERE id IN (SELECT id FROM events WHERE happened_at < $1 \
     AND (user_agent <> '' OR ip <> '') ORDER BY happened_at LIMIT $2)";
