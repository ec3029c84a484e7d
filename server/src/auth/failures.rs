//! Wrong passwords, for the owners of the accounts to see.
//!
//! They are gathered in memory and written once a second, one row an account, hour and address, of a
//! few addresses: what comes from more is counted without. So a failed sign-in takes as long for an
//! account that is there as for one that is not, nobody's address is hidden behind another's, and a
//! stranger who tries all day, from wherever, fills no disk. What comes while too many wait is counted
//! in the log alone.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError};
use crate::{
    domain::{EventKind, Timestamp, UserId},
    storage::{ClientInfo, NewEvent},
};

/// How often they are written.
const INTERVAL: Duration = Duration::from_secs(1);
/// The most accounts and addresses whose failures wait at once.
const MOST: usize = 10_000;
/// How many are written by one transaction.
const STEP: usize = 100;

/// Failures that wait to be written.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// By account and address, so in the order of the accounts: nodes that write at once take turns at
    /// the same one instead of waiting for each other.
    of: BTreeMap<(UserId, String), Failed>,
    /// How many there was no room for.
    dropped: u64,
}

/// An account's failures from an address, of which the last one is remembered.
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
        (of.into_iter().map(|((user, _), failed)| (user, failed)).collect(), dropped)
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
    fn add(&mut self, user: UserId, mut failed: Failed) {
        if !self.has_room(user, &failed.client.ip) {
            failed.client = ClientInfo::default();
        }
        let key = (user, failed.client.ip.clone());
        if let Some(known) = self.of.get_mut(&key) {
            let count = known.count.saturating_add(failed.count);
            if failed.at >= known.at {
                *known = failed;
            }
            known.count = count;
        } else if self.of.len() < MOST {
            self.of.insert(key, failed);
        } else {
            self.dropped += u64::from(failed.count);
        }
    }

    /// Whether what comes from this address is counted by itself.
    fn has_room(&self, user: UserId, ip: &str) -> bool {
        let of_user = self.of.range((user, String::new())..).take_while(|((of, _), _)| *of == user);
        let others = of_user.filter(|((_, known), _)| !known.is_empty() && known != ip);
        i64::try_from(others.count()).is_ok_and(|others| others < NewEvent::MOST_ADDRESSES)
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

    fn from(ip: &str) -> ClientInfo {
        ClientInfo { ip: ip.to_owned(), ..ClientInfo::default() }
    }

    fn seen(failed: &[(UserId, Failed)]) -> Vec<(i64, u32, Timestamp, &str)> {
        failed.iter().map(|(user, f)| (user.0, f.count, f.at, &*f.client.ip)).collect()
    }

    #[test]
    fn an_account_waits_once_an_address() {
        let failures = Failures::default();
        failures.note(UserId(2), at(5), &from("b"));
        failures.note(UserId(1), at(5), &from("a"));
        failures.note(UserId(2), at(7), &from("b"));
        let (taken, _) = failures.take();
        failures.note(UserId(2), at(9), &from("c"));
        failures.note(UserId(2), at(6), &from("b"));
        failures.put_back(&taken);
        let (taken, dropped) = failures.take();
        assert_eq!(seen(&taken), [(1, 1, at(5), "a"), (2, 3, at(7), "b"), (2, 1, at(9), "c")]);
        assert_eq!(dropped, 0);
        assert!(failures.take().0.is_empty());
    }

    #[test]
    fn whoever_has_many_addresses_is_counted_without_them() {
        let failures = Failures::default();
        for n in 0..100 {
            failures.note(UserId(1), at(n), &from(&format!("{n:02}")));
        }
        failures.note(UserId(1), at(100), &from("03"));
        failures.note(UserId(2), at(100), &from("99"));
        let (taken, _) = failures.take();
        let seen = seen(&taken);
        assert_eq!(seen[0], (1, 90, at(99), ""));
        assert_eq!(seen[4], (1, 2, at(100), "03"));
        assert_eq!((seen.len(), seen[11]), (12, (2, 1, at(100), "99")));
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
