//! Other processes' commits, noticed by `PRAGMA data_version`.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::{ConnectOptions as _, SqliteConnection, query_scalar, sqlite::SqliteConnectOptions};

use super::presence::Presence;
use crate::storage::{Heard, RevocationFeed, StoreError};

/// How often the version is read: `latchkey user disable` bites within a second.
const INTERVAL: Duration = Duration::from_millis(200);

/// Looks at the database's version through a connection of its own, because the number only
/// tells of commits that *other* connections made.
pub(super) struct SqliteFeed {
    options: SqliteConnectOptions,
    presence: Presence,
    connection: Option<(SqliteConnection, Instant)>,
    version: Option<i64>,
}

impl SqliteFeed {
    pub(super) const fn new(options: SqliteConnectOptions, presence: Presence) -> Self {
        Self { options, presence, connection: None, version: None }
    }

    async fn read_version(&mut self) -> Result<i64, StoreError> {
        let presence = &self.presence;
        self.connection.take_if(|(_, opened)| !presence.belongs(opened.elapsed()));
        let (connection, _) = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert((self.options.connect().await?, Instant::now())),
        };
        Ok(query_scalar("PRAGMA data_version").fetch_one(connection).await?)
    }
}

#[async_trait]
impl RevocationFeed for SqliteFeed {
    async fn next(&mut self) -> Result<Heard, StoreError> {
        tokio::time::sleep(INTERVAL).await;
        match self.read_version().await {
            Ok(version) if self.version.replace(version) == Some(version) => Ok(Heard::Nothing),
            Ok(_) => Ok(Heard::Change),
            Err(error) => {
                // A new connection counts from its own start: look again then.
                self.connection = None;
                self.version = None;
                Err(error)
            }
        }
    }
}
