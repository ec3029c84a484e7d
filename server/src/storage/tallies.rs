//! What gets slower the more often it happens, counted by all nodes together.

use async_trait::async_trait;
use sqlx::FromRow;

use super::StoreError;
use crate::domain::{Ladder, Tally, Timestamp};

/// Whom something concerns, and from where it came, as a text that tells nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TallyKey(pub String);

/// How often things have happened.
#[async_trait]
pub trait Tallies: Send + Sync {
    /// What is known of these, and the store's time.
    async fn tallies(
        &self,
        of: &[TallyKey],
    ) -> Result<(Vec<(TallyKey, Tally)>, Timestamp), StoreError>;

    /// Adds one to each of these. It is committed then.
    async fn count(&self, at: &[(TallyKey, Ladder)]) -> Result<(), StoreError>;

    /// Forgets these, each if nothing was added since it was read. It is committed then.
    async fn forget_tallies(&self, read: &[(TallyKey, Tally)]) -> Result<(), StoreError>;

    /// Removes up to `count` of those that are all forgiven. Returns whether there may be more.
    async fn remove_forgiven(&self, count: u32) -> Result<bool, StoreError>;
}

#[derive(FromRow)]
pub(super) struct TallyRow {
    key: String,
    count: i64,
    last_at: i64,
}

impl From<TallyRow> for (TallyKey, Tally) {
    fn from(row: TallyRow) -> Self {
        let count = u32::try_from(row.count).unwrap_or(u32::MAX);
        (TallyKey(row.key), Tally { count, last_at: Timestamp::from_millis(row.last_at) })
    }
}

/// The keys, and after how many milliseconds one is forgiven; in one order, so that those who count at
/// once take turns instead of waiting for each other.
pub(super) fn to_count(at: &[(TallyKey, Ladder)]) -> Vec<(String, i64)> {
    let mut rows = Vec::with_capacity(at.len());
    for (TallyKey(key), ladder) in at {
        let millis = i64::try_from(ladder.forgiven_after.as_millis()).unwrap_or(i64::MAX);
        rows.push((key.clone(), millis.max(1)));
    }
    rows.sort_unstable();
    rows
}

/// The keys, how many, and when the last one was; in the same order.
pub(super) fn to_forget(read: &[(TallyKey, Tally)]) -> Vec<(&str, i64, i64)> {
    let mut rows = Vec::with_capacity(read.len());
    for (TallyKey(key), tally) in read {
        rows.push((key.as_str(), i64::from(tally.count), tally.last_at.millis()));
    }
    rows.sort_unstable();
    rows
}
