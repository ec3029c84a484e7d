//! Signing out: out everywhere, even while the database is down.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use super::{Auth, AuthError};
use crate::domain::{RevokeCause, SessionId, TokenKind};

/// Sign-outs that the database has yet to hear of. They bind this process at once; the feed's
/// task carries them to the database as soon as it answers.
#[derive(Debug, Default)]
pub struct Unfinished(Mutex<HashSet<SessionId>>);

impl Unfinished {
    fn remember(&self, sessions: &[SessionId]) {
        self.lock().extend(sessions);
    }

    fn list(&self) -> Vec<SessionId> {
        self.lock().iter().copied().collect()
    }

    fn finished(&self, session: SessionId) {
        self.lock().remove(&session);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<SessionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Auth {
    /// Ends the sessions that acceptable tokens among these name. It always succeeds: a person
    /// who signs out is out.
    pub async fn logout(&self, access: &[String], refresh: &[String]) {
        let now = self.now();
        let mut sessions = self.sessions_of(access, TokenKind::Access, now);
        sessions.extend(self.sessions_of(refresh, TokenKind::Refresh, now));
        sessions.sort_unstable();
        sessions.dedup();
        // Before anything is waited for: whoever hangs up now is out all the same.
        self.unfinished.remember(&sessions);
        for session in &sessions {
            self.forget(*session, now);
        }
        for session in sessions {
            match self.store.revoke_family(session, RevokeCause::Logout).await {
                Ok(_) => self.unfinished.finished(session),
                Err(error) => tracing::warn!(%error, "a sign-out waits for the database"),
            }
        }
    }

    /// Carries remembered sign-outs to the database.
    ///
    /// # Errors
    /// What the store says; the rest stays remembered.
    pub async fn finish_logouts(&self) -> Result<(), AuthError> {
        for session in self.unfinished.list() {
            // As of now, not of then: other nodes look back a minute only.
            self.store.revoke_family(session, RevokeCause::Logout).await?;
            self.unfinished.finished(session);
        }
        Ok(())
    }
}
