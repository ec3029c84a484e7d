//! Wrong guesses of passwords, which all nodes count together.

use async_trait::async_trait;
use sqlx::FromRow;

use super::StoreError;
use crate::domain::{Ladder, Tally, Timestamp};

/// What was guessed at, and from where, as a text that tells nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GuessKey(pub String);

/// What is remembered of wrong guesses.
#[async_trait]
pub trait Guesses: Send + Sync {
    /// What is known of these, and the store's time.
    async fn guesses(
        &self,
        of: &[GuessKey],
    ) -> Result<(Vec<(GuessKey, Tally)>, Timestamp), StoreError>;

    /// Counts one wrong guess at each of these. It is committed then.
    async fn count_guess(&self, at: &[(GuessKey, Ladder)]) -> Result<(), StoreError>;

    /// Forgets these, each if nothing was added since it was read. It is committed then.
    async fn forget_guesses(&self, read: &[(GuessKey, Tally)]) -> Result<(), StoreError>;

    /// Removes up to `count` of those that are all forgiven. Returns whether there may be more.
    async fn remove_forgiven_guesses(&self, count: u32) -> Result<bool, StoreError>;
}

#[derive(FromRow)]
pub(super) struct GuessRow {
    key: String,
    failures: i64,
    last_at: i64,
}

impl From<GuessRow> for (GuessKey, Tally) {
    fn from(row: GuessRow) -> Self {
        let failures = u32::try_from(row.failures).unwrap_or(u32::MAX);
        (GuessKey(row.key), Tally { failures, last_at: Timestamp::from_millis(row.last_at) })
    }
}

/// The keys, and after how many milliseconds one is forgiven; in one order, so that those who count at
/// once take turns instead of waiting for each other.
pub(super) fn to_count(at: &[(GuessKey, Ladder)]) -> Vec<(&str, i64)> {
    let mut rows = Vec::with_capacity(at.len());
    for (GuessKey(key), ladder) in at {
        let millis = i64::try_from(ladder.forgiven_after.as_millis()).unwrap_or(i64::MAX);
        rows.push((key.as_str(), millis.max(1)));
    }
    rows.sort_unstable();
    rows
}

/// The keys, how many, and when the last one was; in the same order.
pub(super) fn to_forget(read: &[(GuessKey, Tally)]) -> Vec<(&str, i64, i64)> {
    let mut rows = Vec::with_capacity(read.len());
    for (GuessKey(key), tally) in read {
        rows.push((key.as_str(), i64::from(tally.failures), tally.last_at.millis()));
    }
    rows.sort_unstable();
    rows
}
