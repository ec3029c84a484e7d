//! What a use case can answer instead of success. Precise here, generic on the wire.

use std::time::Duration;

use crate::{
    domain::{EntropyError, MintError, RevokeCause, TokenFault},
    storage::StoreError,
};

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Wrong password, unknown user, disabled user.
    #[error("wrong credentials")]
    InvalidCredentials,
    /// The right password of an account whose address is yet to be shown to be theirs.
    #[error("the address is not verified")]
    EmailNotVerified,
    /// Too many wrong guesses before this one, which was not looked at.
    #[error("too many wrong guesses")]
    Throttled {
        /// How long until the next one may come.
        wait: Duration,
    },
    /// The sign-in is too old for this: the password has to be shown.
    #[error("the password has to be shown again")]
    ReauthenticationRequired,
    /// The token is not acceptable.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// The family was ended before.
    #[error("the session was ended: {0:?}")]
    Ended(RevokeCause),
    /// An old copy was presented, and the family has just been ended for it.
    #[error("an old copy of a refresh token was presented")]
    Replayed,
    /// The account is disabled.
    #[error("the account is disabled")]
    Inactive,
    /// The account is gone.
    #[error("the account is gone")]
    UserNotFound,
    /// Not now; nothing was changed.
    #[error("not available: {reason}")]
    Unavailable {
        /// What stands in the way, for the log.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// A fault of ours.
    #[error("internal error: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl AuthError {
    /// Whether it says nothing about the caller.
    pub const fn is_trouble(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Internal(_))
    }

    /// Not now, for this reason.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: StoreError::RETRY_AFTER }
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(error) => Self::unavailable(error.to_string()),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<MintError> for AuthError {
    fn from(error: MintError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<EntropyError> for AuthError {
    fn from(error: EntropyError) -> Self {
        Self::Internal(Box::new(error))
    }
}
