//! What an account is called.

use super::{Auth, AuthError, register::NameFault};
use crate::{
    domain::{UserId, Username},
    storage::{Constraint, Names, StoreError, UserRecord},
};

/// The most characters of a given or family name: Django's limit.
pub const MAX_NAME_CHARS: usize = 150;

/// What somebody wants to be called from now on. What is missing stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// The user name.
    pub username: Option<String>,
    /// Given name; it may be empty.
    pub first_name: Option<String>,
    /// Family name; it may be empty.
    pub last_name: Option<String>,
}

/// What is wrong with a change, by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProfileFaults {
    /// With the user name.
    pub username: Option<NameFault>,
    /// With the given name.
    pub first_name: Option<PersonNameFault>,
    /// With the family name.
    pub last_name: Option<PersonNameFault>,
}

/// Why a given or family name cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameFault {
    /// Over [`MAX_NAME_CHARS`].
    #[error("Ensure this field has no more than {MAX_NAME_CHARS} characters.")]
    TooLong,
    /// It would not stay on its line.
    #[error("Enter a valid name, without line ends and other control characters.")]
    Control,
}

/// Why an account keeps its names.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Somebody came first.
    #[error(transparent)]
    Username(NameFault),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AuthError),
}

impl From<StoreError> for ProfileError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Constraint::Username) => Self::Username(NameFault::Taken),
            other => Self::Other(other.into()),
        }
    }
}

impl Auth {
    /// Looks a change over.
    ///
    /// # Errors
    /// What the store says; [`AuthError::UserNotFound`], [`AuthError::Inactive`].
    pub async fn review_profile(
        &self,
        id: UserId,
        change: &ProfileChange,
    ) -> Result<ProfileFaults, AuthError> {
        let person_name = |name: &Option<String>| name.as_deref().and_then(|n| check_name(n).err());
        Ok(ProfileFaults {
            username: match change.username.as_deref().map(Username::parse) {
                Some(Ok(name)) => self.is_taken(id, &name).await?.then_some(NameFault::Taken),
                Some(Err(fault)) => Some(fault.into()),
                None => None,
            },
            first_name: person_name(&change.first_name),
            last_name: person_name(&change.last_name),
        })
    }

    /// Gives an account the names that were looked over.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub async fn change_profile(
        &self,
        id: UserId,
        change: ProfileChange,
    ) -> Result<UserRecord, ProfileError> {
        let username = change.username.as_deref().map(Username::parse).transpose();
        let username = username.map_err(|fault| ProfileError::Username(fault.into()))?;
        let mut tx = self.store.begin().await?;
        let user = tx.lock_user(id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or(AuthError::UserNotFound)?;
        let names = Names {
            username_key: match &username {
                Some(name) => name.key(),
                None => Username::key_of(&user.username),
            },
            username: username.map_or(user.username, |name| name.as_str().to_owned()),
            first_name: change.first_name.unwrap_or(user.first_name),
            last_name: change.last_name.unwrap_or(user.last_name),
        };
        tx.rename_user(id, &names).await?;
        let user = tx.lock_user(id).await?.ok_or(AuthError::UserNotFound)?;
        tx.commit().await?;
        Ok(user)
    }

    /// Whether somebody else has this name.
    async fn is_taken(&self, id: UserId, name: &Username) -> Result<bool, AuthError> {
        let owner = self.store.find_user_by_name(&name.key()).await?;
        Ok(owner.is_some_and(|owner| owner.id != id))
    }
}

/// Whether this can be a given or family name.
///
/// # Errors
/// [`PersonNameFault`].
pub fn check_name(name: &str) -> Result<(), PersonNameFault> {
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(PersonNameFault::TooLong);
    }
    if name.chars().any(char::is_control) {
        return Err(PersonNameFault::Control);
    }
    Ok(())
}
