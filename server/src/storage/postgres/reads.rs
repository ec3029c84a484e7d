//! What PostgreSQL does for many callers at once. It gathers their commits by itself.

use std::{collections::HashSet, sync::Arc, time::Duration};

use sqlx::{PgPool, query_as, query_scalar};

use super::{answer, doubt::Doubt};
use crate::{
    domain::{Clock, SessionId, UserId},
    storage::{
        FamilyRecord, Sighting, StoreError, UserRecord, batcher::in_order, session_rows::FamilyRow,
        sql, user_rows::UserRow,
    },
};

/// Reads for many callers. A read changes nothing: where its connection was dead it is made again,
/// on one that was tried first.
pub(super) struct Reads {
    pool: PgPool,
    doubt: Arc<Doubt>,
    clock: Option<Arc<dyn Clock>>,
}

type Families = Vec<Option<Result<FamilyRecord, StoreError>>>;

impl Reads {
    pub(super) fn new(pool: PgPool, doubt: Arc<Doubt>, clock: Option<Arc<dyn Clock>>) -> Self {
        Self { pool, doubt, clock }
    }

    /// Reads these users.
    pub(super) async fn users(
        self: Arc<Self>,
        ids: Vec<UserId>,
    ) -> Result<Vec<Option<UserRecord>>, StoreError> {
        let first = self.try_users(&ids).await;
        if self.doubt.note(&first) { self.try_users(&ids).await } else { first }
    }

    /// Reads these families, as of the clock or of the database's own moment.
    pub(super) async fn families(
        self: Arc<Self>,
        ids: Vec<SessionId>,
    ) -> Result<Families, StoreError> {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let first = self.try_families(&ids).await;
        if self.doubt.note(&first) { self.try_families(&ids).await } else { first }
    }

    async fn try_users(&self, ids: &[UserId]) -> Result<Vec<Option<UserRecord>>, StoreError> {
        let numbers: Vec<_> = ids.iter().map(|id| id.0).collect();
        let found = query_as::<_, UserRow>(sql::postgres::LOOKUP_USERS).bind(numbers);
        let rows = answer(found.fetch_all(&self.pool)).await?;
        Ok(in_order(ids, rows.into_iter().map(UserRow::keyed)))
    }

    async fn try_families(&self, ids: &[String]) -> Result<Families, StoreError> {
        let now = self.clock.as_ref().map(|clock| clock.now().millis());
        let found = query_as::<_, FamilyRow>(sql::postgres::LOOKUP_FAMILIES).bind(ids).bind(now);
        let rows = answer(found.fetch_all(&self.pool)).await?;
        Ok(in_order(ids, rows.into_iter().map(FamilyRow::keyed)))
    }
}

/// Applies these sightings, each by its own precondition. Tells which.
pub(super) async fn sight(
    pool: &PgPool,
    sightings: &[Sighting],
    store_delay: Duration,
) -> Result<Vec<bool>, StoreError> {
    let ids: Vec<_> = sightings.iter().map(|sighting| sighting.session.to_string()).collect();
    let generations: Vec<_> = sightings.iter().map(|s| s.generation.number()).collect();
    let moments: Vec<_> = sightings.iter().map(|sighting| sighting.at.millis()).collect();
    let change = query_scalar::<_, String>(sql::postgres::SIGHT_ALL)
        .bind(&ids)
        .bind(generations)
        .bind(moments)
        .bind(i64::try_from(store_delay.as_millis()).unwrap_or(i64::MAX));
    let applied: HashSet<_> = answer(change.fetch_all(pool)).await?.into_iter().collect();
    Ok(ids.iter().map(|id| applied.contains(id)).collect())
}
