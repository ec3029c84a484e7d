//! Refresh tokens of the system before this one (`LEGACY_SIGNING_KEY`). Each is good once, for the
//! family that it stands for; from then on it is that family's past, and the rule decides about it.

use super::{Auth, AuthError};
use crate::{
    domain::{
        Claims, EventKind, Family, LegacyToken, Presented, RevokeCause, SessionId, Timestamp,
        TokenFault, claims::CLOCK_SKEW,
    },
    storage::{ClientInfo, Tx, UserRecord},
};

impl Auth {
    /// What a refresh token says. One of the system before this one has its family from here on.
    ///
    /// # Errors
    /// The token's fault; [`AuthError::Ended`], [`AuthError::Inactive`]; what the store says.
    pub(super) async fn presented(
        &self,
        token: &str,
        client: &ClientInfo,
    ) -> Result<Claims, AuthError> {
        let presented = self.tokens.presented(token, self.now());
        let presented = presented.map_err(|fault| self.refusal(token, fault))?;
        if let Presented::Legacy(token) = &presented {
            self.take_over(token, client).await?;
        }
        Ok(presented.claims())
    }

    /// Opens the family that a token stands for, if nobody has yet.
    pub(super) async fn take_over(
        &self,
        token: &LegacyToken,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        if let Some(tx) = self.exchange(token, client).await? {
            tx.commit().await?;
        }
        Ok(())
    }

    /// The same, but for the commit. `None` where the family is there already.
    pub(super) async fn exchange(
        &self,
        token: &LegacyToken,
        client: &ClientInfo,
    ) -> Result<Option<Box<dyn Tx>>, AuthError> {
        let session = token.session();
        if self.store.lookup_family(session).await?.is_some() {
            return Ok(None);
        }
        let mut tx = self.store.begin().await?;
        let user = owner(tx.lock_user(token.user_id).await?, token)?;
        if !tx.use_legacy_token(&token.id, token.expires_at).await? {
            drop(tx);
            self.must_be_open(session).await?;
            return Ok(None);
        }
        let now = tx.now().await?;
        // It shows that somebody signed in there, and not when.
        let family = Family {
            authenticated_at: None,
            ..Family::open(session, user.id, now, self.policy.absolute_lifetime)
        };
        tx.insert_family(&family, client).await?;
        self.note(&mut *tx, user.id, EventKind::SignedIn, client, now).await?;
        Ok(Some(tx))
    }

    /// Whether the family that a token stands for could be opened: `false` where it is there already.
    /// Nothing changes by the question.
    pub(super) async fn may_exchange(&self, token: &LegacyToken) -> Result<bool, AuthError> {
        let session = token.session();
        if self.store.lookup_family(session).await?.is_some() {
            return Ok(false);
        }
        owner(self.store.lookup_user(token.user_id).await?, token)?;
        if !self.store.legacy_token_is_used(&token.id).await? {
            return Ok(true);
        }
        self.must_be_open(session).await?;
        Ok(false)
    }

    /// Of a token that is used: another tab has come first, or it was ended.
    async fn must_be_open(&self, session: SessionId) -> Result<(), AuthError> {
        self.store.lookup_family(session).await?.map(drop).ok_or(ENDED)
    }

    /// Takes a token out of use whose family cannot be opened.
    pub(super) async fn retire(&self, token: &LegacyToken) -> Result<(), AuthError> {
        let mut tx = self.store.begin().await?;
        tx.use_legacy_token(&token.id, token.expires_at).await?;
        Ok(tx.commit().await?)
    }

    /// The families of these refresh tokens, each once, so that they can be ended: those of the system
    /// before this one are taken over for that. What is no good has none.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn families_of(
        &self,
        tokens: &[String],
        client: &ClientInfo,
    ) -> Result<Vec<SessionId>, AuthError> {
        let mut sessions = Vec::new();
        for token in tokens {
            match self.presented(token, client).await {
                Ok(claims) => sessions.push(claims.session),
                Err(error) if error.is_trouble() => return Err(error),
                Err(_) => {}
            }
        }
        sessions.sort_unstable();
        sessions.dedup();
        Ok(sessions)
    }
}

/// Whom a token speaks of, if it is good for anything.
fn owner(found: Option<UserRecord>, token: &LegacyToken) -> Result<UserRecord, AuthError> {
    // Who has the same number by chance is nobody that the token speaks of.
    let user = found.filter(|user| user.imported_at.is_some());
    let user = user.ok_or(AuthError::Token(TokenFault::Invalid))?;
    if user.disabled_at.is_some() {
        return Err(AuthError::Inactive);
    }
    // A token may be dated ahead by as much as clocks differ.
    let refused = |moment: Timestamp| token.issued_at < moment + CLOCK_SKEW;
    if user.legacy_refused_before.is_some_and(refused) {
        return Err(ENDED);
    }
    Ok(user)
}

/// Nobody remembers why.
const ENDED: AuthError = AuthError::Ended(RevokeCause::Superseded);
