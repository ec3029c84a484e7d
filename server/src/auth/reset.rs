//! A forgotten password: a mail leads to a new one.

use std::time::Duration;

use super::{Auth, AuthError, Owner, UserRecord, post::subject};
use crate::domain::{Email, MailKind, Tickets, Timestamp, UserId, ticket};

/// Clocks of nodes may differ by so much.
const SKEW: Duration = Duration::from_mins(1);

/// Why a reset link leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// There is no such account.
    #[error("no account")]
    NoAccount,
    /// The token is none of this account's, was used, or is too old.
    #[error("no token of this account")]
    NoToken,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AuthError),
}

impl Auth {
    /// Asks for a mail that leads to a new password. What it costs and what it answers is the same
    /// for all addresses.
    ///
    /// # Errors
    /// What the store says.
    pub async fn ask_for_reset(&self, email: &Email) -> Result<(), AuthError> {
        let user = self.account_of(email).await?;
        self.queue_mail(user, MailKind::ResetPassword).await
    }

    /// The account that a reset link is for.
    ///
    /// # Errors
    /// [`ResetError`].
    pub async fn owner_by_link(&self, uid: &str, token: &str) -> Result<Owner, ResetError> {
        let id = ticket::user_of_reset(uid).ok_or(ResetError::NoAccount)?;
        let user = self.existing(id).await?.ok_or(ResetError::NoAccount)?;
        let made_at = Tickets(&self.tokens.keys()).check_reset(token, &subject(&user));
        let in_time = made_at.is_some_and(|at| self.is_in_time(at, self.policy.reset_timeout));
        let usable = in_time && user.disabled_at.is_none();
        usable.then_some(Owner { user, by_mail: true, within: None }).ok_or(ResetError::NoToken)
    }

    /// The enabled account of an address.
    pub(super) async fn account_of(&self, email: &Email) -> Result<Option<UserRecord>, AuthError> {
        let user = self.store.find_user_by_email(&email.key()).await?;
        Ok(user.filter(|user| user.disabled_at.is_none()))
    }

    /// Puts a mail into the queue; for nobody it costs as much.
    pub(super) async fn queue_mail(
        &self,
        user: Option<UserRecord>,
        kind: MailKind,
    ) -> Result<(), AuthError> {
        let now = self.store.now().await?;
        Ok(self.store.queue_mail(user.map(|user| user.id), kind, now).await?)
    }

    pub(super) async fn existing(&self, id: UserId) -> Result<Option<UserRecord>, AuthError> {
        Ok(self.store.lookup_user(id).await?)
    }

    /// Whether a link from that moment can still be used.
    pub(super) fn is_in_time(&self, made_at: Timestamp, timeout: Duration) -> bool {
        let now = self.now();
        made_at <= now + SKEW && now.since(made_at) <= timeout
    }
}
