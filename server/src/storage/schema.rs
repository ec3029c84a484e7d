//! How a database stands before it is opened: nothing is made or changed by looking.

use std::path::Path;

use sqlx::{
    Connection as _, PgConnection, SqliteConnection, migrate::Migrator, postgres::PgConnectOptions,
    query_scalar, sqlite::SqliteConnectOptions,
};

use super::StoreError;

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// No database, or one without our tables.
    None,
    /// Tables of an older version, which would be brought up to date by opening it.
    Older,
    /// What this version works with.
    Current,
}

const APPLIED: &str = "SELECT max(version) FROM _sqlx_migrations";

impl Schema {
    /// Of a SQLite file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn of_sqlite(file: &Path) -> Result<Self, StoreError> {
        const TABLES: &str = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
        if !file.exists() {
            return Ok(Self::None);
        }
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let tables: i64 = query_scalar(TABLES).fetch_one(&mut connection).await?;
        if tables == 0 {
            return Ok(Self::None);
        }
        let applied = query_scalar(APPLIED).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(Self::after(applied, &sqlx::migrate!("../migrations/sqlite")))
    }

    /// Of a PostgreSQL database.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn of_postgres(options: &PgConnectOptions) -> Result<Self, StoreError> {
        const TABLES: &str = "SELECT count(to_regclass('_sqlx_migrations'))";
        let mut connection = PgConnection::connect_with(options).await?;
        let tables: i64 = query_scalar(TABLES).fetch_one(&mut connection).await?;
        if tables == 0 {
            return Ok(Self::None);
        }
        let applied = query_scalar(APPLIED).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(Self::after(applied, &sqlx::migrate!("../migrations/postgres")))
    }

    fn after(applied: Option<i64>, migrator: &Migrator) -> Self {
        let newest = migrator.iter().map(|migration| migration.version).max();
        match applied {
            None => Self::None,
            applied if applied < newest => Self::Older,
            Some(_) => Self::Current,
        }
    }
}
