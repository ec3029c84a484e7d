//! Where users and session families are kept.
//!
//! [`Store`] reads and applies single conditional statements; [`Tx`] is a unit of work for what
//! takes several. Each engine has a module of its own; statements and rows are shared.

mod batcher;
pub mod django;
pub mod error;
pub mod event_rows;
pub mod import_rows;
mod import_sql;
pub mod keys;
pub mod postgres;
pub mod schema;
pub mod session_rows;
mod sql;
pub mod sqlite;
pub mod store;
pub mod tallies;
pub mod user_rows;

pub use django::{DjangoSource, DjangoUser, EndedToken, HIGHEST_ID, SourceError, VerifiedAddress};
pub use error::{Constraint, StoreError};
pub use event_rows::{EventPlace, EventRecord, NewEvent};
pub use import_rows::{Claim, ImportedUser, Removal, Wanted};
pub use keys::{KeyTx, Retirement};
pub use postgres::PostgresStore;
pub use schema::Schema;
pub use session_rows::{ClientInfo, FamilyRecord, OwnSessions, SessionRecord};
pub use sqlite::SqliteStore;
pub use store::{Alive, Dead, Heard, RevocationFeed, Sighting, Store, Tx};
pub use tallies::{Tallies, TallyKey};
pub use user_rows::{Names, NewEmail, NewUser, Taken, UserRecord, WaitingMail};

/// Brings a schema up to date.
async fn migrate<'p, P>(pool: P, mut migrator: sqlx::migrate::Migrator) -> Result<(), StoreError>
where
    P: sqlx::Acquire<'p>,
    <P::Connection as std::ops::Deref>::Target: sqlx::migrate::Migrate,
{
    // An older binary must start again on a newer schema.
    migrator.set_ignore_missing(true);
    migrator.run(pool).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) => error.into(),
        other => sqlx::Error::Migrate(Box::new(other)).into(),
    })
}
