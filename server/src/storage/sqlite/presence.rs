//! Is the file still there?
//!
//! A deleted or replaced database file stays readable and writable through connections that were
//! opened before: sign-ins would succeed and be lost at the next start. So a connection is handed
//! out only while it belongs to the file that the path names now.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqlitePoolOptions};

/// What distinguishes a file from another one of the same name.
type Identity = (u64, u64);

#[derive(Clone, Debug)]
pub(super) struct Presence {
    path: PathBuf,
    current: Arc<Mutex<Current>>,
}

#[derive(Debug)]
struct Current {
    file: Option<Identity>,
    since: Instant,
}

impl Presence {
    pub(super) fn of(path: &Path) -> Self {
        let current = Current { file: identity(path), since: Instant::now() };
        Self { path: path.to_owned(), current: Arc::new(Mutex::new(current)) }
    }

    /// Lets the pool drop connections that belong to a file that is gone, and those of which nobody
    /// knows where they stand.
    pub(super) fn guard(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let presence = self.clone();
        pool.before_acquire(move |connection, rest| {
            let belongs = presence.belongs(rest.age);
            Box::pin(async move { Ok(belongs && is_at_rest(connection).await?) })
        })
    }

    /// Whether a connection of this age was opened on the file that is there now.
    pub(super) fn belongs(&self, age: Duration) -> bool {
        let found = identity(&self.path);
        let Ok(mut current) = self.current.lock() else { return false };
        if current.file != found {
            *current = Current { file: found, since: Instant::now() };
        }
        found.is_some() && age <= current.since.elapsed()
    }
}

/// Whether no transaction is open. On a full disk SQLite ends one by itself, and sqlx goes on taking it
/// for open: nothing could be begun on that connection any more.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A transaction that was dropped may still be on its way back.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    // Elsewhere an open file cannot be deleted or replaced.
    std::fs::metadata(path).ok().map(|_| (0, 0))
}

#[cfg(test)]
mod tests {
    use sqlx::query;

    use super::*;

    #[tokio::test]
    async fn a_full_disk_spoils_no_connection_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .pragma("max_page_count", "10");
        sqlx::ConnectOptions::connect(&options).await.unwrap().close().await.unwrap();
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = Presence::of(&path).guard(pool).connect_lazy_with(options);
        query("CREATE TABLE t (b BLOB)").execute(&pool).await.unwrap();
        for _ in 0..3 {
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let large = query("INSERT INTO t VALUES (zeroblob(100000))");
            let error = large.execute(&mut *transaction).await.unwrap_err();
            assert!(error.to_string().contains("full"), "{error}");
        }
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        query("INSERT INTO t VALUES (zeroblob(100))").execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }
}
