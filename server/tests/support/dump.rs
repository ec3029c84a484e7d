//! All that a database holds.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use super::{TestDatabase, database::Place};

/// Every row of every table, as `table {"column": value}`.
pub type Dump = BTreeSet<String>;

impl TestDatabase {
    pub async fn dump(&self) -> Dump {
        match &self.place {
            Place::File { path, .. } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                let dump = dump_sqlite(&mut connection).await;
                connection.close().await.unwrap();
                dump
            }
            Place::Server { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let dump = dump_postgres(&mut connection).await;
                connection.close().await.unwrap();
                dump
            }
        }
    }

    /// Every value that is stored, as text, with the place where it is.
    pub async fn values(&self) -> Vec<(String, String)> {
        let mut values = Vec::new();
        for row in self.dump().await {
            let (table, row) = row.split_once(' ').unwrap();
            let row: Value = serde_json::from_str(row).unwrap();
            for (column, value) in row.as_object().unwrap() {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                values.push((format!("{table}.{column}"), value));
            }
        }
        values
    }
}

async fn dump_sqlite(connection: &mut SqliteConnection) -> Dump {
    // One SELECT for each table, made of its columns.
    const SELECTS: &str = "SELECT 'SELECT ''' || m.name || ' '' || json_object(' \
         || group_concat('''' || c.name || ''', ' || c.name) || ') FROM ' || m.name \
         FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations' \
         GROUP BY m.name";
    let selects: Vec<String> =
        sqlx::query_scalar(SELECTS).fetch_all(&mut *connection).await.unwrap();
    let mut dump = Dump::new();
    for select in selects {
        let rows = sqlx::query_scalar(AssertSqlSafe(select)).fetch_all(&mut *connection).await;
        dump.extend::<Vec<String>>(rows.unwrap());
    }
    dump
}

async fn dump_postgres(connection: &mut PgConnection) -> Dump {
    const SELECTS: &str = "SELECT 'SELECT ''' || tablename || ' '' || to_json(t)::text FROM ' \
         || tablename || ' t' FROM pg_tables \
         WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations'";
    let selects: Vec<String> =
        sqlx::query_scalar(SELECTS).fetch_all(&mut *connection).await.unwrap();
    let mut dump = Dump::new();
    for select in selects {
        let rows = sqlx::query_scalar(AssertSqlSafe(select)).fetch_all(&mut *connection).await;
        dump.extend::<Vec<String>>(rows.unwrap());
    }
    dump
}
