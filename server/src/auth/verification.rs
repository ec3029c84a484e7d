//! Whether an address is theirs: a mail is sent there, and its link comes back.

use super::{Auth, AuthError, post::subject};
use crate::domain::{Email, MailKind, Tickets, ticket};

/// Why a link shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// It is none, was used, or is too old.
    #[error("no such key")]
    NoKey,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AuthError),
}

impl Auth {
    /// Takes an address for theirs, by the key of the link that was sent there. Signs nobody in.
    ///
    /// # Errors
    /// [`VerificationError`].
    pub async fn verify_email(&self, key: &str) -> Result<(), VerificationError> {
        use VerificationError::NoKey;
        let id = ticket::user_of_verification(key).ok_or(NoKey)?;
        let user = self.existing(id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or(NoKey)?;
        let subject = subject(&user);
        let made_at = Tickets(self.tokens.key()).check_verification(key, &subject).ok_or(NoKey)?;
        if !self.is_in_time(made_at, self.policy.confirmation_timeout) {
            return Err(NoKey);
        }
        let mut tx = self.store.begin().await.map_err(AuthError::from)?;
        let now = tx.now().await.map_err(AuthError::from)?;
        // The address that the link was sent to, if it still is the one, and for the first time.
        let news = tx.verify_email(id, &subject.email_key, now).await.map_err(AuthError::from)?;
        tx.commit().await.map_err(AuthError::from)?;
        news.then_some(()).ok_or(NoKey)
    }

    /// Asks for that mail again. What it costs and what it answers is the same for all addresses.
    ///
    /// # Errors
    /// What the store says.
    pub async fn ask_for_verification(&self, email: &Email) -> Result<(), AuthError> {
        let user = self.account_of(email).await?;
        let user = user.filter(|user| user.email_verified_at.is_none());
        self.queue_mail(user, MailKind::VerifyEmail).await
    }
}
