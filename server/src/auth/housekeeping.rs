//! Removes what nobody can use any more, in the background and in small steps: families that were
//! ended or have expired, what is remembered of removed ones, and what happened long ago.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError};
use crate::{domain::SessionId, storage::Dead};

/// How many families or events a step looks at.
const STEP: u32 = 500;
/// Between two steps: a million families take half an hour, and nobody notices.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two rounds.
const REST: Duration = Duration::from_mins(10);

impl Auth {
    /// Looks at the families that follow `after` in the order of their making, and removes the dead
    /// among them. Returns the last that it looked at, `None` at the end of the round.
    ///
    /// # Errors
    /// What the store says.
    pub async fn clean_up(&self, after: Option<SessionId>) -> Result<Option<SessionId>, AuthError> {
        // Their last access tokens must have expired, too: as long as one is in force, the
        // blacklist is read from these rows.
        let since = self.store.now().await?.before(self.blacklist.keep());
        let idle_since = since.before(self.policy.rotation.refresh_lifetime);
        Ok(self.store.remove_dead(after, STEP, Dead { since, idle_since }).await?)
    }

    /// Removes some of what happened so long ago that it is not remembered any more, and forgets by
    /// which browsers it did. Returns whether there may be more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn clean_up_events(&self) -> Result<bool, AuthError> {
        let now = self.store.now().await?;
        let policy = self.policy.audit;
        let removed = self.store.remove_events(now.before(policy.retention), STEP).await?;
        let moment = now.before(policy.client_retention);
        let forgotten = self.store.forget_clients(moment, STEP).await?;
        Ok(removed || forgotten)
    }

    /// Removes some of the tallies of which all is forgiven. Returns whether there may be more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn clean_up_tallies(&self) -> Result<bool, AuthError> {
        Ok(self.store.remove_forgiven(STEP).await?)
    }

    /// Goes round and round until `stop`. Several nodes may do so at once.
    pub async fn keep_cleaning_up(self: Arc<Self>, stop: CancellationToken) {
        let cleaning = async {
            let mut after = None;
            loop {
                after = self.clean_up(after).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "expired sessions wait to be removed");
                    None
                });
                let more = self.clean_up_events().await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "old events wait to be removed");
                    false
                });
                let tallies = self.clean_up_tallies().await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "forgiven tallies wait to be removed");
                    false
                });
                tokio::time::sleep(if after.is_some() || more || tallies { PAUSE } else { REST })
                    .await;
            }
        };
        stop.run_until_cancelled(cleaning).await;
    }
}
