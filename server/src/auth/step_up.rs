//! What a session alone does not allow, or not for long: it asks for its owner. A sign-in shows who
//! that is for a while (`REAUTHENTICATE_AFTER`); after that the password does.

use secrecy::SecretString;

use super::{ATTEMPTS, Auth, AuthError, Identity, Owner};
use crate::{
    domain::{RevokeCause, SessionId, Timestamp, TokenFault},
    storage::{ClientInfo, Tx, UserRecord},
};

/// A caller who has shown to be the account's owner.
#[derive(Debug)]
pub struct Confirmed {
    user: UserRecord,
    session: SessionId,
    shown: Shown,
}

impl Confirmed {
    /// The session in which they have.
    pub(super) const fn session(&self) -> SessionId {
        self.session
    }
}

impl From<Confirmed> for Owner {
    fn from(Confirmed { user, session, .. }: Confirmed) -> Self {
        Self { user, by_mail: false, within: Some(session) }
    }
}

/// By what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// By a sign-in that is young enough.
    SignIn,
    /// By the password, just now.
    Password,
}

impl Auth {
    /// Takes a caller for the account's owner: by the right password, or without one by a sign-in
    /// that is young enough.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] when the password is another one;
    /// [`AuthError::ReauthenticationRequired`] when one is needed; [`AuthError::Ended`] when the
    /// session was; else as [`Auth::user`].
    pub async fn confirm(
        &self,
        caller: &Identity,
        password: Option<SecretString>,
        client: &ClientInfo,
    ) -> Result<Confirmed, AuthError> {
        let session = caller.session;
        let Some(password) = password else {
            self.check_sign_in(caller).await?;
            let user = self.user(caller.user_id).await?;
            return Ok(Confirmed { user, session, shown: Shown::SignIn });
        };
        let user = self.user(caller.user_id).await?;
        let user = self.check_own_password(user, password, session, client).await?;
        Ok(Confirmed { user, session, shown: Shown::Password })
    }

    /// Remembers that a session's owner has just shown to be it.
    ///
    /// # Errors
    /// As [`Auth::delete_own_account`].
    pub async fn reauthenticate(&self, owner: Confirmed) -> Result<(), AuthError> {
        let (tx, ..) = self.lock_confirmed(owner).await?;
        Ok(tx.commit().await?)
    }

    /// The account, if this is its password. A wrong one is noted.
    pub(super) async fn check_own_password(
        &self,
        mut user: UserRecord,
        password: SecretString,
        session: SessionId,
        client: &ClientInfo,
    ) -> Result<UserRecord, AuthError> {
        let mut guess = self.guess_in_session(session, user.id).await?;
        for _ in 0..ATTEMPTS {
            let hash = user.password_hash.clone();
            if !self.verify_guess(&mut guess, password.clone(), Some(hash)).await? {
                self.guessed_wrong(guess).await?;
                self.note_failure(user.id, client);
                return Err(AuthError::InvalidCredentials);
            }
            if !self.hashing.is_outdated(&user.password_hash) {
                break;
            }
            if let Some(upgraded) = self.upgrade_hash(&user, password.clone()).await {
                user.password_hash = upgraded;
                break;
            }
            // Another request may have put it there first: it is looked at as it is now.
            user = self.user(user.id).await?;
        }
        self.guessed_right(guess).await?;
        Ok(user)
    }

    async fn check_sign_in(&self, caller: &Identity) -> Result<(), AuthError> {
        let record = self.store.lookup_family(caller.session).await?;
        let record = record.filter(|record| record.family.user_id == caller.user_id);
        let record = record.ok_or(AuthError::Token(TokenFault::Invalid))?;
        if let Some(revocation) = record.family.revoked {
            return Err(AuthError::Ended(revocation.cause));
        }
        if record.family.has_shown_password(record.read_at, self.policy.reauthenticate_after) {
            return Ok(());
        }
        Err(AuthError::ReauthenticationRequired)
    }

    /// Locks an account for its owner. What they have shown must still hold: the session was not
    /// ended since, and the password that they gave is the account's. It counts for the session from
    /// now on.
    pub(super) async fn lock_confirmed(
        &self,
        owner: Confirmed,
    ) -> Result<(Box<dyn Tx>, UserRecord, Timestamp), AuthError> {
        let Confirmed { user: checked, session, shown } = owner;
        let mut tx = self.store.begin().await?;
        let user = tx.lock_user(checked.id).await?.ok_or(AuthError::UserNotFound)?;
        if user.disabled_at.is_some() {
            return Err(AuthError::Inactive);
        }
        let now = tx.now().await?;
        let lives = match shown {
            // A new password would have ended the session.
            Shown::SignIn => tx.session_lives(user.id, session).await?,
            Shown::Password if user.password_hash != checked.password_hash => {
                return Err(AuthError::InvalidCredentials);
            }
            Shown::Password => tx.authenticate_session(user.id, session, now).await?,
        };
        if lives { Ok((tx, user, now)) } else { Err(AuthError::Ended(RevokeCause::Logout)) }
    }
}
