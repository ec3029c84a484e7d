//! Password hashing on threads of its own, so that a storm of sign-ins leaves the rest of the
//! server responsive.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use secrecy::SecretString;
use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::{Semaphore, oneshot};

use super::AuthError;
use crate::domain::{Entropy, PasswordHash, PasswordHasher, entropy::random, password::HashError};

/// How many sign-ins may wait for each thread: a few seconds' worth. More are told to come back.
const WAITING_PER_THREAD: usize = 64;

/// A busy machine takes longer than a resting one, on which it was measured.
const BUSY: u32 = 2;

/// Whoever needs no hash goes first. Where the system does not allow it, it does without.
fn step_back() {
    let _ = set_current_thread_priority(ThreadPriority::Min);
}

/// As many threads as cores, each of which hashes one password at a time.
pub struct HashPool {
    threads: ThreadPool,
    hasher: Arc<dyn PasswordHasher>,
    places: Arc<Semaphore>,
    /// What each kind of hash has cost here, by its decoy.
    costs: Mutex<HashMap<String, Duration>>,
    /// How long whoever fails waits for the answer at least, from the start of the work.
    patience: Mutex<Duration>,
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
        Ok(Self {
            threads: pool,
            hasher,
            places,
            costs: Mutex::default(),
            patience: Mutex::default(),
        })
    }

    /// Whether the password belongs to the hash. Without a hash it costs the same and is `false`,
    /// so that the time tells nobody who has an account; nor, as long as there are imported hashes,
    /// who has one of those: whoever fails waits for as long as the slowest of them takes.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool, AuthError> {
        let (right, started) = self
            .run(move |hasher| {
                let started = Instant::now();
                let known = hash.is_some();
                let right = hasher.verify(&password, &hash.unwrap_or_else(|| hasher.decoy()));
                (known && right, started)
            })
            .await?;
        if !right {
            // No thread is held meanwhile.
            tokio::time::sleep_until((started + self.patience()).into()).await;
        }
        Ok(right)
    }

    /// Whether a new hash should take this one's place.
    pub fn is_outdated(&self, hash: &PasswordHash) -> bool {
        self.hasher.is_outdated(hash)
    }

    /// Finds out what the most expensive of these costs, each once in this process: whoever fails
    /// waits for as long from now on. Of none, nobody waits.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting.
    pub async fn measure(&self, decoys: Vec<PasswordHash>) -> Result<(), AuthError> {
        let mut longest = Duration::ZERO;
        let own = (!decoys.is_empty()).then(|| self.hasher.decoy());
        for decoy in decoys.into_iter().chain(own) {
            longest = longest.max(self.cost(decoy).await?);
        }
        *self.patience.lock().unwrap_or_else(PoisonError::into_inner) = longest * BUSY;
        Ok(())
    }

    async fn cost(&self, decoy: PasswordHash) -> Result<Duration, AuthError> {
        let key = decoy.expose().to_owned();
        let costs = || self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = costs().get(&key).copied() {
            return Ok(known);
        }
        let cost = self.run(move |hasher| {
            let started = Instant::now();
            hasher.verify(&SecretString::default(), &decoy);
            started.elapsed()
        });
        let cost = cost.await?;
        costs().insert(key, cost);
        Ok(cost)
    }

    /// How long whoever fails waits for the answer at least.
    pub fn patience(&self) -> Duration {
        *self.patience.lock().unwrap_or_else(PoisonError::into_inner)
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
