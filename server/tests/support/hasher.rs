//! A hasher that is quick and counts, and that can be made to wait.

use std::sync::{
    Condvar, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use latchkey::domain::{PasswordHash, PasswordHasher, password::HashError};
use secrecy::{ExposeSecret as _, SecretString};

/// Stands in for Argon2id where a scenario is about something else.
#[derive(Debug, Default)]
pub struct CountingHasher {
    count: AtomicUsize,
    waiting: AtomicUsize,
    closed: Mutex<bool>,
    opened: Condvar,
}

impl CountingHasher {
    /// How many hashes were computed so far.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// From now on whoever checks a password waits: the account was read, and nothing was written.
    pub fn close_gate(&self) {
        *self.closed.lock().unwrap() = true;
    }

    /// Waits until somebody stands at the gate.
    pub async fn somebody_waits(&self) {
        while self.waiting.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// Lets all through.
    pub fn open_gate(&self) {
        *self.closed.lock().unwrap() = false;
        self.opened.notify_all();
    }
}

impl PasswordHasher for CountingHasher {
    fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, HashError> {
        self.count.fetch_add(1, Ordering::SeqCst);
        Ok(PasswordHash::from_stored(format!("plain${}", password.expose_secret())))
    }

    fn verify(&self, password: &SecretString, hash: &PasswordHash) -> bool {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let closed = self.closed.lock().unwrap();
        drop(self.opened.wait_while(closed, |closed| *closed).unwrap());
        self.count.fetch_add(1, Ordering::SeqCst);
        let known = hash.expose().split_once('$');
        known.is_some_and(|(_, known)| known == password.expose_secret())
    }

    fn decoy(&self) -> PasswordHash {
        PasswordHash::from_stored("decoy".to_owned())
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let text = hash.expose();
        !text.starts_with("plain$") && text.contains('$')
    }
}
