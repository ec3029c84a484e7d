//! Looking at sessions, and ending them for whoever runs the server.

use super::{Auth, AuthError};
use crate::{
    domain::{EventKind, RevokeCause, SessionId, UserId},
    storage::{ClientInfo, SessionRecord},
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
        let Some(record) = self.store.lookup_family(session).await? else { return Ok(false) };
        let user = record.family.user_id;
        let (cause, kind) = (RevokeCause::Administrator, EventKind::SessionsEnded);
        let ended = self.end_family(user, session, cause, kind, &ClientInfo::default()).await?;
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
        let client = ClientInfo::default();
        self.note_ended(&mut *tx, user.id, ended.len(), &client, now).await?;
        tx.commit().await?;
        let count = ended.len();
        self.forget_all(ended);
        Ok(count)
    }

    /// Ends a user's family that lives, and notes it. Returns whether it did.
    pub(super) async fn end_family(
        &self,
        user: UserId,
        session: SessionId,
        cause: RevokeCause,
        kind: EventKind,
        client: &ClientInfo,
    ) -> Result<bool, AuthError> {
        let mut tx = self.store.begin().await?;
        // First, as in every transaction that is about an account: none waits for another one.
        if tx.lock_user(user).await?.is_none() {
            return Ok(false);
        }
        let now = tx.now().await?;
        if !tx.revoke_family(session, cause, now).await? {
            return Ok(false);
        }
        self.note(&mut *tx, user, kind, client, now).await?;
        tx.commit().await?;
        Ok(true)
    }
}
