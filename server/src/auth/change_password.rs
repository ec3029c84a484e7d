//! Another password: every session of the account ends, and one begins for whoever changed it.

use secrecy::SecretString;

use super::{Auth, AuthError, Identity, SignedIn, hashing::Line, post::subject};
use crate::{
    domain::{
        EventKind, Family, MailKind, PasswordFault, RevokeCause, SessionId, new_password::Person,
    },
    storage::{ClientInfo, UserRecord},
};

/// The account, as it was when its owner was asked who they are.
#[derive(Debug)]
pub struct Owner {
    pub(super) user: UserRecord,
    /// Whether they have just shown that their mails reach them.
    pub(super) by_mail: bool,
    /// The session that speaks for them, where it has to last until it is done.
    pub(super) within: Option<SessionId>,
}

impl Auth {
    /// The account of somebody who knows its password.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] when the password is another one; else as [`Auth::user`].
    pub async fn owner(
        &self,
        caller: &Identity,
        old: SecretString,
        client: &ClientInfo,
    ) -> Result<Owner, AuthError> {
        let user = self.user(caller.user_id).await?;
        let user = self.check_own_password(user, old, caller.session, client).await?;
        Ok(Owner { user, by_mail: false, within: None })
    }

    /// What is wrong with a new password of this account.
    pub fn judge(&self, owner: &Owner, new: &SecretString) -> Vec<PasswordFault> {
        let user = &owner.user;
        let person = Person {
            username: &user.username,
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: user.email.as_deref().unwrap_or_default(),
        };
        let rules = &self.policy.passwords;
        let similar = rules.similarity(new, person).into_iter();
        let mut faults: Vec<_> = similar.chain(rules.faults(new)).collect();
        if faults.is_empty() {
            faults.extend(rules.breach(new));
        }
        faults
    }

    /// Replaces the password and ends all sessions. Opens one for whoever changed it, unless
    /// `LOGOUT_ON_PASSWORD_CHANGE` says that they sign in again.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] when the password was changed meanwhile, and
    /// [`AuthError::Ended`] when the session was ended; what the store says.
    pub async fn change_password(
        &self,
        owner: Owner,
        new: SecretString,
        client: &ClientInfo,
    ) -> Result<Option<SignedIn>, AuthError> {
        let Owner { user: checked, by_mail, within } = owner;
        let hash = self.hashing.hash(Line::Owner(checked.id), new, &*self.entropy).await?;
        let mut tx = self.store.begin().await?;
        let user = tx.lock_user(checked.id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or(AuthError::UserNotFound)?;
        if let Some(session) = within
            && !tx.session_lives(user.id, session).await?
        {
            return Err(AuthError::Ended(RevokeCause::Logout));
        }
        if !tx.replace_password(user.id, &checked.password_hash, &hash).await? {
            return Err(AuthError::InvalidCredentials);
        }
        let now = tx.now().await?;
        if by_mail {
            tx.verify_email(user.id, &subject(&checked).email_key, now).await?;
        }
        let ended = tx.revoke_families_of(user.id, RevokeCause::PasswordChanged, now).await?;
        let mut family = None;
        if !self.policy.logout_on_password_change {
            let id = SessionId::generate(now, &*self.entropy)?;
            let opened = Family::open(id, user.id, now, self.policy.absolute_lifetime);
            tx.insert_family(&opened, client).await?;
            family = Some(opened);
        }
        tx.queue_mail(user.id, MailKind::PasswordChanged, now).await?;
        let kind = if by_mail { EventKind::PasswordReset } else { EventKind::PasswordChanged };
        self.note(&mut *tx, user.id, kind, client, now).await?;
        tx.commit().await?;
        self.forget_all(ended);
        family.map(|family| self.signed_in(user, &family, now)).transpose()
    }
}
