//! What can go wrong in storage.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::PgDatabaseError;

/// A uniqueness rule of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// User names are unique, without regard to case.
    Username,
    /// So are e-mail addresses.
    Email,
    /// So are session ids.
    Session,
}

/// What can go wrong in storage.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The row would break a uniqueness rule.
    #[error("{0:?} is taken")]
    Conflict(Constraint),
    /// The database cannot answer now: locked, full, gone. Trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// A row holds what no version of this program writes.
    #[error("the database holds an unreadable {0}")]
    Inconsistent(&'static str),
    /// A fault of ours.
    #[error("the database refused: {0}")]
    Driver(#[source] Arc<sqlx::Error>),
}

impl StoreError {
    /// How long a caller should wait before trying again.
    pub const RETRY_AFTER: Duration = Duration::from_secs(2);
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(database) = error.as_database_error() {
            if database.is_unique_violation()
                && let Some(constraint) = constraint(database.message())
            {
                return Self::Conflict(constraint);
            }
            let code = database.code();
            let code = code.as_deref().unwrap_or_default();
            let passing = match database.try_downcast_ref::<PgDatabaseError>() {
                Some(_) => is_passing_on_postgres(code),
                None => is_passing_on_sqlite(code),
            };
            return if passing || is_empty_database(database.message(), code) {
                Self::Unavailable(Arc::new(error))
            } else {
                Self::Driver(Arc::new(error))
            };
        }
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // The server closed the connection in the middle of a message.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Arc::new(error)),
            other => Self::Driver(Arc::new(other)),
        }
    }
}

/// The rule that a message about uniqueness names: by its column on SQLite, by its name on
/// PostgreSQL.
fn constraint(message: &str) -> Option<Constraint> {
    [
        ("username_key", Constraint::Username),
        ("email_key", Constraint::Email),
        ("sessions.id", Constraint::Session),
        ("sessions_id", Constraint::Session),
    ]
    .into_iter()
    .find_map(|(name, constraint)| message.contains(name).then_some(constraint))
}

/// The schema was brought up to date at the start: without tables this is another database, put in
/// the place of ours.
fn is_empty_database(message: &str, code: &str) -> bool {
    const UNDEFINED_TABLE: &str = "42P01";
    message.starts_with("no such table") || code == UNDEFINED_TABLE
}

/// SQLSTATEs for trouble that is not ours: no connection, no resources, locks, read-only, shut
/// down, an operator's or the disk's doing.
fn is_passing_on_postgres(code: &str) -> bool {
    const CLASSES: [&str; 7] = ["08", "28", "3D", "40", "53", "57", "58"];
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    const READ_ONLY: &str = "25006";
    const IDLE_IN_TRANSACTION: &str = "25P03";
    CLASSES.iter().any(|class| code.starts_with(class))
        || [LOCK_NOT_AVAILABLE, READ_ONLY, IDLE_IN_TRANSACTION].contains(&code)
}

/// SQLite's primary result codes for trouble that is not ours: locked, read-only, disk, damaged.
fn is_passing_on_sqlite(code: &str) -> bool {
    const BUSY: i64 = 5;
    const LOCKED: i64 = 6;
    const READ_ONLY: i64 = 8;
    const IO_ERROR: i64 = 10;
    const CORRUPT: i64 = 11;
    const FULL: i64 = 13;
    const CANNOT_OPEN: i64 = 14;
    const NOT_A_DATABASE: i64 = 26;
    // The low byte of an extended code is the primary one.
    let primary = code.parse::<i64>().ok().map(|code| code & 0xff);
    matches!(
        primary,
        Some(BUSY | LOCKED | READ_ONLY | IO_ERROR | CORRUPT | FULL | CANNOT_OPEN | NOT_A_DATABASE)
    )
}
