//! A hasher that is quick and counts.

use std::sync::atomic::{AtomicUsize, Ordering};

use latchkey::domain::{PasswordHash, PasswordHasher, password::HashError};
use secrecy::{ExposeSecret as _, SecretString};

/// Stands in for Argon2id where a scenario is about something else.
#[derive(Debug, Default)]
pub struct CountingHasher(AtomicUsize);

impl CountingHasher {
    /// How many hashes were computed so far.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl PasswordHasher for CountingHasher {
    fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, HashError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(PasswordHash::from_stored(format!("plain${}", password.expose_secret())))
    }

    fn verify(&self, password: &SecretString, hash: &PasswordHash) -> bool {
        self.hash(password, [0; 16]).is_ok_and(|computed| computed == *hash)
    }

    fn decoy(&self) -> PasswordHash {
        PasswordHash::from_stored("decoy".to_owned())
    }
}
