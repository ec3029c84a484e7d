//! Keeps the blacklist in step with what other processes commit.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError};
use crate::domain::Timestamp;

/// Every look reaches this far back, so that a commit that became visible late is not missed
/// (transactions last 30 s at most). Taking in the same session twice does no harm.
const OVERLAP: Duration = Duration::from_mins(1);
/// How long to wait before a failed look is repeated.
const RETRY: Duration = Duration::from_millis(500);

impl Auth {
    /// Fills the blacklist before the first request.
    ///
    /// # Errors
    /// What the store says.
    pub async fn load_blacklist(&self) -> Result<(), AuthError> {
        let now = self.now();
        let ended = self.store.revoked_since(now.before(self.blacklist.keep())).await?;
        self.blacklist.absorb(ended, now);
        self.blacklist.confirm();
        Ok(())
    }

    /// Follows the store's feed until `stop`.
    pub async fn follow_revocations(self: Arc<Self>, stop: CancellationToken) {
        let following = async {
            let mut complete_as_of = self.now();
            loop {
                if let Err(error) = self.follow(&mut complete_as_of).await {
                    tracing::warn!(%error, "the revocation feed is interrupted");
                }
                tokio::time::sleep(RETRY).await;
            }
        };
        stop.run_until_cancelled(following).await;
    }

    async fn follow(&self, complete_as_of: &mut Timestamp) -> Result<(), AuthError> {
        let mut feed = self.store.revocation_feed().await?;
        loop {
            let changed = feed.next().await?;
            let now = self.now();
            if changed {
                let ended = self.store.revoked_since(complete_as_of.before(OVERLAP)).await?;
                self.blacklist.absorb(ended, now);
            }
            *complete_as_of = now;
            self.blacklist.confirm();
            self.finish_logouts().await?;
        }
    }
}
