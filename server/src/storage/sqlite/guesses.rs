//! Wrong guesses on SQLite.

use async_trait::async_trait;
use sqlx::{query, query_as};

use super::SqliteStore;
use crate::{
    domain::{Ladder, Tally, Timestamp},
    storage::{
        StoreError,
        guesses::{GuessKey, GuessRow, Guesses, to_count, to_forget},
        import_rows::json,
        sql::guesses::{self, sqlite},
    },
};

#[async_trait]
impl Guesses for SqliteStore {
    async fn guesses(
        &self,
        of: &[GuessKey],
    ) -> Result<(Vec<(GuessKey, Tally)>, Timestamp), StoreError> {
        let keys: Vec<_> = of.iter().map(|GuessKey(key)| key).collect();
        let found = query_as::<_, GuessRow>(sqlite::LOOKUP).bind(json(&keys)?);
        let rows = found.fetch_all(&self.readers).await?;
        Ok((rows.into_iter().map(Into::into).collect(), self.clock.now()))
    }

    async fn count_guess(&self, at: &[(GuessKey, Ladder)]) -> Result<(), StoreError> {
        let change = query(sqlite::COUNT).bind(json(&to_count(at))?);
        change.bind(self.clock.now().millis()).execute(&self.writer).await?;
        Ok(())
    }

    async fn forget_guesses(&self, read: &[(GuessKey, Tally)]) -> Result<(), StoreError> {
        query(sqlite::FORGET).bind(json(&to_forget(read))?).execute(&self.writer).await?;
        Ok(())
    }

    async fn remove_forgiven_guesses(&self, count: u32) -> Result<bool, StoreError> {
        let removal = query(guesses::REMOVE_FORGIVEN).bind(self.clock.now().millis());
        let removed = removal.bind(i64::from(count)).execute(&self.writer).await?;
        Ok(removed.rows_affected() == u64::from(count))
    }
}
