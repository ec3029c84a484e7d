//! Tallies on SQLite.

use async_trait::async_trait;
use sqlx::{query, query_as};

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
        let change = query(sqlite::COUNT).bind(json(&to_count(at))?);
        change.bind(self.clock.now().millis()).execute(&self.writer).await?;
        Ok(())
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
