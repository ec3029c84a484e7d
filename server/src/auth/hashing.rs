//! Password hashing on threads of its own, so that a storm of sign-ins leaves the rest of the
//! server responsive.

use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use secrecy::SecretString;
use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::{Semaphore, oneshot};

use super::AuthError;
use crate::domain::{Entropy, PasswordHash, PasswordHasher, entropy::random, password::HashError};

/// How many sign-ins may wait for each thread: a few seconds' worth. More are told to come back.
const WAITING_PER_THREAD: usize = 64;

/// Whoever needs no hash goes first. Where the system does not allow it, it does without.
fn step_back() {
    let _ = set_current_thread_priority(ThreadPriority::Min);
}

/// As many threads as cores, each of which hashes one password at a time.
pub struct HashPool {
    threads: ThreadPool,
    hasher: Arc<dyn PasswordHasher>,
    places: Arc<Semaphore>,
}

impl HashPool {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// When the system has no threads to give.
    pub fn new(
        hasher: Arc<dyn PasswordHasher>,
        threads: usize,
    ) -> Result<Self, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|n| format!("hash-{n}"))
            .start_handler(|_| step_back())
            .build()?;
        let places = Arc::new(Semaphore::new(threads * WAITING_PER_THREAD));
        Ok(Self { threads: pool, hasher, places })
    }

    /// Whether the password belongs to the hash. Without a hash it costs the same and is `false`,
    /// so that the time tells nobody who has an account.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool, AuthError> {
        self.run(move |hasher| {
            let known = hash.is_some();
            let right = hasher.verify(&password, &hash.unwrap_or_else(|| hasher.decoy()));
            known && right
        })
        .await
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting; internal when hashing fails.
    pub async fn hash(
        &self,
        password: SecretString,
        entropy: &dyn Entropy,
    ) -> Result<PasswordHash, AuthError> {
        let salt = random(entropy)?;
        let hashed: Result<_, HashError> =
            self.run(move |hasher| hasher.hash(&password, salt)).await?;
        hashed.map_err(|error| AuthError::Internal(Box::new(error)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn PasswordHasher) -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let busy = || AuthError::unavailable("too many passwords wait to be hashed");
        // The place moves into the work: a caller who hangs up neither frees it early nor loses it.
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let (answer, answered) = oneshot::channel();
        let hasher = Arc::clone(&self.hasher);
        self.threads.spawn_fifo(move || {
            // Nobody waits any more: do not spend the time.
            if !answer.is_closed() {
                let _ = answer.send(work(&*hasher));
            }
            drop(place);
        });
        answered.await.map_err(|error| AuthError::Internal(Box::new(error)))
    }
}
