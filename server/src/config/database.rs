//! Where users and sessions are kept.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;

use super::{ConfigError, Settings, validate::refuse};

/// Where users and sessions are kept.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its URL, which may hold a password.
    Postgres(SecretString),
}

impl Database {
    /// Reads a URL; `name` is what it was given as.
    ///
    /// # Errors
    /// When it is none that is known.
    pub fn parse(name: &str, url: &str) -> Result<Self, ConfigError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return match url.parse::<PgConnectOptions>() {
                Ok(_) => Ok(Self::Postgres(url.into())),
                // The error repeats parts of the URL, and the URL holds a password.
                Err(_) => refuse(format!(
                    "{name} cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, \
                     with special characters percent-encoded."
                )),
            };
        }
        match url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => {
                Ok(Self::Sqlite(path.into()))
            }
            _ => refuse(format!(
                "{name} is neither of the form sqlite://PATH, with a file's path, nor \
                 postgres://USER:PASSWORD@HOST:PORT/DATABASE."
            )),
        }
    }
}

/// The database of these settings.
///
/// # Errors
/// When the URL is none that is known.
pub(super) fn database(settings: &Settings) -> Result<Database, ConfigError> {
    let url = settings.database_url.as_ref().map(SecretString::expose_secret);
    match url.filter(|url| !url.is_empty()) {
        Some(url) => Database::parse("DATABASE_URL", url),
        None => Ok(Database::Sqlite(settings.data_dir.join("latchkey.db"))),
    }
}

/// The list of ended sessions is brought up to date five times a second on SQLite, every two
/// seconds on PostgreSQL: a node must not find it stale in between.
///
/// # Errors
/// When it would.
pub(super) fn check_staleness(settings: &Settings, database: &Database) -> Result<(), ConfigError> {
    let shortest = match database {
        Database::Sqlite(_) => Duration::from_secs(1),
        Database::Postgres(_) => Duration::from_secs(5),
    };
    if settings.revocation_max_staleness < shortest {
        return refuse(format!(
            "REVOCATION_MAX_STALENESS is below {}: requests would be refused between two looks at \
             the list of ended sessions.",
            humantime::format_duration(shortest)
        ));
    }
    Ok(())
}
