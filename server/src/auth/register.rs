//! An account of one's own, and the first session with it.

use secrecy::SecretString;

use super::{Auth, AuthError, CreateUser, CreateUserError, SignedIn};
use crate::{
    domain::{
        Email, Family, MailKind, PasswordFault, SessionId, TokenKind, Username,
        new_password::{self, Person},
        user::{EmailFault, UsernameFault},
    },
    storage::ClientInfo,
};

/// What somebody typed; what they left out or sent in another form is missing.
#[derive(Debug, Default)]
pub struct Draft {
    /// The user name.
    pub username: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
}

/// What is wrong with a draft, by field.
#[derive(Debug, Default)]
pub struct DraftFaults {
    /// With the user name.
    pub username: Option<NameFault>,
    /// With the address.
    pub email: Option<AddressFault>,
    /// With the password alone.
    pub password: Vec<PasswordFault>,
    /// With the password of this person.
    pub similarity: Option<PasswordFault>,
}

/// Why a user name cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// It is impossible.
    #[error(transparent)]
    Impossible(#[from] UsernameFault),
    /// Somebody has it.
    #[error("A user with that username already exists.")]
    Taken,
}

/// Why an address cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is impossible.
    #[error(transparent)]
    Impossible(#[from] EmailFault),
    /// Somebody has it.
    #[error("User is already registered with this e-mail address.")]
    Taken,
}

/// A draft without faults, and what came with it.
#[derive(Debug)]
pub struct Registration {
    /// The user name.
    pub username: String,
    /// The address, if any; it is not verified.
    pub email: Option<String>,
    /// The password.
    pub password: SecretString,
    /// Refresh tokens in the request's cookies: their sessions are replaced by the new one.
    pub replaces: Vec<String>,
    /// What is shown of the browser.
    pub client: ClientInfo,
}

impl Auth {
    /// Looks a draft over. Costs no hash.
    ///
    /// # Errors
    /// What the store says.
    pub async fn review(&self, draft: &Draft) -> Result<DraftFaults, AuthError> {
        let username = draft.username.as_deref().map(Username::parse);
        let email = draft.email.as_deref().map(Email::parse);
        let name_key = username.iter().flatten().next().map(Username::key);
        let email_key = email.iter().flatten().next().map(Email::key);
        let taken = self.store.taken(name_key.as_deref(), email_key.as_deref()).await?;
        let max = self.policy.password_max_chars;
        let person = Person {
            username: draft.username.as_deref().unwrap_or_default(),
            email: draft.email.as_deref().unwrap_or_default(),
            ..Person::default()
        };
        let password = draft.password.as_ref();
        let faults = password.map(|p| new_password::faults(p, max)).unwrap_or_default();
        // Comparing takes time, so only what has a sensible length is compared.
        let sensible = faults.is_empty()
            && !matches!(username, Some(Err(_)))
            && !matches!(email, Some(Err(_)));
        let similar = password.filter(|_| sensible);
        Ok(DraftFaults {
            username: match username {
                Some(Err(fault)) => Some(fault.into()),
                _ => taken.username.then_some(NameFault::Taken),
            },
            email: match email {
                Some(Err(fault)) => Some(fault.into()),
                _ => taken.email.then_some(AddressFault::Taken),
            },
            password: faults,
            similarity: similar.and_then(|p| new_password::similarity(p, person)),
        })
    }

    /// Makes the account and signs in, in one transaction.
    ///
    /// # Errors
    /// [`CreateUserError`]: somebody may have come first.
    pub async fn register(&self, input: Registration) -> Result<SignedIn, CreateUserError> {
        let user = self
            .new_user(CreateUser {
                username: input.username,
                email: input.email,
                verified: false,
                superuser: false,
                first_name: String::new(),
                last_name: String::new(),
                password: input.password,
            })
            .await?;
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let id = tx.insert_user(&user).await?;
        let replaced = self.sessions_of(&input.replaces, TokenKind::Refresh, now);
        let session = SessionId::generate(now, &*self.entropy).map_err(AuthError::from)?;
        let family = Family::open(session, id, now, self.policy.absolute_lifetime);
        self.replace_sessions(&mut *tx, &replaced, now).await?;
        self.open_family(&mut *tx, &family, &input.client).await?;
        if user.email.is_some() {
            tx.queue_mail(id, MailKind::VerifyEmail, now).await?;
        }
        let user = tx.lock_user(id).await?.ok_or(AuthError::UserNotFound)?;
        tx.commit().await?;
        self.forget_all(replaced);
        Ok(self.signed_in(user, &family, now)?)
    }
}
