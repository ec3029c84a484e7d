//! Another address: it takes the place of the present one once a mail to it was answered.
//!
//! Whether it is somebody else's already is nothing that the answer tells; the mail does, to whoever
//! reads it there.

use super::{Auth, AuthError, Confirmed, UserRecord, post::subject};
use crate::{
    domain::{Email, EventKind, MailKind, Tickets, Timestamp, ticket::NewAddress},
    mail::{Letter, letters},
    storage::{ClientInfo, NewEmail},
};

impl Auth {
    /// Asks for another address, as its owner. A mail goes there, and a notice to the present one.
    ///
    /// # Errors
    /// As [`Auth::delete_own_account`].
    pub async fn ask_for_new_email(
        &self,
        owner: Confirmed,
        email: &Email,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let (mut tx, user, now) = self.lock_confirmed(owner).await?;
        tx.ask_new_email(user.id, email, now).await?;
        tx.queue_mail(user.id, MailKind::ConfirmNewEmail, now).await?;
        if user.email.is_some() {
            tx.queue_mail(user.id, MailKind::NewEmailAsked, now).await?;
        }
        self.note(&mut *tx, user.id, EventKind::EmailChangeAsked, client, now).await?;
        Ok(tx.commit().await?)
    }

    /// The mail to the new address; `None` once it is not wanted any more.
    pub(super) async fn letter_to_new_email(
        &self,
        user: &UserRecord,
        now: Timestamp,
    ) -> Result<Option<Letter>, AuthError> {
        let Some(new) = &user.new_email else { return Ok(None) };
        // This may be anybody's letter box, and a name may be anything.
        let (to, name) = (new.address.as_str(), "");
        let holder = self.store.find_user_by_email(&Email::key_of(to)).await?;
        if holder.is_some_and(|holder| holder.id != user.id) {
            return Ok(Some(letters::address_taken(to, name)));
        }
        let key = Tickets(&self.tokens.keys()).change(&subject(user), &new_address(new), now);
        let link = self.mailroom.links.verification(&key);
        Ok(Some(letters::confirm_new_email(to, name, &link)))
    }
}

/// The notice to the address that was the present one when another was asked for.
pub(super) fn notice_of_new_email(user: &UserRecord, name: &str) -> Option<Letter> {
    // One may have been confirmed before the notice could leave, and yet another one asked for.
    let to = user.former_email.as_ref().or(user.email.as_ref())?;
    let wanted = user.new_email.as_ref().map(|new| &new.address);
    let new = wanted.or(user.email.as_ref()).filter(|new| *new != to)?;
    Some(letters::new_email_asked(to, name, new))
}

/// A wanted address as tickets see it.
pub(super) fn new_address(new: &NewEmail) -> NewAddress {
    NewAddress { email_key: Email::key_of(&new.address), asked_at: new.asked_at }
}
