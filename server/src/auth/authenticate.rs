//! Who is calling: a signature check and one look-up in memory, no query.

use super::{Auth, AuthError, Standing};
use crate::{
    domain::{Generation, SessionId, Timestamp, TokenFault, TokenKind, UserId},
    storage::UserRecord,
};

/// A caller whose access token was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub user_id: UserId,
    /// In which session.
    pub session: SessionId,
    /// The generation that the token carries.
    pub generation: Generation,
    /// When the token was issued.
    pub issued_at: Timestamp,
    /// When the token expires.
    pub expires_at: Timestamp,
}

/// Why an access token does not show who is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessFault {
    /// The token itself.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// Its family was ended.
    #[error("the session was ended")]
    Revoked,
    /// What becomes of it cannot be told now.
    #[error("the revocation feed is stale, or a signing key is missing")]
    Stale,
}

impl Auth {
    /// Checks an access token, and notes what it shows of the client.
    ///
    /// # Errors
    /// [`AccessFault`]. Only [`AccessFault::Stale`] is no verdict on the token.
    pub fn authenticate(&self, token: &str) -> Result<Identity, AccessFault> {
        let now = self.now();
        let claims = self.tokens.check(token, Some(TokenKind::Access), now);
        let claims = claims.map_err(|fault| {
            let in_doubt = self.is_in_doubt(token, fault);
            if in_doubt { AccessFault::Stale } else { fault.into() }
        })?;
        match self.blacklist.standing(claims.session) {
            Standing::Revoked => return Err(AccessFault::Revoked),
            Standing::Unknown => return Err(AccessFault::Stale),
            Standing::Live => {}
        }
        let caller = Identity {
            user_id: claims.user_id,
            session: claims.session,
            generation: claims.generation,
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
        };
        self.sight(&caller, now);
        Ok(caller)
    }

    /// The token to believe of several of one name (an older domain or path may have left some):
    /// the newest that is acceptable; else the first, for its error.
    pub fn pick_access<'t>(&self, tokens: &'t [String]) -> Option<&'t str> {
        let acceptable = tokens.iter().filter_map(|token| {
            let identity = self.authenticate(token).ok()?;
            Some(((identity.issued_at, identity.generation), token))
        });
        let best = acceptable.max_by_key(|(rank, _)| *rank).map(|(_, token)| token);
        best.or(tokens.first()).map(String::as_str)
    }

    /// Checks the best of several access tokens; `None` when there is none.
    pub fn authenticate_any(&self, tokens: &[String]) -> Option<Result<Identity, AccessFault>> {
        // One is the rule, and is checked once.
        match tokens {
            [only] => Some(self.authenticate(only)),
            _ => self.pick_access(tokens).map(|token| self.authenticate(token)),
        }
    }

    /// The account behind a caller.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], [`AuthError::Inactive`], or what the store says.
    pub async fn user(&self, id: UserId) -> Result<UserRecord, AuthError> {
        let user = self.store.lookup_user(id).await?.ok_or(AuthError::UserNotFound)?;
        match user.disabled_at {
            None => Ok(user),
            Some(_) => Err(AuthError::Inactive),
        }
    }
}
