//! An account of one's own, and the first session with it.

use secrecy::SecretString;

use super::{
    Auth, AuthError, CreateUser, CreateUserError, EmailVerification, SignedIn, hashing::Line,
};
use crate::{
    domain::{
        Email, EventKind, Family, MailKind, PasswordFault, Sender, SessionId, Username,
        new_password::Person,
        user::{EmailFault, UsernameFault},
    },
    storage::{ClientInfo, NewUser},
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
    /// Who has sent it, where that is known.
    pub sender: Option<Sender>,
}

/// What became of a registration.
#[derive(Debug)]
pub enum Registered {
    /// They are signed in.
    SignedIn(Box<SignedIn>),
    /// They sign in once they have followed the link of the mail that was sent.
    VerificationSent,
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
        let rules = &self.policy.passwords;
        let person = Person {
            username: draft.username.as_deref().unwrap_or_default(),
            email: draft.email.as_deref().unwrap_or_default(),
            ..Person::default()
        };
        let password = draft.password.as_ref();
        let mut faults = password.map(|p| rules.faults(p)).unwrap_or_default();
        // Comparing takes time, so only what has a sensible length is compared.
        let sensible = faults.is_empty()
            && !matches!(username, Some(Err(_)))
            && !matches!(email, Some(Err(_)));
        let similarity = password.filter(|_| sensible).and_then(|p| rules.similarity(p, person));
        if faults.is_empty() && similarity.is_none() {
            faults.extend(password.and_then(|p| rules.breach(p)));
        }
        Ok(DraftFaults {
            username: match username {
                Some(Err(fault)) => Some(fault.into()),
                _ => taken.username.then_some(NameFault::Taken),
            },
            email: match email {
                Some(Err(fault)) => Some(fault.into()),
                _ => (taken.email && !self.hides_addresses()).then_some(AddressFault::Taken),
            },
            password: faults,
            similarity,
        })
    }

    /// Makes the account and signs in, in one transaction; where addresses have to be verified first,
    /// only makes it.
    ///
    /// # Errors
    /// [`CreateUserError`]: somebody may have come first.
    pub async fn register(&self, input: Registration) -> Result<Registered, CreateUserError> {
        let Registration { username, email, password, replaces, client, sender } = input;
        let user = CreateUser {
            username,
            email,
            verified: false,
            superuser: false,
            first_name: String::new(),
            last_name: String::new(),
            password,
        };
        let user = self.new_user(user, Line::Strangers(sender.and_then(Sender::network))).await?;
        if self.hides_addresses() {
            self.register_unverified(user, &client).await?;
            return Ok(Registered::VerificationSent);
        }
        let signed_in = self.register_signed_in(&user, &replaces, &client).await?;
        Ok(Registered::SignedIn(Box::new(signed_in)))
    }

    /// Whether nobody is told who has an account.
    fn hides_addresses(&self) -> bool {
        self.policy.email_verification == EmailVerification::Mandatory
    }

    async fn register_signed_in(
        &self,
        user: &NewUser,
        replaces: &[String],
        client: &ClientInfo,
    ) -> Result<SignedIn, CreateUserError> {
        let old = self.families_of(replaces, client).await?;
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let id = tx.insert_user(user).await?;
        let session = SessionId::generate(now, &*self.entropy).map_err(AuthError::from)?;
        let family = Family::open(session, id, now, self.policy.absolute_lifetime);
        self.replace_sessions(&mut *tx, &old, now).await?;
        self.open_family(&mut *tx, &family, client).await?;
        self.note(&mut *tx, id, EventKind::Registered, client, now).await?;
        if user.email.is_some() && self.policy.email_verification != EmailVerification::None {
            tx.queue_mail(id, MailKind::VerifyEmail, now).await?;
        }
        let user = tx.lock_user(id).await?.ok_or(AuthError::UserNotFound)?;
        tx.commit().await?;
        self.forget_all(old);
        Ok(self.signed_in(user, &family, now)?)
    }

    /// Whether the address was free is not to be seen, now or later: somebody else's stays with them,
    /// and they hear of it, while the account is made without one. It waits for a verification that
    /// cannot come, just as one does whose mail is never read.
    async fn register_unverified(
        &self,
        mut user: NewUser,
        client: &ClientInfo,
    ) -> Result<(), CreateUserError> {
        match self.insert_unverified(&user, client).await {
            Err(CreateUserError::EmailTaken) => {
                if let Some(email) = user.email.take() {
                    let owner = self.account_of(&email).await?;
                    self.queue_mail(owner, MailKind::AccountExists).await?;
                }
                self.insert_unverified(&user, client).await
            }
            inserted => inserted,
        }
    }

    async fn insert_unverified(
        &self,
        user: &NewUser,
        client: &ClientInfo,
    ) -> Result<(), CreateUserError> {
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let id = tx.insert_user(user).await?;
        if user.email.is_some() {
            tx.queue_mail(id, MailKind::VerifyEmail, now).await?;
        }
        self.note(&mut *tx, id, EventKind::Registered, client, now).await?;
        Ok(tx.commit().await?)
    }
}
