//! What SQLite does for many callers at once.

use serde_json::Value;
use sqlx::{SqliteConnection, SqlitePool, query, query_as};

use crate::{
    domain::{Generation, SessionId, Timestamp, UserId},
    storage::{
        FamilyRecord, StoreError, UserRecord,
        batcher::in_order,
        session_rows::FamilyRow,
        sql::{self, Extra},
        user_rows::UserRow,
    },
};

/// A statement that changes a family which was read at a generation.
pub(super) struct Change {
    pub(super) id: SessionId,
    pub(super) generation: Generation,
    pub(super) now: Timestamp,
    pub(super) statement: &'static str,
    pub(super) extra: Extra,
}

/// Reads these users.
pub(super) async fn users(
    readers: SqlitePool,
    ids: Vec<UserId>,
) -> Result<Vec<Option<UserRecord>>, StoreError> {
    let list = ids.iter().map(|id| id.0).collect::<Value>().to_string();
    let rows: Vec<UserRow> =
        query_as(sql::sqlite::LOOKUP_USERS).bind(list).fetch_all(&readers).await?;
    Ok(in_order(&ids, rows.into_iter().map(UserRow::keyed)))
}

/// Reads these families as of `now`.
pub(super) async fn families(
    readers: SqlitePool,
    ids: Vec<SessionId>,
    now: Timestamp,
) -> Result<Vec<Option<Result<FamilyRecord, StoreError>>>, StoreError> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let list = ids.iter().map(String::as_str).collect::<Value>().to_string();
    let rows: Vec<FamilyRow> = query_as(sql::sqlite::LOOKUP_FAMILIES)
        .bind(list)
        .bind(now.millis())
        .fetch_all(&readers)
        .await?;
    Ok(in_order(&ids, rows.into_iter().map(FamilyRow::keyed)))
}

/// Applies these changes, each by its own precondition, and makes them durable with one commit. No
/// rule of the schema can be broken by one of them: an error is the database's, and concerns all.
pub(super) async fn apply(
    writer: SqlitePool,
    changes: Vec<Change>,
) -> Result<Vec<bool>, StoreError> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut applied = Vec::with_capacity(changes.len());
    for change in &changes {
        applied.push(apply_one(&mut transaction, change).await?);
    }
    transaction.commit().await?;
    Ok(applied)
}

async fn apply_one(writer: &mut SqliteConnection, change: &Change) -> Result<bool, StoreError> {
    let update = query(change.statement)
        .bind(change.id.to_string())
        .bind(change.generation.number())
        .bind(change.now.millis());
    let update = match change.extra {
        Extra::Nothing => update,
        Extra::One(value) => update.bind(value),
        Extra::Two(one, other) => update.bind(one).bind(other),
    };
    Ok(update.execute(writer).await?.rows_affected() == 1)
}
