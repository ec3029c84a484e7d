//! Making and disabling accounts.

use secrecy::{ExposeSecret, SecretString};

use super::{Auth, AuthError};
use crate::{
    domain::{
        Email, RevokeCause, UserId, Username,
        user::{EmailFault, UsernameFault},
    },
    storage::{Constraint, NewUser, StoreError},
};

/// The fewest characters of a password.
const PASSWORD_MIN_CHARS: usize = 8;

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
    /// The user name is taken.
    #[error("A user with that username already exists.")]
    UsernameTaken,
    /// The address is taken.
    #[error("User is already registered with this e-mail address.")]
    EmailTaken,
    /// The password is too short.
    #[error(
        "This password is too short. It must contain at least {PASSWORD_MIN_CHARS} characters."
    )]
    PasswordTooShort,
    /// The password is too long.
    #[error("Ensure the password has no more than {0} characters.")]
    PasswordTooLong(usize),
    /// The password holds a NUL.
    #[error("Null characters are not allowed.")]
    PasswordNul,
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
        let username = Username::parse(&input.username)?;
        let email = input.email.as_deref().map(Email::parse).transpose()?;
        self.check_new_password(&input.password)?;
        let password_hash = self.hashing.hash(input.password, &*self.entropy).await?;
        let now = self.now();
        let user = NewUser {
            username,
            email_verified_at: email.as_ref().filter(|_| input.verified).map(|_| now),
            email,
            first_name: input.first_name.trim().to_owned(),
            last_name: input.last_name.trim().to_owned(),
            password_hash,
            superuser_since: input.superuser.then_some(now),
            created_at: now,
        };
        let mut tx = self.store.begin().await?;
        let id = tx.insert_user(&user).await?;
        tx.commit().await?;
        Ok(id)
    }

    fn check_new_password(&self, password: &SecretString) -> Result<(), CreateUserError> {
        let password = password.expose_secret();
        let most = self.policy.password_max_chars;
        match password.chars().count() {
            _ if password.contains('\0') => Err(CreateUserError::PasswordNul),
            n if n < PASSWORD_MIN_CHARS => Err(CreateUserError::PasswordTooShort),
            n if n > most => Err(CreateUserError::PasswordTooLong(most)),
            _ => Ok(()),
        }
    }

    /// Disables an account and ends all its sessions. Returns whether it was enabled.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn disable_user(&self, username: &str) -> Result<bool, AuthError> {
        let key = Username::key_of(username);
        let user = self.store.find_user_by_name(&key).await?.ok_or(AuthError::UserNotFound)?;
        let now = self.now();
        let mut tx = self.store.begin().await?;
        tx.lock_user(user.id).await?.ok_or(AuthError::UserNotFound)?;
        let was_enabled = tx.disable_user(user.id, now).await?;
        let ended = tx.revoke_families_of(user.id, RevokeCause::UserDisabled, now).await?;
        tx.commit().await?;
        for session in ended {
            self.forget(session, now);
        }
        Ok(was_enabled)
    }
}
