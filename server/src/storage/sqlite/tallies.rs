//! Tallies on SQLite.

use async_trait::async_trait;
use sqlx::{SqlitePool, query, query_as};

use super::SqliteStore;
use crate::{
    domain::{Ladder, Tally, Timestamp},
    storage::{
        StoreError,
        import_rows::json,
        sql::tallies::{self, sqlite},
        tallies::{Tallies, TallyKey, TallyRow, to_count, to_forget},
    },
};

/// A key, and after how many milliseconds one is forgiven.
pub(super) type Count = (String, i64);

/// Adds one for each of these, one after the other where a key comes again, and makes them durable with
/// one commit: whoever guesses as fast as they can keeps the only writer busy with few of them.
pub(super) async fn count(
    writer: SqlitePool,
    counts: Vec<Vec<Count>>,
    now: Timestamp,
) -> Result<Vec<()>, StoreError> {
    let all = json(&counts.concat())?;
    query(sqlite::COUNT).bind(all).bind(now.millis()).execute(&writer).await?;
    Ok(vec![(); counts.len()])
}

#[async_trait]
impl Tallies for SqliteStore {
    async fn tallies(
        &self,
        of: &[TallyKey],
    ) -> Result<(Vec<(TallyKey, Tally)>, Timestamp), StoreError> {
        let keys: Vec<_> = of.iter().map(|TallyKey(key)| key).collect();
        let found = query_as::<_, TallyRow>(sqlite::LOOKUP).bind(json(&keys)?);
        let rows = found.fetch_all(&self.readers).await?;
        Ok((rows.into_iter().map(Into::into).collect(), self.clock.now()))
    }

    async fn count(&self, at: &[(TallyKey, Ladder)]) -> Result<(), StoreError> {
        self.counts.call(to_count(at)).await
    }

    async fn forget_tallies(&self, read: &[(TallyKey, Tally)]) -> Result<(), StoreError> {
        query(sqlite::FORGET).bind(json(&to_forget(read))?).execute(&self.writer).await?;
        Ok(())
    }

    async fn remove_forgiven(&self, count: u32) -> Result<bool, StoreError> {
        let removal = query(tallies::REMOVE_FORGIVEN).bind(self.clock.now().millis());
        let removed = removal.bind(i64::from(count)).execute(&self.writer).await?;
        Ok(removed.rows_affected() == u64::from(count))
    }
}
