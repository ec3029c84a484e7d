//! Hashes that another program has made: replaced once their password is known, and until then no
//! reason to answer sooner or later than for anybody else.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError, hashing::Line};
use crate::{domain::PasswordHash, storage::UserRecord};

/// How often it is looked which there are: an import may go on beside.
pub(super) const INTERVAL: Duration = Duration::from_secs(10);

impl Auth {
    /// Puts a hash of ours in the place of an imported one, now that its password was shown. Returns
    /// the hash that is stored from now on, if it could be done. Nobody is kept out because it could
    /// not: the next sign-in tries again.
    pub(super) async fn upgrade_hash(
        &self,
        user: &UserRecord,
        password: SecretString,
    ) -> Option<PasswordHash> {
        if !self.hashing.is_outdated(&user.password_hash) {
            return None;
        }
        let upgraded = async {
            let hash = self.hashing.hash(Line::Owner(user.id), password, &*self.entropy).await?;
            let done = self.store.upgrade_password(user.id, &user.password_hash, &hash).await?;
            Ok::<_, AuthError>(done.then_some(hash))
        };
        upgraded.await.unwrap_or_else(|error| {
            tracing::warn!(%error, user = user.id.0, "an imported hash waits to be replaced");
            None
        })
    }

    /// Finds out what the most expensive hash costs that there is: whoever fails waits for as long.
    ///
    /// # Errors
    /// What the store says; [`AuthError::Unavailable`] when too many wait for a hash.
    pub async fn measure_hashes(&self) -> Result<(), AuthError> {
        let decoys = self.store.password_decoys().await?;
        self.hashing.measure(decoys).await
    }

    /// Goes on finding out, until `stop`.
    pub async fn keep_measuring_hashes(self: Arc<Self>, stop: CancellationToken) {
        let measuring = async {
            loop {
                tokio::time::sleep(INTERVAL).await;
                if let Err(error) = self.measure_hashes().await {
                    tracing::warn!(%error, "what imported hashes cost is not known");
                }
            }
        };
        stop.run_until_cancelled(measuring).await;
    }
}
