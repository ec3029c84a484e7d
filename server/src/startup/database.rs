//! The database: opened, made where it is missing, brought up to date.

use std::{io, path::Path, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;

use super::{StartError, private};
use crate::{
    config::{Config, ConfigError, Database},
    domain::SystemClock,
    storage::{PostgresStore, Schema, SqliteStore, Store, StoreError},
};

/// Opens it.
///
/// # Errors
/// [`StartError::Database`], [`StartError::DataDir`].
pub async fn open(config: &Config) -> Result<Arc<dyn Store>, StartError> {
    match &config.database {
        Database::Sqlite(path) => Ok(Arc::new(open_sqlite(path).await?)),
        Database::Postgres(url) => {
            Ok(Arc::new(open_postgres(url, config.database_connections).await?))
        }
    }
}

/// How it stands. Nothing is made or changed.
///
/// # Errors
/// [`StartError::Database`].
pub async fn schema(database: &Database) -> Result<Schema, StartError> {
    match database {
        Database::Sqlite(path) => {
            Schema::of_sqlite(path).await.map_err(|error| sqlite_error(path, error))
        }
        Database::Postgres(url) => {
            let options = postgres_options(url)?;
            let schema = Schema::of_postgres(&options).await;
            schema.map_err(|error| postgres_error(postgres_name(&options), error))
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<SqliteStore, StartError> {
    make_room(path)?;
    SqliteStore::open(path, Arc::new(SystemClock)).await.map_err(|error| sqlite_error(path, error))
}

async fn open_postgres(url: &SecretString, connections: u32) -> Result<PostgresStore, StartError> {
    let options = postgres_options(url)?;
    let name = postgres_name(&options);
    let opened = PostgresStore::open(options, connections, None).await;
    opened.map_err(|error| postgres_error(name, error))
}

fn postgres_options(url: &SecretString) -> Result<PgConnectOptions, ConfigError> {
    let options = url.expose_secret().parse();
    options.map_err(|_| ConfigError("DATABASE_URL cannot be read.".to_owned()))
}

/// Without the password.
fn postgres_name(options: &PgConnectOptions) -> String {
    let (host, port) = (options.get_host(), options.get_port());
    format!("{} at {host}:{port}", options.get_database().unwrap_or_default())
}

const fn postgres_error(name: String, error: StoreError) -> StartError {
    StartError::Database(name, error, ", and that PostgreSQL runs there")
}

fn sqlite_error(path: &Path, error: StoreError) -> StartError {
    StartError::Database(path.display().to_string(), error, " and the folder's rights")
}

/// Makes the database's folder and the file itself, for its owner alone; SQLite gives its logs the
/// same rights.
fn make_room(database: &Path) -> Result<(), StartError> {
    if let Some(folder) = database.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        private::folder(folder).map_err(|e| StartError::DataDir(folder.to_owned(), e))?;
    }
    match private::new_file(database) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(sqlite_error(database, sqlx::Error::from(error).into()))
        }
        _ => Ok(()),
    }
}
