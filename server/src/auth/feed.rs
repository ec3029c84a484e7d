//! Keeps the blacklist in step with what other processes commit.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError};
use crate::{domain::Timestamp, storage::Heard};

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
        let now = self.store.now().await?;
        self.catch_up(now.before(self.blacklist.keep())).await
    }

    /// Takes in what was ended at `since` or later.
    async fn catch_up(&self, since: Timestamp) -> Result<(), AuthError> {
        let ended = self.store.revoked_since(since).await?;
        self.blacklist.absorb(ended, self.now());
        self.blacklist.confirm();
        Ok(())
    }

    /// Follows the store's feed until `stop`.
    pub async fn follow_revocations(self: Arc<Self>, stop: CancellationToken) {
        let following = async {
            let mut complete_as_of = None;
            loop {
                if let Err(error) = self.follow(&mut complete_as_of).await {
                    tracing::warn!(%error, "the revocation feed is interrupted");
                }
                tokio::time::sleep(RETRY).await;
            }
        };
        stop.run_until_cancelled(following).await;
    }

    /// Moments are the store's: a node whose clock is wrong misses nothing.
    async fn follow(&self, complete_as_of: &mut Option<Timestamp>) -> Result<(), AuthError> {
        let mut feed = self.store.revocation_feed().await?;
        loop {
            match feed.next().await? {
                Heard::Ended(session) => self.forget(session, self.now()),
                Heard::Nothing => self.blacklist.confirm(),
                Heard::Change => {
                    let now = self.store.now().await?;
                    let known = complete_as_of.unwrap_or_else(|| now.before(self.blacklist.keep()));
                    self.catch_up(known.before(OVERLAP)).await?;
                    *complete_as_of = Some(now);
                }
            }
            self.finish_logouts().await?;
        }
    }
}
