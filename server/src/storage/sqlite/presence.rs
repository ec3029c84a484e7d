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

use sqlx::sqlite::SqlitePoolOptions;

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

    /// Lets the pool drop connections that belong to a file that is gone.
    pub(super) fn guard(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let presence = self.clone();
        pool.before_acquire(move |_, connection| {
            let belongs = presence.belongs(connection.age);
            Box::pin(async move { Ok(belongs) })
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
