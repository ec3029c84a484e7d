//! Whether a table is one that people can be taken from.

use sqlx::{PgConnection, SqliteConnection, query_as, query_scalar};

/// What is read of everybody.
pub(super) const NEEDED: [&str; 10] = [
    "id",
    "username",
    "first_name",
    "last_name",
    "email",
    "password",
    "is_active",
    "is_superuser",
    "date_joined",
    "last_login",
];

/// A table's columns and their types, none where there is no such table.
pub(super) struct Columns(Vec<(String, String)>);

impl Columns {
    pub(super) async fn on_sqlite(
        connection: &mut SqliteConnection,
        table: &str,
    ) -> sqlx::Result<Self> {
        const COLUMNS: &str = "SELECT name, type FROM pragma_table_info($1)";
        query_as(COLUMNS).bind(table).fetch_all(connection).await.map(Self)
    }

    pub(super) async fn on_postgres(
        connection: &mut PgConnection,
        table: &str,
    ) -> sqlx::Result<Self> {
        const COLUMNS: &str = "SELECT attname::text, format_type(atttypid, NULL) \
             FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) \
             AND attnum > 0 AND NOT attisdropped";
        query_as(COLUMNS).bind(table).fetch_all(connection).await.map(Self)
    }

    /// Whether there is such a table.
    pub(super) const fn exist(&self) -> bool {
        !self.0.is_empty()
    }

    /// The first one that is needed and not there.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let there = |needed: &&str| self.0.iter().any(|(name, _)| name == *needed);
        NEEDED.into_iter().find(|needed| !there(needed))
    }

    /// Whether PostgreSQL keeps something else in `id` than numbers.
    pub(super) fn has_other_ids(&self) -> bool {
        const NUMBERS: [&str; 4] = ["smallint", "integer", "bigint", "numeric"];
        let kind = self.0.iter().find(|(name, _)| name == "id").map(|(_, kind)| kind.as_str());
        kind.is_some_and(|kind| !NUMBERS.contains(&kind))
    }
}

/// Whether SQLite keeps something else in `id` than numbers. Each row says it: a column's type is but
/// a hint.
pub(super) async fn has_other_ids(
    connection: &mut SqliteConnection,
    table: &str,
) -> sqlx::Result<bool> {
    let statement = sqlx::AssertSqlSafe(format!(
        "SELECT count(*) FROM (SELECT 1 FROM \"{table}\" WHERE typeof(id) <> 'integer' LIMIT 1)"
    ));
    let others: i64 = query_scalar(statement).fetch_one(connection).await?;
    Ok(others > 0)
}
