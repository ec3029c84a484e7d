//! Making, changing and ending accounts.

use secrecy::SecretString;

use super::{
    Auth, AuthError,
    hashing::Line,
    profile::{PersonNameFault, check_name},
};
use crate::{
    domain::{
        Email, EventKind, PasswordFault, RevokeCause, SessionId, Timestamp, UserId, Username,
        new_password::Person,
        user::{EmailFault, UsernameFault},
    },
    storage::{ClientInfo, Constraint, NewUser, StoreError, Tx, UserRecord},
};

/// What an account is made from, as somebody typed it.
#[derive(Debug)]
pub struct CreateUser {
    /// The user name.
    pub username: String,
    /// The address, if any.
    pub email: Option<String>,
    /// Whether the address is known to be theirs.
    pub verified: bool,
    /// Whether they may do everything.
    pub superuser: bool,
    /// Given name, or empty.
    pub first_name: String,
    /// Family name, or empty.
    pub last_name: String,
    /// The password, taken as typed.
    pub password: SecretString,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// The user name is impossible.
    #[error("user name: {0}")]
    Username(#[from] UsernameFault),
    /// The address is impossible.
    #[error("e-mail address: {0}")]
    Email(#[from] EmailFault),
    /// A given or family name is impossible.
    #[error(transparent)]
    Name(#[from] PersonNameFault),
    /// The user name is taken.
    #[error("A user with that username already exists.")]
    UsernameTaken,
    /// The address is taken.
    #[error("User is already registered with this e-mail address.")]
    EmailTaken,
    /// The password will not do.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AuthError),
}

impl From<StoreError> for CreateUserError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Constraint::Username) => Self::UsernameTaken,
            StoreError::Conflict(Constraint::Email) => Self::EmailTaken,
            other => Self::Other(other.into()),
        }
    }
}

impl Auth {
    /// Makes an account.
    ///
    /// # Errors
    /// [`CreateUserError`].
    pub async fn create_user(&self, input: CreateUser) -> Result<UserId, CreateUserError> {
        let user = self.new_user(input, Line::Strangers(None)).await?;
        let mut tx = self.store.begin().await?;
        let id = tx.insert_user(&user).await?;
        let (kind, client) = (EventKind::Registered, ClientInfo::default());
        self.note(&mut *tx, id, kind, &client, user.created_at).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Checks what somebody typed and hashes the password.
    pub(super) async fn new_user(
        &self,
        input: CreateUser,
        line: Line,
    ) -> Result<NewUser, CreateUserError> {
        let username = Username::parse(&input.username)?;
        let email = input.email.as_deref().map(Email::parse).transpose()?;
        check_name(&input.first_name)?;
        check_name(&input.last_name)?;
        let person = Person {
            username: username.as_str(),
            first_name: &input.first_name,
            last_name: &input.last_name,
            email: email.as_ref().map_or("", Email::as_str),
        };
        self.check_new_password(&input.password, person)?;
        let password_hash = self.hashing.hash(line, input.password, &*self.entropy).await?;
        let now = self.now();
        Ok(NewUser {
            username,
            email_verified_at: email.as_ref().filter(|_| input.verified).map(|_| now),
            email,
            first_name: input.first_name.trim().to_owned(),
            last_name: input.last_name.trim().to_owned(),
            password_hash,
            superuser_since: input.superuser.then_some(now),
            created_at: now,
        })
    }

    fn check_new_password(
        &self,
        password: &SecretString,
        person: Person<'_>,
    ) -> Result<(), PasswordFault> {
        let rules = &self.policy.passwords;
        let first = rules.faults(password).into_iter().next();
        let fault = first.or_else(|| rules.similarity(password, person));
        fault.or_else(|| rules.breach(password)).map_or(Ok(()), Err)
    }

    /// All accounts, by id.
    ///
    /// # Errors
    /// What the store says.
    pub async fn users(&self) -> Result<Vec<UserRecord>, AuthError> {
        Ok(self.store.list_users().await?)
    }

    /// Disables an account and ends all its sessions. Returns whether it was enabled.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn disable_user(&self, username: &str) -> Result<bool, AuthError> {
        let (mut tx, user, now) = self.lock_account(username).await?;
        let was_enabled = tx.disable_user(user.id, now).await?;
        let ended = tx.revoke_families_of(user.id, RevokeCause::UserDisabled, now).await?;
        let client = ClientInfo::default();
        self.note_ended(&mut *tx, user.id, ended.len(), &client, now).await?;
        tx.commit().await?;
        self.forget_all(ended);
        Ok(was_enabled)
    }

    /// Enables an account. Returns whether it was disabled.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn enable_user(&self, username: &str) -> Result<bool, AuthError> {
        let (mut tx, user, _) = self.lock_account(username).await?;
        let was_disabled = tx.enable_user(user.id).await?;
        tx.commit().await?;
        Ok(was_disabled)
    }

    /// Gives an account another password and ends all its sessions. Returns how many those were.
    ///
    /// # Errors
    /// [`SetPasswordError`].
    pub async fn set_password(
        &self,
        username: &str,
        password: SecretString,
    ) -> Result<usize, SetPasswordError> {
        let person = self.account(username).await?;
        let known = Person {
            username: &person.username,
            first_name: &person.first_name,
            last_name: &person.last_name,
            email: person.email.as_deref().unwrap_or_default(),
        };
        self.check_new_password(&password, known)?;
        let hash = self.hashing.hash(Line::Strangers(None), password, &*self.entropy).await?;
        let (mut tx, user, now) = self.lock_account(username).await?;
        // The row is locked, so the password is the one that was read.
        tx.replace_password(user.id, &user.password_hash, &hash).await?;
        let ended = tx.revoke_families_of(user.id, RevokeCause::PasswordChanged, now).await?;
        let (kind, client) = (EventKind::PasswordChanged, ClientInfo::default());
        self.note(&mut *tx, user.id, kind, &client, now).await?;
        tx.commit().await?;
        let count = ended.len();
        self.forget_all(ended);
        Ok(count)
    }

    /// Removes an account and all that is its owner's.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn delete_user(&self, username: &str) -> Result<(), AuthError> {
        let (mut tx, user, now) = self.lock_account(username).await?;
        let ended = tx.delete_user(user.id, now).await?;
        tx.commit().await?;
        self.forget_all(ended);
        Ok(())
    }

    /// The account of this name.
    pub(super) async fn account(&self, username: &str) -> Result<UserRecord, AuthError> {
        let found = self.store.find_user_by_name(&Username::key_of(username)).await?;
        found.ok_or(AuthError::UserNotFound)
    }

    pub(super) async fn lock_account(
        &self,
        username: &str,
    ) -> Result<(Box<dyn Tx>, UserRecord, Timestamp), AuthError> {
        let id = self.account(username).await?.id;
        let mut tx = self.store.begin().await?;
        let user = tx.lock_user(id).await?.ok_or(AuthError::UserNotFound)?;
        let now = tx.now().await?;
        Ok((tx, user, now))
    }

    pub(super) fn forget_all(&self, ended: Vec<SessionId>) {
        let now = self.now();
        for session in ended {
            self.forget(session, now);
        }
    }
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// The new one will not do.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AuthError),
}

impl From<StoreError> for SetPasswordError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}
