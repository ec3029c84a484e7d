//! Password hashing on threads of its own, so that a storm of sign-ins leaves the rest of the
//! server responsive.

mod queue;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use secrecy::SecretString;
use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::oneshot;

pub use queue::Line;
use queue::{FairQueue, Joined};

use super::AuthError;
use crate::domain::{Entropy, PasswordHash, PasswordHasher, entropy::random, password::HashError};

/// How many may wait for each thread: a few seconds' worth; as many owners of accounts, and as many
/// strangers. More are told to come back.
const WAITING_PER_THREAD: usize = 64;
/// The same where each takes as long as the most expensive imported hash.
const SLOW_PER_THREAD: usize = 16;

/// A machine on which all threads work takes longer than a resting one, on which it was measured.
const BUSY: u32 = 3;
/// So often a cost is measured before the least is believed: a machine is often busy when it starts.
const SAMPLES: u32 = 10;

/// Whoever needs no hash goes first. Where the system does not allow it, it does without.
fn step_back() {
    let _ = set_current_thread_priority(ThreadPriority::Min);
}

/// Checks and makes hashes.
///
/// Each lane has as many threads as there are cores. The first is for hashes of our own. The second is
/// for imported ones, which may take many times as long, and for all who fail as long as there are any:
/// there everybody takes up a thread for the same time, so that not even a queue of them tells whose
/// hash is imported. In both, strangers take turns by network, and owners go first.
pub struct HashPool {
    own: Lane,
    imported: Lane,
    hasher: Arc<dyn PasswordHasher>,
    /// What each kind of hash has cost here, by its decoy.
    costs: Mutex<HashMap<String, Cost>>,
    /// What the most expensive of them costs; nothing where there is none.
    most: Mutex<Duration>,
}

/// What a hash has cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    least: Duration,
    samples: u32,
}

impl HashPool {
    /// Starts `threads` threads a lane.
    ///
    /// # Errors
    /// When the system has no threads to give.
    pub fn new(
        hasher: Arc<dyn PasswordHasher>,
        threads: usize,
    ) -> Result<Self, ThreadPoolBuildError> {
        Ok(Self {
            own: Lane::new("hash", threads, WAITING_PER_THREAD)?,
            imported: Lane::new("slow-hash", threads, SLOW_PER_THREAD)?,
            hasher,
            costs: Mutex::default(),
            most: Mutex::default(),
        })
    }

    /// Whether the password belongs to the hash. Without a hash it costs the same and is `false`,
    /// so that the time tells nobody who has an account; nor, as long as there are imported hashes,
    /// who has one of those: whoever fails takes up a thread for longer than the slowest of them.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting.
    pub async fn verify(
        &self,
        line: Line,
        password: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool, AuthError> {
        let arrived = Instant::now();
        let (imported, own) = match hash {
            Some(hash) if self.is_outdated(&hash) => (Some(hash), None),
            own => (None, own),
        };
        let (hasher, typed) = (Arc::clone(&self.hasher), password.clone());
        let work = move || {
            let known = own.is_some();
            hasher.verify(&typed, &own.unwrap_or_else(|| hasher.decoy())) && known
        };
        let right = self.own.run(line, work).await?;
        let most = self.most();
        // An owner is told nothing new by the time it takes.
        let may_tell = most.is_zero() || matches!(line, Line::Owner(_));
        if right || (may_tell && imported.is_none()) {
            return Ok(right);
        }
        let hasher = Arc::clone(&self.hasher);
        let work = move || {
            let started = Instant::now();
            let right = imported.is_some_and(|hash| hasher.verify(&password, &hash));
            if !right {
                use_up(&*hasher, started, most);
            }
            right
        };
        let right = self.imported.run(line, work).await?;
        if !right {
            // A busy machine takes longer than a resting one. No thread is held meanwhile.
            tokio::time::sleep_until((arrived + self.patience()).into()).await;
        }
        Ok(right)
    }

    /// Whether a new hash should take this one's place.
    pub fn is_outdated(&self, hash: &PasswordHash) -> bool {
        self.hasher.is_outdated(hash)
    }

    /// Finds out what the most expensive of these costs, better each of the first times: whoever fails
    /// waits for as long from now on. Of none, nobody waits.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting.
    pub async fn measure(&self, decoys: Vec<PasswordHash>) -> Result<(), AuthError> {
        self.forget_costs(&decoys);
        let mut longest = Duration::ZERO;
        let own = (!decoys.is_empty()).then(|| self.hasher.decoy());
        for decoy in decoys.into_iter().chain(own) {
            longest = longest.max(self.cost(decoy).await?);
        }
        *self.most.lock().unwrap_or_else(PoisonError::into_inner) = longest;
        Ok(())
    }

    /// Forgets what those cost that are not there any more.
    fn forget_costs(&self, decoys: &[PasswordHash]) {
        let own = self.hasher.decoy();
        let mut costs = self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        costs.retain(|known, _| decoys.iter().chain([&own]).any(|decoy| decoy.expose() == known));
    }

    async fn cost(&self, decoy: PasswordHash) -> Result<Duration, AuthError> {
        let key = decoy.expose().to_owned();
        let costs = || self.costs.lock().unwrap_or_else(PoisonError::into_inner);
        let known = costs().get(&key).copied();
        if let Some(known) = known.filter(|known| known.samples >= SAMPLES) {
            return Ok(known.least);
        }
        let hasher = Arc::clone(&self.hasher);
        let cost = self.imported.run(Line::Strangers(None), move || {
            let started = Instant::now();
            hasher.verify(&SecretString::default(), &decoy);
            started.elapsed()
        });
        let cost = cost.await?;
        let known = known.unwrap_or(Cost { least: cost, samples: 0 });
        let least = known.least.min(cost);
        costs().insert(key, Cost { least, samples: known.samples + 1 });
        Ok(least)
    }

    /// How long whoever fails waits for the answer at least.
    pub fn patience(&self) -> Duration {
        self.most() * BUSY
    }

    fn most(&self) -> Duration {
        *self.most.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting; internal when hashing fails.
    pub async fn hash(
        &self,
        line: Line,
        password: SecretString,
        entropy: &dyn Entropy,
    ) -> Result<PasswordHash, AuthError> {
        let salt = random(entropy)?;
        let hasher = Arc::clone(&self.hasher);
        let made: Result<_, HashError> =
            self.own.run(line, move || hasher.hash(&password, salt)).await?;
        made.map_err(|error| AuthError::Internal(Box::new(error)))
    }
}

/// Works for as long as the most expensive hash would have.
fn use_up(hasher: &dyn PasswordHasher, started: Instant, most: Duration) {
    let decoy = hasher.decoy();
    while started.elapsed() < most {
        hasher.verify(&SecretString::default(), &decoy);
    }
}

/// Threads that do one thing each at a time, and what waits for them.
struct Lane {
    threads: ThreadPool,
    waiting: Arc<Mutex<FairQueue<Box<dyn Work>>>>,
}

impl Lane {
    fn new(
        name: &'static str,
        threads: usize,
        waiting_per_thread: usize,
    ) -> Result<Self, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(move |n| format!("{name}-{n}"))
            .start_handler(|_| step_back())
            .build()?;
        let waiting = Arc::new(Mutex::new(FairQueue::new(threads * waiting_per_thread)));
        Ok(Self { threads: pool, waiting })
    }

    async fn run<T: Send + 'static>(
        &self,
        line: Line,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let busy = || AuthError::unavailable("too many passwords wait to be hashed");
        let (answer, answered) = oneshot::channel();
        let asked: Box<dyn Work> = Box::new(Asked { work, answer });
        match lock(&self.waiting).join(line, asked, |work| work.is_over()) {
            Joined::Added => self.call_a_thread(),
            // The thread that was called for the one that had to go does this instead.
            Joined::Instead => {}
            Joined::Full => return Err(busy()),
        }
        answered.await.map_err(|_| busy())
    }

    fn call_a_thread(&self) {
        let waiting = Arc::clone(&self.waiting);
        self.threads.spawn_fifo(move || {
            let next = lock(&waiting).next();
            if let Some(work) = next {
                work.finish();
            }
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic cannot leave a queue half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something to do for somebody.
trait Work: Send {
    /// Whether nobody waits for it any more.
    fn is_over(&self) -> bool;

    /// Does it, unless that is so.
    fn finish(self: Box<Self>);
}

struct Asked<T, F> {
    work: F,
    answer: oneshot::Sender<T>,
}

impl<T: Send, F: FnOnce() -> T + Send> Work for Asked<T, F> {
    fn is_over(&self) -> bool {
        self.answer.is_closed()
    }

    fn finish(self: Box<Self>) {
        let Self { work, answer } = *self;
        if !answer.is_closed() {
            let _ = answer.send(work());
        }
    }
}
