//! Tallies on PostgreSQL, where the nodes share them.

use async_trait::async_trait;
use sqlx::{query, query_as};

use super::{PostgresStore, answer};
use crate::{
    domain::{Ladder, Tally, Timestamp},
    storage::{
        Store as _, StoreError,
        sql::tallies::{self, postgres},
        tallies::{Tallies, TallyKey, TallyRow, to_count, to_forget},
    },
};

#[async_trait]
impl Tallies for PostgresStore {
    async fn tallies(
        &self,
        of: &[TallyKey],
    ) -> Result<(Vec<(TallyKey, Tally)>, Timestamp), StoreError> {
        let keys: Vec<_> = of.iter().map(|TallyKey(key)| key).collect();
        let found = query_as::<_, TallyRow>(postgres::LOOKUP).bind(keys);
        let rows = answer(found.fetch_all(&self.pool)).await?;
        Ok((rows.into_iter().map(Into::into).collect(), self.now().await?))
    }

    async fn count(&self, at: &[(TallyKey, Ladder)]) -> Result<(), StoreError> {
        let (keys, spans): (Vec<_>, Vec<_>) = to_count(at).into_iter().unzip();
        let change = query(postgres::COUNT).bind(keys).bind(self.given_now()).bind(spans);
        answer(change.execute(&self.pool)).await?;
        Ok(())
    }

    async fn forget_tallies(&self, read: &[(TallyKey, Tally)]) -> Result<(), StoreError> {
        let mut columns = (Vec::new(), Vec::new(), Vec::new());
        columns.extend(to_forget(read));
        let change = query(postgres::FORGET).bind(columns.0).bind(columns.1).bind(columns.2);
        answer(change.execute(&self.pool)).await?;
        Ok(())
    }

    async fn remove_forgiven(&self, count: u32) -> Result<bool, StoreError> {
        let now = self.now().await?;
        let removal = query(tallies::REMOVE_FORGIVEN).bind(now.millis()).bind(i64::from(count));
        Ok(answer(removal.execute(&self.pool)).await?.rows_affected() == u64::from(count))
    }
}
