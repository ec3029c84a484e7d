//! Wrong passwords, for the owners of the accounts to see.
//!
//! They are gathered in memory and written once a second, one row an account and hour. So a failed
//! sign-in takes as long for an account that is there as for one that is not, and a stranger who
//! tries all day fills no disk. What comes while too many wait is counted in the log alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError};
use crate::{
    domain::{EventKind, Timestamp, UserId},
    storage::ClientInfo,
};

/// How often they are written.
const INTERVAL: Duration = Duration::from_secs(1);
/// The most accounts whose failures wait at once.
const MOST: usize = 10_000;
/// How many are written by one transaction.
const STEP: usize = 100;

/// Failures that wait to be written.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    of: HashMap<UserId, Failed>,
    /// How many there was no room for.
    dropped: u64,
}

/// An account's failures, of which the last one is remembered.
#[derive(Clone, Debug)]
struct Failed {
    count: u32,
    at: Timestamp,
    client: ClientInfo,
}

impl Failures {
    fn note(&self, user: UserId, at: Timestamp, client: &ClientInfo) {
        self.lock().add(user, Failed { count: 1, at, client: client.clone() });
    }

    /// What waits, in the order of the accounts, and how many were dropped.
    fn take(&self) -> (Vec<(UserId, Failed)>, u64) {
        let Waiting { of, dropped } = std::mem::take(&mut *self.lock());
        let mut failed: Vec<_> = of.into_iter().collect();
        // Nodes that write at once take turns at the same account instead of waiting for each other.
        failed.sort_unstable_by_key(|(user, _)| *user);
        (failed, dropped)
    }

    /// Lets them wait again.
    fn put_back(&self, failed: &[(UserId, Failed)]) {
        let mut waiting = self.lock();
        for (user, failed) in failed {
            waiting.add(*user, failed.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic cannot leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, user: UserId, failed: Failed) {
        if let Some(known) = self.of.get_mut(&user) {
            let count = known.count.saturating_add(failed.count);
            if failed.at >= known.at {
                *known = failed;
            }
            known.count = count;
        } else if self.of.len() < MOST {
            self.of.insert(user, failed);
        } else {
            self.dropped += u64::from(failed.count);
        }
    }
}

impl Auth {
    /// Notes a wrong password.
    pub(super) fn note_failure(&self, user: UserId, client: &ClientInfo) {
        if !self.policy.audit.retention.is_zero() {
            self.failures.note(user, self.now(), client);
        }
    }

    /// Writes what was noted.
    ///
    /// # Errors
    /// What the store says; what was not written stays noted.
    pub async fn write_failures(&self) -> Result<(), AuthError> {
        let (failed, dropped) = self.failures.take();
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "failed sign-ins were too many to be noted with their accounts"
            );
        }
        let mut left = &failed[..];
        while !left.is_empty() {
            let (some, rest) = left.split_at(left.len().min(STEP));
            if let Err(error) = self.write_some_failures(some).await {
                self.failures.put_back(left);
                return Err(error);
            }
            left = rest;
        }
        Ok(())
    }

    async fn write_some_failures(&self, failed: &[(UserId, Failed)]) -> Result<(), AuthError> {
        let mut tx = self.store.begin().await?;
        let (store_now, now) = (tx.now().await?, self.now());
        for (user, failed) in failed {
            let at = store_now.before(now.since(failed.at));
            let client = failed.client.clone();
            let event = self.event(*user, EventKind::SignInFailed, failed.count, client, at);
            if let Some(event) = event {
                tx.count_event(&event).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Writes once a second until `stop`, and once more then.
    pub async fn keep_writing_failures(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let stopped = stop.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_none();
            if let Err(error) = self.write_failures().await {
                tracing::warn!(%error, "failed sign-ins wait for the database");
            }
            if stopped {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn an_account_waits_once_and_with_its_last_failure() {
        let failures = Failures::default();
        let client = |ip: &str| ClientInfo { ip: ip.to_owned(), ..ClientInfo::default() };
        failures.note(UserId(2), at(5), &client("b"));
        failures.note(UserId(1), at(5), &client("a"));
        let (taken, _) = failures.take();
        failures.note(UserId(2), at(9), &client("c"));
        failures.put_back(&taken);
        let (taken, dropped) = failures.take();
        let seen: Vec<_> = taken.iter().map(|(u, f)| (u.0, f.count, f.at, &*f.client.ip)).collect();
        assert_eq!(seen, [(1, 1, at(5), "a"), (2, 2, at(9), "c")]);
        assert_eq!(dropped, 0);
        assert!(failures.take().0.is_empty());
    }

    #[test]
    fn a_flood_takes_no_more_memory_than_there_is_room_for() {
        let failures = Failures::default();
        for user in 0..12_000 {
            failures.note(UserId(user), at(0), &ClientInfo::default());
        }
        failures.note(UserId(0), at(1), &ClientInfo::default());
        let (taken, dropped) = failures.take();
        assert_eq!((taken.len(), dropped, taken[0].1.count), (MOST, 2_000, 2));
    }
}
