//! Password hashes.

mod limits;
pub mod stored;

use std::fmt;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::phc};
use secrecy::{ExposeSecret, SecretString};

pub use stored::{HashFault, StoredHash};

/// A stored password hash: a PHC string, or as Django writes it.
#[derive(Clone)]
pub struct PasswordHash(SecretString);

impl PasswordHash {
    /// A hash as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for PasswordHash {
    /// Compares two stored values of ours, neither of which a caller can choose.
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// The password could not be hashed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("password hashing failed")]
pub struct HashError;

/// Makes and checks password hashes. Slow on purpose: call it on the hashing threads only.
pub trait PasswordHasher: Send + Sync + 'static {
    /// Hashes a new password with a fresh salt.
    ///
    /// # Errors
    /// [`HashError`] when the library refuses.
    fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, HashError>;

    /// Whether the password belongs to the hash. A hash that cannot be read belongs to none, and
    /// costs as much to find out.
    fn verify(&self, password: &SecretString, hash: &PasswordHash) -> bool;

    /// A hash that costs as much to check as a real one and that no password belongs to.
    fn decoy(&self) -> PasswordHash;

    /// Whether a hash was made in another way than new ones are. Once its password is known, a new
    /// one takes its place. One that no password belongs to has nothing to wait for.
    fn is_outdated(&self, hash: &PasswordHash) -> bool;
}

/// Argon2id with OWASP's floor: 19 MiB, two passes, one lane.
#[derive(Debug)]
pub struct Argon2id(Argon2<'static>);

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);

impl Argon2id {
    /// The parameters in force.
    ///
    /// # Errors
    /// [`HashError`] when the library does not take them.
    pub fn new() -> Result<Self, HashError> {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).map_err(|_| HashError)?;
        Ok(Self(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)))
    }
}

impl PasswordHasher for Argon2id {
    fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, HashError> {
        let password = password.expose_secret().as_bytes();
        let hash: phc::PasswordHash =
            self.0.hash_password_with_salt(password, &salt).map_err(|_| HashError)?;
        Ok(PasswordHash::from_stored(hash.to_string()))
    }

    fn verify(&self, password: &SecretString, hash: &PasswordHash) -> bool {
        match StoredHash::parse(hash.expose()) {
            Ok(StoredHash::Unusable) | Err(_) => {
                let _ = self.hash(password, [0; 16]);
                false
            }
            Ok(stored) => stored.verify(password.expose_secret().as_bytes()),
        }
    }

    fn decoy(&self) -> PasswordHash {
        // Salt and output are all zeros: nobody can find a password for that.
        let (salt, output) = ("A".repeat(22), "A".repeat(43));
        PasswordHash::from_stored(format!("{}{salt}${output}", beginning()))
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let text = hash.expose();
        let of_a_password =
            || !matches!(StoredHash::parse(text), Ok(StoredHash::Unusable) | Err(_));
        !text.starts_with(&beginning()) && of_a_password()
    }
}

/// What every hash begins with that is made now.
fn beginning() -> String {
    let (memory, passes, lanes) = COST;
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$")
}
