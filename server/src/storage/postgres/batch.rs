//! What PostgreSQL reads for many callers at once. It gathers their commits by itself.

use sqlx::{PgPool, query_as};

use super::answer;
use crate::{
    domain::{SessionId, UserId},
    storage::{
        FamilyRecord, StoreError, UserRecord,
        batcher::in_order,
        rows::{FamilyRow, UserRow},
        sql,
    },
};

/// Reads these users.
pub(super) async fn users(
    pool: PgPool,
    ids: Vec<UserId>,
) -> Result<Vec<Option<UserRecord>>, StoreError> {
    let numbers: Vec<_> = ids.iter().map(|id| id.0).collect();
    let found = query_as::<_, UserRow>(sql::postgres::LOOKUP_USERS).bind(numbers);
    let rows = answer(found.fetch_all(&pool)).await?;
    Ok(in_order(&ids, rows.into_iter().map(UserRow::keyed)))
}

/// Reads these families, as of `now` or of the database's own moment.
pub(super) async fn families(
    pool: PgPool,
    ids: Vec<SessionId>,
    now: Option<i64>,
) -> Result<Vec<Option<Result<FamilyRecord, StoreError>>>, StoreError> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let found = query_as::<_, FamilyRow>(sql::postgres::LOOKUP_FAMILIES).bind(&ids).bind(now);
    let rows = answer(found.fetch_all(&pool)).await?;
    Ok(in_order(&ids, rows.into_iter().map(FamilyRow::keyed)))
}
