//! The families that were ended lately, in memory: an authenticated request costs a signature
//! check and one look-up here, and no query.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use crate::domain::{SessionId, Timestamp};

/// An access token may be checked by a clock that is behind, so entries outlive it by this much.
const MARGIN: Duration = Duration::from_mins(5);

/// What is known about a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing speaks against it.
    Live,
    /// It was ended.
    Revoked,
    /// The feed has been silent for too long to say.
    Unknown,
}

/// Ended families, kept as long as an access token of theirs could be in force.
#[derive(Debug)]
pub struct Blacklist {
    revoked: RwLock<HashMap<SessionId, Timestamp>>,
    confirmed: RwLock<Instant>,
    keep: Duration,
    max_staleness: Duration,
}

impl Blacklist {
    /// An empty list for access tokens that are accepted for this long at most, believed for
    /// `max_staleness` after the feed was last heard.
    pub fn new(longest_access: Duration, max_staleness: Duration) -> Self {
        Self {
            revoked: RwLock::default(),
            confirmed: RwLock::new(Instant::now()),
            keep: longest_access.saturating_add(MARGIN),
            max_staleness,
        }
    }

    /// How long ended families are kept.
    pub const fn keep(&self) -> Duration {
        self.keep
    }

    /// Adds a family that was ended at `at`.
    pub fn insert(&self, session: SessionId, at: Timestamp) {
        write(&self.revoked).insert(session, at);
    }

    /// Takes in what the feed brought and drops what is past remembering.
    pub fn absorb(&self, ended: Vec<(SessionId, Timestamp)>, now: Timestamp) {
        let mut revoked = write(&self.revoked);
        revoked.extend(ended);
        revoked.retain(|_, at| now.since(*at) < self.keep);
    }

    /// The feed was heard: the list is complete as of this moment.
    pub fn confirm(&self) {
        *write(&self.confirmed) = Instant::now();
    }

    /// May this family's access tokens be believed?
    pub fn standing(&self, session: SessionId) -> Standing {
        if read(&self.revoked).contains_key(&session) {
            return Standing::Revoked;
        }
        if self.is_stale() { Standing::Unknown } else { Standing::Live }
    }

    /// Whether the feed has been silent for too long.
    pub fn is_stale(&self) -> bool {
        read(&self.confirmed).elapsed() > self.max_staleness
    }
}

// A panic while the lock was held cannot leave a map half-changed.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
