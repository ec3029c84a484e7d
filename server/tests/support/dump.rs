//! All that a database holds.

use std::collections::BTreeSet;

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
