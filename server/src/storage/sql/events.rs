//! What happened to accounts.

pub(in crate::storage) const INSERT: &str = "INSERT INTO events (user_id, kind, happened_at, \
     count, user_agent, ip) VALUES ($1, $2, $3, $4, $5, $6)";

/// Its owner may be gone by now: then there is nothing to note.
pub(in crate::storage) const COUNT: &str = "INSERT INTO events (user_id, kind, happened_at, count, \
     user_agent, ip, hour) SELECT id, $2, $3, $4, CASE WHEN has_room THEN $5 ELSE '' END, \
     CASE WHEN has_room THEN $6 ELSE '' END, $7 FROM (SELECT users.id, (SELECT count(*) FROM events \
     WHERE events.user_id = users.id AND kind = $2 AND hour = $7 AND ip <> '' AND ip <> $6) < $8 \
     AS has_room FROM users WHERE users.id = $1) AS owner WHERE true \
     ON CONFLICT (user_id, kind, hour, ip) WHERE hour IS NOT NULL DO UPDATE SET \
     count = events.count + excluded.count, happened_at = excluded.happened_at, \
     user_agent = excluded.user_agent";

pub(in crate::storage) const LIST: &str = "SELECT kind, happened_at, count, user_agent, ip \
     FROM events WHERE user_id = $1 AND happened_at <= $2 \
     ORDER BY happened_at DESC, id DESC LIMIT $3 OFFSET $4";

pub(in crate::storage) const REMOVE: &str = "DELETE FROM events WHERE id IN \
     (SELECT id FROM events WHERE happened_at < $1 ORDER BY happened_at LIMIT $2)";

// Worded as the index is. Of an hour there may be several, which are alike then: none of them is
// counted on.
pub(in crate::storage) const FORGET_CLIENTS: &str = "UPDATE events SET user_agent = '', ip = '', hour = NULL \
     WHERE id IN (SELECT id FROM events WHERE happened_at < $1 \
     AND (user_agent <> '' OR ip <> '') ORDER BY happened_at LIMIT $2)";
