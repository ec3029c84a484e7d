//! May this node be sent requests?

use std::time::Duration;

use super::{Auth, AuthError};
use crate::{domain::UserId, storage::StoreError};

/// A node whose clock is further from the database's judges tokens by the wrong time.
const MAX_SKEW: Duration = Duration::from_secs(5);

/// Why a node should be sent nothing.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Database(#[source] AuthError),
    /// The clocks differ.
    #[error("this machine's clock and the database's are {} ms apart", .0.as_millis())]
    Clock(Duration),
    /// Nobody knows which sessions have ended.
    #[error("the revocation feed is stale")]
    Revocations,
    /// People are signed in by a key that was not given to this node.
    #[error("a signing key is missing")]
    Keys,
}

impl Auth {
    /// Checks what every request depends on.
    ///
    /// # Errors
    /// [`NotReady`].
    pub async fn readiness(&self) -> Result<(), NotReady> {
        let gone = |error: StoreError| NotReady::Database(error.into());
        // Nobody's row, but a query: SQLite's time is this process's.
        self.store.lookup_user(UserId(0)).await.map_err(gone)?;
        let theirs = self.store.now().await.map_err(gone)?;
        let ours = self.now();
        let skew = ours.since(theirs).max(theirs.since(ours));
        if skew > MAX_SKEW {
            return Err(NotReady::Clock(skew));
        }
        if self.blacklist.is_stale() {
            return Err(NotReady::Revocations);
        }
        if !self.tokens.keys().is_complete() {
            return Err(NotReady::Keys);
        }
        Ok(())
    }
}
