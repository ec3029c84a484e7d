//! Is this token good?

use super::{Auth, AuthError, Standing};
use crate::domain::{Decision, TokenFault, TokenKind, decide};

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
        let claims = self.tokens.check(token, None, self.now())?;
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
