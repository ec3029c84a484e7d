//! The statements, shared by the engines: `$1` is legal in both. Every change of state carries
//! its precondition in `WHERE`. What needs the engine's own words is in [`sqlite`] and
//! [`postgres`].

pub(super) mod events;
pub(super) mod keys;
pub(super) mod own_sessions;
pub(super) mod tallies;

use std::time::Duration;

use crate::domain::{Family, Timestamp, Transition};

macro_rules! user_columns {
    () => {
        "SELECT id, username, email, email_verified_at, first_name, last_name, password_hash, disabled_at, \
         created_at, last_login_at, superuser_since, new_email, new_email_asked_at, former_email, \
         legacy_refused_before, imported_at FROM users "
    };
}

pub(super) const LOOKUP_USER: &str = concat!(user_columns!(), "WHERE id = $1");

pub(super) const FIND_USER_BY_NAME: &str = concat!(user_columns!(), "WHERE username_key = $1");

pub(super) const FIND_USER_BY_EMAIL: &str = concat!(user_columns!(), "WHERE email_key = $1");

pub(super) const LIST_USERS: &str = concat!(user_columns!(), "ORDER BY id");

pub(super) const TAKEN: &str = "SELECT \
     (SELECT count(*) FROM users WHERE username_key = $1), \
     (SELECT count(*) FROM users WHERE email_key = $2)";

pub(super) const INSERT_USER: &str = "INSERT INTO users (username, username_key, email, email_key, \
     email_verified_at, first_name, last_name, password_hash, superuser_since, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";

pub(super) const TOUCH_LAST_LOGIN: &str = "UPDATE users SET last_login_at = $2 WHERE id = $1";

pub(super) const DISABLE_USER: &str =
    "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";

pub(super) const ENABLE_USER: &str =
    "UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL";

pub(super) const VERIFY_EMAIL: &str = "UPDATE users SET email_verified_at = $3 \
     WHERE id = $1 AND email_key = $2 AND email_verified_at IS NULL";

// As long as a notice waits, the address that it is for is remembered, however often another one
// is asked for or taken meanwhile.
macro_rules! notice_waits {
    () => {
        "EXISTS (SELECT 1 FROM mails WHERE user_id = $1 AND kind = 'new_email_asked')"
    };
}

pub(super) const ASK_NEW_EMAIL: &str = concat!(
    "UPDATE users SET new_email = $2, new_email_asked_at = $3, \
     former_email = CASE WHEN ",
    notice_waits!(),
    " THEN former_email ELSE NULL END WHERE id = $1"
);

pub(super) const CHANGE_EMAIL: &str = concat!(
    "UPDATE users SET former_email = CASE WHEN ",
    notice_waits!(),
    " THEN coalesce(former_email, email) ELSE email END, email = new_email, \
     email_key = $4, email_verified_at = $5, new_email = NULL, new_email_asked_at = NULL \
     WHERE id = $1 AND new_email = $2 AND new_email_asked_at = $3"
);

pub(super) const QUEUE_MAIL: &str = "INSERT INTO mails (user_id, kind, created_at, due_at) \
     VALUES ($1, $2, $3, $3) ON CONFLICT (user_id, kind) DO UPDATE SET attempts = 0, due_at = $3";

pub(super) const REMOVE_MAILS_TO_NOBODY: &str =
    "DELETE FROM mails WHERE user_id IS NULL AND due_at <= $1";

pub(super) const WAITING_MAILS: &str = "SELECT id, user_id, kind, attempts, due_at FROM mails \
     WHERE due_at <= $1 AND user_id IS NOT NULL ORDER BY due_at, id LIMIT $2";

pub(super) const CLAIM_MAIL: &str = "UPDATE mails SET attempts = attempts + 1, due_at = $3 \
     WHERE id = $1 AND due_at = $2";

pub(super) const REMOVE_MAIL: &str = "DELETE FROM mails WHERE id = $1 AND due_at = $2";

pub(super) const RENAME_USER: &str = "UPDATE users SET username = $2, username_key = $3, \
     first_name = $4, last_name = $5 WHERE id = $1";

// Whoever asked for another address knew the former password, and that may be why it is replaced.
pub(super) const REPLACE_PASSWORD: &str = "UPDATE users SET password_hash = $3, \
     password_decoy = NULL, new_email = NULL, new_email_asked_at = NULL WHERE id = $1 AND password_hash = $2";

pub(super) const REMOVE_SESSIONS_OF_USER: &str = "INSERT INTO removed_sessions (id, removed_at) \
     SELECT id, $2 FROM sessions WHERE user_id = $1 RETURNING id";

/// Only an import could bring somebody back.
pub(super) const REMEMBER_REMOVAL: &str = "INSERT INTO removed_users (id, removed_at) \
     SELECT id, $2 FROM users WHERE id = $1 AND imported_at IS NOT NULL \
     ON CONFLICT (id) DO UPDATE SET removed_at = excluded.removed_at";

pub(super) const DELETE_USER: &str = "DELETE FROM users WHERE id = $1";

pub(super) const LIST_SESSIONS: &str = "SELECT s.id, u.username, s.created_at, s.last_used_at, \
     s.rotated_at, s.absolute_expires_at, s.user_agent, s.ip \
     FROM sessions s JOIN users u ON u.id = s.user_id \
     WHERE s.revoked_at IS NULL AND ($1 IS NULL OR s.user_id = $1) \
     ORDER BY s.last_used_at DESC, s.id";

pub(super) const INSERT_FAMILY: &str = "INSERT INTO sessions (id, user_id, created_at, \
     last_used_at, generation, rotated_at, answered_at, absolute_expires_at, authenticated_at, \
     user_agent, ip) VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(super) const SIGHT: &str = "UPDATE sessions SET seen_at = $3, \
     last_used_at = CASE WHEN last_used_at < $3 THEN $3 ELSE last_used_at END \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL AND seen_at IS NULL \
     AND $3 - answered_at >= $4";

// No moment ever goes back: of two that overlap the later one is written first now and then.
pub(super) const REISSUE: &str = "UPDATE sessions SET \
     answered_at = CASE WHEN answered_at < $3 THEN $3 ELSE answered_at END, \
     last_used_at = CASE WHEN last_used_at < $3 THEN $3 ELSE last_used_at END \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";

pub(super) const RENEW: &str = "UPDATE sessions SET \
     rotated_at = CASE WHEN rotated_at < $3 THEN $3 ELSE rotated_at END, \
     answered_at = CASE WHEN answered_at < $3 THEN $3 ELSE answered_at END, \
     last_used_at = CASE WHEN last_used_at < $3 THEN $3 ELSE last_used_at END, \
     seen_at = coalesce(seen_at, $4) \
     WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";

pub(super) const ROTATE: &str = "UPDATE sessions SET generation = $4, rotated_at = $3, \
     answered_at = $3, last_used_at = $3, seen_at = NULL \
     WHERE id = $1 AND generation = $2 AND answered_at = $5 AND revoked_at IS NULL";

pub(super) const REVOKE_FAMILY: &str = "UPDATE sessions SET revoked_at = $2, revoke_cause = $3 \
     WHERE id = $1 AND revoked_at IS NULL";

pub(super) const REVOKE_FAMILIES_OF_USER: &str = "UPDATE sessions SET revoked_at = $2, \
     revoke_cause = $3 WHERE user_id = $1 AND revoked_at IS NULL RETURNING id";

pub(super) const REFUSE_LEGACY_TOKENS: &str =
    "UPDATE users SET legacy_refused_before = $2 WHERE id = $1";

pub(super) const USE_LEGACY_TOKEN: &str = "INSERT INTO legacy_tokens (jti, expires_at) \
     VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING";

pub(super) const LEGACY_TOKEN_IS_USED: &str = "SELECT count(*) FROM legacy_tokens WHERE jti = $1";

pub(super) const FORGET_LEGACY_TOKENS: &str = "DELETE FROM legacy_tokens WHERE expires_at < $1";

pub(super) const REVOKED_SINCE: &str = "SELECT id, revoked_at FROM sessions \
     WHERE revoked_at >= $1 \
     UNION ALL SELECT id, removed_at FROM removed_sessions WHERE removed_at >= $1";

/// The last of the next `$2 + 1` families after `$1`. A walk along the primary key needs no index
/// of its own, which every refresh would have to keep up.
pub(super) const END_OF_STEP: &str =
    "SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2";

/// Between these two, the second included.
pub(super) const REMOVE_DEAD: &str = "DELETE FROM sessions WHERE id > $1 AND id <= $2 \
     AND (revoked_at < $3 OR absolute_expires_at < $3 OR rotated_at < $4)";

pub(super) const FORGET_REMOVED: &str = "DELETE FROM removed_sessions WHERE removed_at < $1";

/// Comes before every id.
pub(super) const FIRST_ID: &str = "";
/// Comes after every id.
pub(super) const LAST_ID: &str = "~";

/// The statements that read the store's clock, `$2` where it is given, or look for one `$among`
/// many.
macro_rules! worded {
    ($now:literal, $among:literal) => {
        pub(in crate::storage) const LOOKUP_USERS: &str =
            concat!(user_columns!(), "WHERE id ", $among);

        pub(in crate::storage) const LOOKUP_FAMILIES: &str = concat!(
            "SELECT s.id, s.user_id, s.created_at, s.generation, s.rotated_at, s.answered_at, \
             s.seen_at, s.absolute_expires_at, s.authenticated_at, s.revoked_at, s.revoke_cause, \
             u.disabled_at, ",
            $now,
            " AS read_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id ",
            $among
        );
    };
}

pub(super) mod sqlite {
    worded!("$2", "IN (SELECT value FROM json_each($1))");
}

pub(super) mod postgres {
    pub(in crate::storage) const NOW: &str =
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /// Never waits for a row that somebody else holds, so that two nodes cannot wait for each other.
    pub(in crate::storage) const SIGHT_ALL: &str = "UPDATE sessions AS s \
         SET seen_at = g.at, last_used_at = greatest(s.last_used_at, g.at) \
         FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS g (id, generation, at) \
         WHERE s.id = g.id AND s.generation = g.generation AND s.revoked_at IS NULL \
         AND s.seen_at IS NULL AND g.at - s.answered_at >= $4 \
         AND s.id IN (SELECT id FROM sessions WHERE id = ANY($1) AND seen_at IS NULL \
         FOR UPDATE SKIP LOCKED) \
         RETURNING s.id";

    pub(in crate::storage) const LOCK_KEYS: &str = "LOCK TABLE signing_keys IN EXCLUSIVE MODE";

    pub(in crate::storage) const LOCK_USER: &str =
        concat!(user_columns!(), "WHERE id = $1 FOR UPDATE");

    worded!("coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)", "= ANY($1)");
}

/// The statement that applies a transition, and what it takes after id, generation and moment.
pub(super) fn transition(
    transition: Transition,
    read: &Family,
    now: Timestamp,
    store_delay: Duration,
) -> (&'static str, Extra) {
    match transition {
        Transition::Sight => sighting(store_delay),
        Transition::Reissue => (REISSUE, Extra::Nothing),
        Transition::Renew { sighting } => (RENEW, Extra::One(sighting.then_some(now.millis()))),
        Transition::Rotate { to } => (ROTATE, Extra::Two(to.number(), read.answered_at.millis())),
    }
}

/// The statement that notes a sighting, and what it takes.
pub(super) fn sighting(store_delay: Duration) -> (&'static str, Extra) {
    (SIGHT, Extra::One(i64::try_from(store_delay.as_millis()).ok()))
}

/// Further parameters, where the statement has any.
#[derive(Clone, Copy)]
pub(super) enum Extra {
    Nothing,
    One(Option<i64>),
    Two(i64, i64),
}
