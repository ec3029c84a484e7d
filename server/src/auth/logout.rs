//! Signing out: out everywhere, even while the database is down.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Auth, AuthError};
use crate::{
    domain::{LegacyToken, Presented, RevokeCause, SessionId, TokenKind},
    storage::ClientInfo,
};

/// Sign-outs that the database has yet to hear of, and the tokens of the system before this one that
/// are to be taken out of use with them. They bind this process at once; the feed's task carries them
/// to the database as soon as it answers.
#[derive(Debug, Default)]
pub struct Unfinished(Mutex<Sessions>);

type Sessions = HashMap<SessionId, Option<LegacyToken>>;

impl Unfinished {
    fn remember(&self, sessions: &Sessions) {
        self.lock().extend(sessions.iter().map(|(session, token)| (*session, token.clone())));
    }

    fn list(&self) -> Sessions {
        self.lock().clone()
    }

    fn finished(&self, session: SessionId) {
        self.lock().remove(&session);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Auth {
    /// Ends the sessions that acceptable tokens among these name. It always succeeds: a person
    /// who signs out is out.
    pub async fn logout(&self, access: &[String], refresh: &[String]) {
        let now = self.now();
        let access = access.iter().filter_map(|token| {
            let claims = self.tokens.check(token, Some(TokenKind::Access), now).ok();
            claims.map(|claims| (claims.session, None))
        });
        let refresh = refresh.iter().filter_map(|token| match self.tokens.presented(token, now) {
            Ok(Presented::Own(claims)) => Some((claims.session, None)),
            Ok(Presented::Legacy(token)) => Some((token.session(), Some(token))),
            Err(_) => None,
        });
        let sessions: Sessions = access.chain(refresh).collect();
        // Before anything is waited for: whoever hangs up now is out all the same.
        self.unfinished.remember(&sessions);
        for session in sessions.keys() {
            self.forget(*session, now);
        }
        for (session, token) in sessions {
            if let Err(error) = self.sign_out(session, token).await {
                tracing::warn!(%error, "a sign-out waits for the database");
            }
        }
    }

    /// Carries remembered sign-outs to the database.
    ///
    /// # Errors
    /// What the store says; the rest stays remembered.
    pub async fn finish_logouts(&self) -> Result<(), AuthError> {
        for (session, token) in self.unfinished.list() {
            self.sign_out(session, token).await?;
        }
        Ok(())
    }

    async fn sign_out(
        &self,
        session: SessionId,
        token: Option<LegacyToken>,
    ) -> Result<(), AuthError> {
        if let Some(token) = token {
            // It is out of use then; one that was before needs no end.
            match self.take_over(&token, &ClientInfo::default()).await {
                Err(error) if error.is_trouble() => return Err(error),
                _ => {}
            }
        }
        // As of now, not of then: other nodes look back a minute only.
        self.store.revoke_family(session, RevokeCause::Logout).await?;
        self.unfinished.finished(session);
        Ok(())
    }
}
