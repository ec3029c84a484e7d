//! Is this token good?

use super::{Auth, AuthError, Standing};
use crate::domain::{Claims, Decision, LegacyToken, Presented, TokenFault, TokenKind, decide};

/// Why a token is not good.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Its session was ended, or it has been replaced.
    #[error("the token is blacklisted")]
    Blacklisted,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AuthError),
}

impl From<TokenFault> for VerifyError {
    fn from(fault: TokenFault) -> Self {
        Self::Other(fault.into())
    }
}

impl Auth {
    /// Looks at a token of either kind. Looking changes nothing: a replaced refresh token is
    /// reported here and punished only when it is presented.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub async fn verify(&self, token: &str) -> Result<(), VerifyError> {
        match self.tokens.check(token, None, self.now()) {
            Ok(claims) => self.verify_own(&claims).await,
            Err(fault) => match self.tokens.presented(token, self.now()) {
                Ok(Presented::Legacy(token)) => self.verify_legacy(&token).await,
                _ => Err(self.refusal(token, fault).into()),
            },
        }
    }

    /// A token of the system before this one is good as long as it could be exchanged.
    async fn verify_legacy(&self, token: &LegacyToken) -> Result<(), VerifyError> {
        match self.may_exchange(token).await {
            Ok(true) => Ok(()),
            Ok(false) => self.verify_own(&token.claims()).await,
            Err(AuthError::Ended(_)) => Err(VerifyError::Blacklisted),
            Err(error) => Err(error.into()),
        }
    }

    async fn verify_own(&self, claims: &Claims) -> Result<(), VerifyError> {
        if claims.kind == TokenKind::Access {
            return match self.blacklist.standing(claims.session) {
                Standing::Live => Ok(()),
                Standing::Revoked => Err(VerifyError::Blacklisted),
                Standing::Unknown => {
                    Err(AuthError::unavailable("the revocation feed is stale").into())
                }
            };
        }
        // A sign-out holds here even while the database has yet to hear of it.
        if self.blacklist.standing(claims.session) == Standing::Revoked {
            return Err(VerifyError::Blacklisted);
        }
        let record = self.store.lookup_family(claims.session).await.map_err(AuthError::from)?;
        let record = record.ok_or(TokenFault::Invalid)?;
        let rotation = &self.policy.rotation;
        match decide(claims.generation, &record.family, record.read_at, rotation) {
            Decision::Revoked(_) | Decision::Replay => Err(VerifyError::Blacklisted),
            Decision::Expired => Err(TokenFault::Expired.into()),
            Decision::Fresh { .. }
            | Decision::Renew { .. }
            | Decision::Rotate { .. }
            | Decision::Reissue => Ok(()),
        }
    }
}
