//! Looking at sessions, and ending them for whoever runs the server.

use super::{Auth, AuthError};
use crate::{
    domain::{RevokeCause, SessionId},
    storage::SessionRecord,
};

impl Auth {
    /// The sessions that go on, of one user or of all, the latest used first.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn sessions(&self, of: Option<&str>) -> Result<Vec<SessionRecord>, AuthError> {
        let user = match of {
            Some(username) => Some(self.account(username).await?.id),
            None => None,
        };
        let now = self.store.now().await?;
        let lifetime = self.policy.rotation.refresh_lifetime;
        let mut sessions = self.store.list_sessions(user).await?;
        sessions.retain(|session| session.expires_at(lifetime) > now);
        Ok(sessions)
    }

    /// Ends a session. Returns whether it was going on.
    ///
    /// # Errors
    /// What the store says.
    pub async fn end_session(&self, session: SessionId) -> Result<bool, AuthError> {
        let ended = self.store.revoke_family(session, RevokeCause::Administrator).await?;
        self.forget(session, self.now());
        Ok(ended)
    }

    /// Ends all sessions of a user. Returns how many those were.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn end_sessions_of(&self, username: &str) -> Result<usize, AuthError> {
        let (mut tx, user, now) = self.lock_account(username).await?;
        let ended = tx.revoke_families_of(user.id, RevokeCause::Administrator, now).await?;
        tx.commit().await?;
        let count = ended.len();
        self.forget_all(ended);
        Ok(count)
    }
}
