//! Keys and the nodes that hold them.

pub(in crate::storage) const KEYS: &str = "SELECT fingerprint, kid, algorithm, first_used_at, \
     needed_until, retired_at FROM signing_keys ORDER BY first_used_at, fingerprint";

pub(in crate::storage) const NODES: &str =
    "SELECT id, live_until, verifies, signs FROM nodes ORDER BY id";

// One that was known by its fingerprint alone gets its name.
pub(in crate::storage) const REMEMBER: &str = "INSERT INTO signing_keys (fingerprint, kid, \
     algorithm, first_used_at) VALUES ($1, $2, $3, $4) ON CONFLICT (fingerprint) DO UPDATE SET \
     kid = excluded.kid, algorithm = excluded.algorithm WHERE signing_keys.kid IS NULL";

pub(in crate::storage) const CLAIM: &str = "UPDATE signing_keys SET needed_until = \
     CASE WHEN needed_until > $2 THEN needed_until ELSE $2 END \
     WHERE kid = $1 AND retired_at IS NULL";

pub(in crate::storage) const RETIRE_UNNEEDED: &str = "UPDATE signing_keys SET retired_at = $2 \
     WHERE fingerprint = $1 AND retired_at IS NULL \
     AND (needed_until IS NULL OR needed_until <= $2)";

pub(in crate::storage) const RETIRE: &str =
    "UPDATE signing_keys SET retired_at = $2 WHERE fingerprint = $1 AND retired_at IS NULL";

pub(in crate::storage) const TRUST: &str =
    "UPDATE signing_keys SET retired_at = NULL WHERE fingerprint = $1";

pub(in crate::storage) const ANNOUNCE_NODE: &str = "INSERT INTO nodes (id, live_until, verifies, \
     signs) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET live_until = \
     excluded.live_until, verifies = excluded.verifies, signs = excluded.signs";

pub(in crate::storage) const FORGET_NODES: &str = "DELETE FROM nodes WHERE live_until <= $1";

pub(in crate::storage) const REMOVE_NODE: &str = "DELETE FROM nodes WHERE id = $1";
