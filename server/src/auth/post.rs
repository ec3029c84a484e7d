//! Sending the mails that wait.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError, UserRecord, new_email::notice_of_new_email};
use crate::{
    domain::{Email, MailKind, Tickets, Timestamp, UserId, ticket::Subject},
    mail::{Letter, MailError, letters},
    storage::WaitingMail,
};

/// How often it is looked whether any wait.
const INTERVAL: Duration = Duration::from_secs(1);
/// How many are read at once.
const COUNT: u32 = 20;
/// How many are sent at once.
const AT_ONCE: usize = 5;
/// A server that does not answer for so long is tried again later; the wait before that is longer.
const LONGEST_DELIVERY: Duration = Duration::from_secs(30);
/// After the first failure; then it doubles.
const FIRST_WAIT: Duration = Duration::from_mins(1);
const LONGEST_WAIT: Duration = Duration::from_hours(6);
/// After as many, which takes three days, a mail is given up.
const MOST_ATTEMPTS: u32 = 20;

impl Auth {
    /// Sends mails as long as `stop` does not say otherwise. Several nodes may do so at once.
    pub async fn keep_sending_mails(self: Arc<Self>, stop: CancellationToken) {
        let sending = async {
            loop {
                match self.send_mails().await {
                    // There may be more.
                    Ok(sent) if sent == COUNT as usize => continue,
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, "mails wait for the database"),
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        stop.run_until_cancelled(sending).await;
    }

    /// Sends the mails that are due, or the first of them, a few at a time: one that takes long keeps
    /// few others waiting. What fails is due again later. Returns how many were looked at.
    ///
    /// # Errors
    /// What the store says.
    pub async fn send_mails(&self) -> Result<usize, AuthError> {
        let now = self.store.now().await?;
        // However many addresses somebody makes up, none of them stands in the way of a mail.
        self.store.remove_mails_to_nobody(now).await?;
        let mails = self.store.waiting_mails(now, COUNT).await?;
        let count = mails.len();
        let sending = stream::iter(mails).map(Ok);
        sending.try_for_each_concurrent(AT_ONCE, |mail| self.take_on(mail, now)).await?;
        Ok(count)
    }

    async fn take_on(&self, mail: WaitingMail, now: Timestamp) -> Result<(), AuthError> {
        let again = now + wait(mail.attempts);
        // Whoever dies while sending it has put it off, not lost it.
        if self.store.claim_mail(&mail, again).await? && self.is_settled(&mail, now).await? {
            self.store.remove_mail(mail.id, again).await?;
        }
        Ok(())
    }

    /// Sends a mail, if there is still a reason to. Whether nothing more is to be done about it: it
    /// was sent, there is nothing to say any more, or it cannot be sent.
    async fn is_settled(&self, mail: &WaitingMail, now: Timestamp) -> Result<bool, AuthError> {
        // A newer version on another node knows what to do with it.
        let Some(kind) = mail.kind else { return Ok(false) };
        let Some(user) = self.addressee(mail.user_id).await? else { return Ok(true) };
        let letter = match kind {
            MailKind::ConfirmNewEmail => self.letter_to_new_email(&user, now).await?,
            _ => self.compose(kind, &user, now),
        };
        let Some(letter) = letter else { return Ok(true) };
        if self.waits_its_turn(kind, &letter).await? {
            return Ok(false);
        }
        let delivered =
            tokio::time::timeout(LONGEST_DELIVERY, self.mailroom.postman.deliver(&letter));
        match delivered.await.unwrap_or_else(|_| Err(MailError::not_now("it took too long"))) {
            Ok(()) => {
                // It has left, whatever becomes of this.
                if let Err(error) = self.count_mail(kind, &letter).await {
                    tracing::warn!(%error, "a mail was not counted");
                }
                Ok(true)
            }
            Err(error) => {
                let given_up = error.is_final() || mail.attempts + 1 >= MOST_ATTEMPTS;
                tracing::warn!(%error, mail = mail.id, given_up, "a mail did not leave");
                Ok(given_up)
            }
        }
    }

    async fn addressee(&self, id: Option<UserId>) -> Result<Option<UserRecord>, AuthError> {
        let Some(id) = id else { return Ok(None) };
        let user = self.store.lookup_user(id).await?;
        Ok(user.filter(|user| user.disabled_at.is_none()))
    }

    /// `None` where it is too late: the address is known to be theirs, say.
    fn compose(&self, kind: MailKind, user: &UserRecord, now: Timestamp) -> Option<Letter> {
        let to = user.email.as_deref()?;
        let name = addressed_as(user);
        let links = &self.mailroom.links;
        let keys = self.tokens.keys();
        let tickets = Tickets(&keys);
        let subject = subject(user);
        Some(match kind {
            MailKind::VerifyEmail if user.email_verified_at.is_some() => return None,
            MailKind::VerifyEmail => {
                let link = links.verification(&tickets.verification(&subject, now));
                letters::verify_email(to, name, &link)
            }
            MailKind::ResetPassword => {
                let (uid, token) = tickets.reset(&subject, now);
                letters::reset_password(to, name, &links.reset(&uid, &token))
            }
            MailKind::PasswordChanged => letters::password_changed(to, name),
            MailKind::NewEmailAsked => return notice_of_new_email(user, name),
            // That one goes elsewhere.
            MailKind::ConfirmNewEmail => return None,
            MailKind::UnknownDevice => letters::unknown_device(to, name),
            MailKind::AccountExists => {
                let username = user.email_verified_at.map(|_| user.username.as_str());
                letters::account_exists(to, name, username)
            }
        })
    }
}

/// What a mail calls its reader: nothing before the address was shown to be theirs. Until then it may
/// be a stranger's, and the name what somebody wants to have said to them.
fn addressed_as(user: &UserRecord) -> &str {
    match user.email_verified_at {
        Some(_) if user.first_name.is_empty() => &user.username,
        Some(_) => &user.first_name,
        None => "",
    }
}

/// The account as tickets see it.
pub(super) fn subject(user: &UserRecord) -> Subject<'_> {
    Subject {
        user: user.id,
        email_key: user.email.as_deref().map(Email::key_of).unwrap_or_default(),
        password_hash: &user.password_hash,
        last_login_at: user.last_login_at,
    }
}

/// How long a mail waits that has failed so many times before.
fn wait(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.min(16));
    FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_three_days() {
        let all: Duration = (0..MOST_ATTEMPTS).map(wait).sum();
        assert_eq!((wait(0), wait(1), wait(40)), (FIRST_WAIT, FIRST_WAIT * 2, LONGEST_WAIT));
        assert!(all > Duration::from_hours(66) && all < Duration::from_hours(96), "{all:?}");
    }
}
