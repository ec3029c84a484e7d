//! Signing out: out everywhere, even while the database is down.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Auth, AuthError, Identity};
use crate::{
    domain::{
        Claims, EventKind, LegacyToken, Presented, RevokeCause, SessionId, TokenKind, UserId,
    },
    storage::ClientInfo,
};

/// Sign-outs that the database has yet to hear of. They bind this process at once; the feed's
/// task carries them to the database as soon as it answers.
#[derive(Debug, Default)]
pub struct Unfinished(Mutex<HashMap<SessionId, Leaving>>);

/// Who signs out, and where.
#[derive(Clone, Debug)]
struct Leaving {
    user: UserId,
    /// What the session is known by, if it may have yet to be taken over.
    token: Option<LegacyToken>,
    client: ClientInfo,
}

impl Unfinished {
    fn remember(&self, sessions: &HashMap<SessionId, Leaving>) {
        self.lock().extend(sessions.iter().map(|(session, leaving)| (*session, leaving.clone())));
    }

    fn list(&self) -> HashMap<SessionId, Leaving> {
        self.lock().clone()
    }

    fn finished(&self, session: SessionId) {
        self.lock().remove(&session);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, Leaving>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Auth {
    /// Ends the sessions that acceptable tokens among these name. It always succeeds: a person
    /// who signs out is out.
    pub async fn logout(&self, access: &[String], refresh: &[String], client: &ClientInfo) {
        let now = self.now();
        let access = access
            .iter()
            .filter_map(|token| self.tokens.check(token, Some(TokenKind::Access), now).ok())
            .map(Presented::Own);
        let refresh = refresh.iter().filter_map(|token| self.tokens.presented(token, now).ok());
        let sessions = access.chain(refresh).map(|presented| {
            let Claims { session, user_id: user, .. } = presented.claims();
            let token = match presented {
                Presented::Own(_) => None,
                Presented::Legacy(token) => Some(token),
            };
            (session, Leaving { user, token, client: client.clone() })
        });
        self.leave(sessions.collect()).await;
    }

    /// Ends the session that this is done in, as a sign-out does.
    pub async fn leave_session(&self, caller: &Identity, client: &ClientInfo) {
        let leaving = Leaving { user: caller.user_id, token: None, client: client.clone() };
        self.leave(HashMap::from([(caller.session, leaving)])).await;
    }

    async fn leave(&self, sessions: HashMap<SessionId, Leaving>) {
        // Before anything is waited for: whoever hangs up now is out all the same.
        self.unfinished.remember(&sessions);
        let now = self.now();
        for session in sessions.keys() {
            self.forget(*session, now);
        }
        for (session, leaving) in sessions {
            if let Err(error) = self.finish_logout(session, leaving).await {
                tracing::warn!(%error, "a sign-out waits for the database");
            }
        }
    }

    /// Carries remembered sign-outs to the database.
    ///
    /// # Errors
    /// What the store says; the rest stays remembered.
    pub async fn finish_logouts(&self) -> Result<(), AuthError> {
        for (session, leaving) in self.unfinished.list() {
            // As of now, not of then: other nodes look back a minute only.
            match self.finish_logout(session, leaving).await {
                Err(error @ AuthError::Unavailable { .. }) => return Err(error),
                Err(error) => {
                    // Not even a database that answers can do it, and others wait behind it.
                    tracing::error!(%error, "a sign-out could not be written down");
                    self.unfinished.finished(session);
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    async fn finish_logout(&self, session: SessionId, leaving: Leaving) -> Result<(), AuthError> {
        let Leaving { user, token, client } = leaving;
        if let Some(token) = token {
            match self.take_over(&token, &client).await {
                Ok(()) => {}
                Err(error) if error.is_trouble() => return Err(error),
                // A disabled account may be enabled again.
                Err(_) => self.retire(&token).await?,
            }
        }
        let (cause, kind) = (RevokeCause::Logout, EventKind::SignedOut);
        self.end_family(user, session, cause, kind, &client).await?;
        self.unfinished.finished(session);
        Ok(())
    }
}
