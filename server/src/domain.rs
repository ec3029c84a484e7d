//! What the project is about: tokens, session families, passwords. Pure: no I/O, the moment and
//! the randomness are passed in.

pub mod algorithm;
pub mod claims;
pub mod clock;
mod common_passwords;
pub mod decide;
pub mod device;
pub mod entropy;
pub mod event;
pub mod family;
pub mod ids;
pub mod key;
pub mod legacy;
pub mod mail;
pub mod new_password;
pub mod password;
pub mod secret;
pub mod throttle;
pub mod ticket;
pub mod token;
pub mod user;
pub mod user_agent;
pub mod verifier;

pub use algorithm::SigningAlgorithm;
pub use claims::{Claims, TokenFault, TokenKind};
pub use clock::{Clock, SystemClock, Timestamp};
pub use decide::{Decision, Refusal, RotationPolicy, decide};
pub use device::Device;
pub use entropy::{Entropy, EntropyError, SystemEntropy};
pub use event::EventKind;
pub use family::{Family, Revocation, RevokeCause, Transition};
pub use ids::{Generation, SessionId, UserId};
pub use key::SigningKey;
pub use legacy::{LegacyId, LegacyKey, LegacyToken, Presented};
pub use mail::MailKind;
pub use new_password::{PasswordFault, PasswordRules};
pub use password::{Argon2id, PasswordHash, PasswordHasher, StoredHash};
pub use secret::PlainToken;
pub use throttle::Rate;
pub use ticket::Tickets;
pub use token::{MintError, TokenPolicy, Tokens};
pub use user::{Email, Username};
pub use user_agent::UserAgent;
