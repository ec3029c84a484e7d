//! Signing in.

use secrecy::{ExposeSecret, SecretString};

use super::{ATTEMPTS, Auth, AuthError, EmailVerification};
use crate::{
    domain::{
        Device, Email, EventKind, Family, MailKind, RevokeCause, Sender, SessionId, Timestamp,
        Username, token::Minted,
    },
    storage::{ClientInfo, Tx, UserRecord},
};

/// By what somebody says who they are, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginName {
    /// Their user name.
    Username(String),
    /// Their address.
    Email(String),
    /// One of both.
    Either(String),
}

/// What a person typed, and what came with it.
#[derive(Debug)]
pub struct LoginInput {
    /// Who they say they are.
    pub name: LoginName,
    /// The password as typed.
    pub password: SecretString,
    /// Refresh tokens in the request's cookies: their sessions are replaced by the new one.
    pub replaces: Vec<String>,
    /// What is shown of the browser.
    pub client: ClientInfo,
    /// Whose accounts it has been used with before.
    pub device: Device,
    /// Who has sent it, where that is known.
    pub sender: Option<Sender>,
}

/// A session that has just been opened.
#[derive(Debug)]
pub struct SignedIn {
    /// Who signed in.
    pub user: UserRecord,
    /// Which session.
    pub session: SessionId,
    /// The access token.
    pub access: Minted,
    /// The refresh token.
    pub refresh: Minted,
}

impl Auth {
    /// Signs in. Whoever fails learns only that they failed, and it takes one hash for all.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`]; [`AuthError::EmailNotVerified`]; [`AuthError::Throttled`];
    /// [`AuthError::Unavailable`].
    pub async fn login(&self, input: LoginInput) -> Result<SignedIn, AuthError> {
        for _ in 0..ATTEMPTS {
            let user = self.check_password(&input).await?;
            if let Some(signed_in) = self.open_session(user, &input).await? {
                // The session stands; whatever becomes of this.
                self.upgrade_hash(&signed_in.user, input.password).await;
                return Ok(signed_in);
            }
        }
        Err(AuthError::unavailable("an account kept changing"))
    }

    async fn check_password(&self, input: &LoginInput) -> Result<UserRecord, AuthError> {
        // No password is that long, so this says nothing about any account.
        if input.password.expose_secret().chars().count() > self.policy.passwords.longest_shown() {
            return Err(AuthError::InvalidCredentials);
        }
        // An account that nobody can sign in to this way is treated as none, by the clock, too.
        let user = self.named(&input.name).await?;
        let user = user.filter(|user| user.disabled_at.is_none() && self.may_be_known(user, input));
        let mut guess = self.guess_at_login(input, user.as_ref().map(|user| user.id)).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        if !self.verify_guess(&mut guess, input.password.clone(), hash).await? {
            self.guessed_wrong(guess).await?;
            if let Some(user) = &user {
                self.note_failure(user.id, &input.client);
            }
            return Err(AuthError::InvalidCredentials);
        }
        self.guessed_right(guess).await?;
        let user = user.ok_or(AuthError::InvalidCredentials)?;
        if self.may_sign_in(&user) { Ok(user) } else { Err(AuthError::EmailNotVerified) }
    }

    /// Whether its owner may hear that there is this account. Whoever registers with an address that
    /// is known gets an account without it. That one is not found by address, and so no other must
    /// seem to be, before it is shown to be theirs.
    fn may_be_known(&self, user: &UserRecord, input: &LoginInput) -> bool {
        let by_username = match &input.name {
            LoginName::Username(_) => true,
            LoginName::Email(_) => false,
            LoginName::Either(text) => Username::key_of(text) == Username::key_of(&user.username),
        };
        by_username || self.may_sign_in(user)
    }

    async fn named(&self, name: &LoginName) -> Result<Option<UserRecord>, AuthError> {
        let (username, email) = match name {
            LoginName::Username(name) => (Some(name), None),
            LoginName::Email(email) => (None, Some(email)),
            LoginName::Either(text) => (Some(text), Some(text)),
        };
        // An address is nobody else's, while a user name may look like one.
        if let Some(email) = email
            && let Some(user) = self.store.find_user_by_email(&Email::key_of(email)).await?
        {
            return Ok(Some(user));
        }
        match username {
            Some(name) => Ok(self.store.find_user_by_name(&Username::key_of(name)).await?),
            None => Ok(None),
        }
    }

    /// Whether this account's address has been shown to be theirs, where that is asked for.
    pub(super) fn may_sign_in(&self, user: &UserRecord) -> bool {
        self.policy.email_verification != EmailVerification::Mandatory
            || user.email_verified_at.is_some()
    }

    /// Opens the session if the account is still as it was when the password was checked.
    async fn open_session(
        &self,
        checked: UserRecord,
        input: &LoginInput,
    ) -> Result<Option<SignedIn>, AuthError> {
        let replaced = self.families_of(&input.replaces, &input.client).await?;
        let mut tx = self.store.begin().await?;
        let unchanged = |user: &UserRecord| {
            user.password_hash == checked.password_hash && user.disabled_at.is_none()
        };
        let Some(user) = tx.lock_user(checked.id).await?.filter(unchanged) else {
            return Ok(None);
        };
        let now = tx.now().await?;
        let id = SessionId::generate(now, &*self.entropy)?;
        let family = Family::open(id, user.id, now, self.policy.absolute_lifetime);
        self.replace_sessions(&mut *tx, &replaced, now).await?;
        if self.is_news(&user, &input.device) {
            tx.queue_mail(user.id, MailKind::UnknownDevice, now).await?;
        }
        self.open_family(&mut *tx, &family, &input.client).await?;
        self.note(&mut *tx, user.id, EventKind::SignedIn, &input.client, now).await?;
        tx.commit().await?;
        self.forget_all(replaced);
        Ok(Some(self.signed_in(user, &family, now)?))
    }

    /// Whether its owner should hear of a sign-in. With their first one every browser is new.
    fn is_news(&self, user: &UserRecord, device: &Device) -> bool {
        let first = self.policy.update_last_login && user.last_login_at.is_none();
        !first && user.email.is_some() && !device.knows(user.id, &self.tokens.keys())
    }

    /// Ends the sessions that a new one takes the place of.
    pub(super) async fn replace_sessions(
        &self,
        tx: &mut dyn Tx,
        replaced: &[SessionId],
        now: Timestamp,
    ) -> Result<(), AuthError> {
        for session in replaced {
            tx.revoke_family(*session, RevokeCause::Superseded, now).await?;
        }
        Ok(())
    }

    /// Opens a family in a transaction that holds its owner's row.
    pub(super) async fn open_family(
        &self,
        tx: &mut dyn Tx,
        family: &Family,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        tx.insert_family(family, client).await?;
        if self.policy.update_last_login {
            tx.touch_last_login(family.user_id, family.created_at).await?;
        }
        Ok(())
    }

    /// The tokens of a session that has just been committed.
    pub(super) fn signed_in(
        &self,
        user: UserRecord,
        family: &Family,
        now: Timestamp,
    ) -> Result<SignedIn, AuthError> {
        Ok(SignedIn {
            user,
            session: family.id,
            access: self.mint_access(family, family.generation, now)?,
            refresh: self.tokens.refresh(family)?,
        })
    }
}
