//! The use cases: the domain over a store, without HTTP.

pub mod accounts;
pub mod audit;
pub mod authenticate;
pub mod blacklist;
pub mod change_password;
pub mod error;
pub mod failures;
pub mod feed;
pub mod guesses;
pub mod hashing;
pub mod housekeeping;
pub mod import;
mod imported_hash;
mod legacy;
pub mod login;
pub mod logout;
mod mail_budget;
pub mod new_email;
pub mod node_keys;
pub mod own_account;
pub mod own_sessions;
pub mod page_load;
pub mod policy;
pub mod post;
pub mod profile;
pub mod readiness;
pub mod refresh;
pub mod register;
pub mod reset;
pub mod sessions;
pub mod sightings;
pub mod step_up;
pub mod verification;
pub mod verify;

use std::sync::Arc;

pub use accounts::{CreateUser, CreateUserError, SetPasswordError};
pub use audit::Activity;
pub use authenticate::{AccessFault, Identity};
pub use blacklist::{Blacklist, Standing};
pub use change_password::Owner;
pub use error::AuthError;
pub use hashing::HashPool;
pub use login::{LoginInput, LoginName, SignedIn};
pub use node_keys::{KeySpans, NodeKeys, NodeKeysError};
pub use policy::{AuditPolicy, AuthPolicy, EmailVerification, LoginMethods};
pub use profile::{ProfileChange, ProfileError};
pub use refresh::Refreshed;
pub use step_up::Confirmed;
pub use verify::VerifyError;

pub use crate::storage::{
    ClientInfo, EventPlace, EventRecord, OwnSessions, SessionRecord, UserRecord,
};

use crate::{
    domain::{
        Clock, Entropy, Generation, SessionId, Timestamp, TokenFault, Tokens,
        entropy::random,
        token::{Grant, Minted},
    },
    mail::Mailroom,
    storage::Store,
};

/// How often a state change is tried when another one comes first each time.
const ATTEMPTS: usize = 3;

/// Everything the use cases need.
pub struct Auth {
    /// Users and sessions.
    pub store: Arc<dyn Store>,
    /// Mints and checks tokens.
    pub tokens: Tokens,
    /// Families that were ended lately.
    pub blacklist: Blacklist,
    /// The threads that hash passwords.
    pub hashing: HashPool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where mails go.
    pub mailroom: Mailroom,
    /// Settings.
    pub policy: AuthPolicy,
    /// Sign-outs that the database has yet to hear of.
    pub unfinished: logout::Unfinished,
    /// What access tokens have shown, and the database has yet to hear of.
    pub sightings: sightings::Sightings,
    /// Wrong passwords that the database has yet to hear of.
    pub failures: failures::Failures,
    /// Guesses of passwords that are under way.
    pub guessing: guesses::Guessing,
}

impl Auth {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An access token for a family, carrying `generation`.
    fn mint_access(
        &self,
        family: &crate::domain::Family,
        generation: Generation,
        now: Timestamp,
    ) -> Result<Minted, AuthError> {
        let grant = Grant {
            user_id: family.user_id,
            session: family.id,
            generation,
            absolute_expires_at: family.absolute_expires_at,
        };
        let id = random(&*self.entropy)?;
        Ok(self.tokens.access(grant, now, id)?)
    }

    /// Whether a token is refused for what this node cannot know now: it has not heard for long which
    /// keys sign, or has not been given the one that this token names.
    fn is_in_doubt(&self, token: &str, fault: TokenFault) -> bool {
        fault == TokenFault::Invalid
            && (self.blacklist.is_stale() || self.tokens.keys().may_lack_key_of(token))
    }

    /// What the fault of a token comes to.
    fn refusal(&self, token: &str, fault: TokenFault) -> AuthError {
        if self.is_in_doubt(token, fault) {
            return AuthError::unavailable("a token may be signed with a key that is not here yet");
        }
        fault.into()
    }

    /// Makes an ended family's tokens worthless in this process. Call it after the commit.
    fn forget(&self, session: SessionId, now: Timestamp) {
        self.blacklist.insert(session, now);
    }
}
