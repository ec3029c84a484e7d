//! Whether an address is theirs: a mail is sent there, and its link comes back.

use super::{Auth, AuthError, new_email::new_address, post::subject};
use crate::{
    domain::{Email, EventKind, MailKind, Tickets, Timestamp, ticket},
    storage::{ClientInfo, NewEmail, StoreError, UserRecord},
};

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

/// Which address a key shows to be theirs.
enum Shown {
    /// The one they have.
    Present,
    /// The one they want.
    New(NewEmail),
}

impl Auth {
    /// Takes an address for theirs, by the key of the link that was sent there: the one they have, or
    /// the one they want, which then takes its place. Signs nobody in.
    ///
    /// # Errors
    /// [`VerificationError`].
    pub async fn verify_email(
        &self,
        key: &str,
        client: &ClientInfo,
    ) -> Result<(), VerificationError> {
        use VerificationError::NoKey;
        let id = ticket::user_of_verification(key).ok_or(NoKey)?;
        let user = self.existing(id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or(NoKey)?;
        let (made_at, shown) = self.shown_by(key, &user).ok_or(NoKey)?;
        if !self.is_in_time(made_at, self.policy.confirmation_timeout) {
            return Err(NoKey);
        }
        // Or it was used a moment ago, or somebody else has that address by now.
        if self.take_for_theirs(&user, shown, client).await? { Ok(()) } else { Err(NoKey) }
    }

    fn shown_by(&self, key: &str, user: &UserRecord) -> Option<(Timestamp, Shown)> {
        let keys = self.tokens.keys();
        let (tickets, subject) = (Tickets(&keys), subject(user));
        if let Some(made_at) = tickets.check_verification(key, &subject) {
            return Some((made_at, Shown::Present));
        }
        let new = user.new_email.as_ref()?;
        let made_at = tickets.check_change(key, &subject, &new_address(new))?;
        Some((made_at, Shown::New(new.clone())))
    }

    /// Whether that was news: the address must still be the one that the link was sent to.
    async fn take_for_theirs(
        &self,
        user: &UserRecord,
        shown: Shown,
        client: &ClientInfo,
    ) -> Result<bool, AuthError> {
        let mut tx = self.store.begin().await?;
        if tx.lock_user(user.id).await?.is_none() {
            return Ok(false);
        }
        let now = tx.now().await?;
        let news = match shown {
            Shown::Present => tx.verify_email(user.id, &subject(user).email_key, now).await?,
            Shown::New(new) => match tx.change_email(user.id, &new, now).await {
                Err(StoreError::Conflict(_)) => return Ok(false),
                changed => {
                    let changed = changed?;
                    if changed {
                        self.note(&mut *tx, user.id, EventKind::EmailChanged, client, now).await?;
                    }
                    changed
                }
            },
        };
        tx.commit().await?;
        Ok(news)
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
