//! Sessions in the hands of their owner. Whose a session is stands in the statements: an id of
//! somebody else's names nothing.

use super::{Auth, AuthError, Confirmed, Identity};
use crate::{
    domain::{RevokeCause, SessionId, Timestamp},
    storage::{Alive, ClientInfo, OwnSessions},
};

/// The most that are listed.
const MOST: u32 = 200;

impl Auth {
    /// The caller's sessions that go on.
    ///
    /// # Errors
    /// What the store says.
    pub async fn own_sessions(&self, caller: &Identity) -> Result<OwnSessions, AuthError> {
        let alive = self.alive(self.store.now().await?);
        Ok(self.store.own_sessions(caller.user_id, caller.session, alive, MOST).await?)
    }

    /// Ends another one of the owner's sessions. Returns whether there was such a one.
    ///
    /// # Errors
    /// As [`Auth::delete_own_account`].
    pub async fn end_own_session(
        &self,
        owner: Confirmed,
        session: SessionId,
        client: &ClientInfo,
    ) -> Result<bool, AuthError> {
        let (mut tx, user, now) = self.lock_confirmed(owner).await?;
        let alive = self.alive(now);
        let ended = tx.revoke_session_of(user.id, session, RevokeCause::Logout, alive).await?;
        self.note_ended(&mut *tx, user.id, usize::from(ended), client, now).await?;
        // Where there was none the password was shown all the same.
        tx.commit().await?;
        if ended {
            self.forget(session, self.now());
        }
        Ok(ended)
    }

    /// Ends all the owner's sessions but the one that this is done in. Returns how many those were.
    ///
    /// # Errors
    /// As [`Auth::delete_own_account`].
    pub async fn end_other_sessions(
        &self,
        owner: Confirmed,
        client: &ClientInfo,
    ) -> Result<usize, AuthError> {
        let own = owner.session();
        let (mut tx, user, now) = self.lock_confirmed(owner).await?;
        let cause = RevokeCause::Logout;
        let ended = tx.revoke_other_families_of(user.id, own, cause, now).await?;
        self.note_ended(&mut *tx, user.id, ended.len(), client, now).await?;
        tx.commit().await?;
        let count = ended.len();
        self.forget_all(ended);
        Ok(count)
    }

    /// Ends all the owner's sessions.
    ///
    /// # Errors
    /// As [`Auth::delete_own_account`].
    pub async fn end_all_sessions(
        &self,
        owner: Confirmed,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let (mut tx, user, now) = self.lock_confirmed(owner).await?;
        let ended = tx.revoke_families_of(user.id, RevokeCause::Logout, now).await?;
        self.note_ended(&mut *tx, user.id, ended.len(), client, now).await?;
        tx.commit().await?;
        self.forget_all(ended);
        Ok(())
    }

    fn alive(&self, now: Timestamp) -> Alive {
        Alive { now, idle_since: now.before(self.policy.rotation.refresh_lifetime) }
    }
}
