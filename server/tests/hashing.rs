//! The hashing threads: never more at once than there are, none lost to callers who hang up.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use latchkey::{
    auth::{AuthError, HashPool, hashing::Line},
    domain::{Argon2id, PasswordHash, PasswordHasher, SystemEntropy, UserId, password::HashError},
};
use secrecy::{ExposeSecret as _, SecretString};

const ANYBODY: Line = Line::Strangers(None);

/// Waits at its gate and counts how many are inside together.
#[derive(Default)]
struct Slow {
    closed: AtomicBool,
    running: AtomicUsize,
    most: AtomicUsize,
    done: AtomicUsize,
    /// The passwords that were looked at, in this order.
    looked_at: Mutex<Vec<String>>,
}

impl PasswordHasher for Slow {
    fn hash(&self, _: &SecretString, _: [u8; 16]) -> Result<PasswordHash, HashError> {
        self.most.fetch_max(self.running.fetch_add(1, SeqCst) + 1, SeqCst);
        std::thread::sleep(Duration::from_millis(1));
        while self.closed.load(SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.running.fetch_sub(1, SeqCst);
        self.done.fetch_add(1, SeqCst);
        Ok(self.decoy())
    }

    fn verify(&self, password: &SecretString, _: &PasswordHash) -> bool {
        let right = self.hash(password, [0; 16]).is_ok();
        self.looked_at.lock().unwrap().push(password.expose_secret().to_owned());
        right
    }

    fn decoy(&self) -> PasswordHash {
        PasswordHash::from_stored(String::new())
    }

    fn is_outdated(&self, _: &PasswordHash) -> bool {
        false
    }
}

fn pool() -> (Arc<HashPool>, Arc<Slow>) {
    let hasher = Arc::new(Slow::default());
    let shared: Arc<dyn PasswordHasher> = Arc::<Slow>::clone(&hasher);
    (Arc::new(HashPool::new(shared, 2).unwrap()), hasher)
}

#[tokio::test]
async fn no_more_run_at_once_than_there_are_threads() {
    let (pool, hasher) = pool();
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let pool = Arc::clone(&pool);
        waiting.spawn(async move { pool.verify(ANYBODY, "x".into(), None).await });
    }
    assert!(waiting.join_all().await.into_iter().all(|answer| matches!(answer, Ok(false))));
    assert_eq!(hasher.most.load(SeqCst), 2);
}

#[tokio::test]
async fn whoever_hangs_up_costs_nothing_and_takes_no_place_along() {
    const PLACES: usize = 2 * 64;
    let (pool, hasher) = pool();
    let verify = |pool: &Arc<HashPool>| {
        let pool = Arc::clone(pool);
        tokio::spawn(async move { pool.verify(ANYBODY, "x".into(), None).await })
    };
    for round in 1..=80 {
        hasher.closed.store(true, SeqCst);
        let busy = [verify(&pool), verify(&pool)];
        while hasher.running.load(SeqCst) < busy.len() {
            tokio::task::yield_now().await;
        }
        for _ in busy.len()..PLACES {
            // Polled once, so that the work is queued, then dropped like a lost connection.
            let waiting = pool.verify(ANYBODY, "x".into(), None);
            assert!(tokio::time::timeout(Duration::ZERO, waiting).await.is_err());
        }
        // Whoever comes now takes the place of one who has left.
        let last = verify(&pool);
        tokio::task::yield_now().await;
        hasher.closed.store(false, SeqCst);
        for answer in busy {
            answer.await.unwrap().unwrap();
        }
        last.await.unwrap().unwrap();
        assert_eq!(hasher.done.load(SeqCst), 3 * round, "abandoned work is skipped");
    }
    assert_eq!(hasher.most.load(SeqCst), 2);
}

#[tokio::test]
async fn too_many_are_told_to_come_back() {
    let (pool, _) = pool();
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let pool = Arc::clone(&pool);
        waiting.spawn(async move { pool.verify(ANYBODY, "x".into(), None).await });
    }
    let answers = waiting.join_all().await;
    let busy = answers.iter().filter(|a| matches!(a, Err(AuthError::Unavailable { .. }))).count();
    assert!(busy > 0 && busy < 1_000, "{busy}");
}

#[tokio::test]
async fn a_flood_keeps_neither_owners_nor_others_out() {
    let (pool, hasher) = pool();
    let verify = |line, password: &'static str| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.verify(line, password.into(), None).await })
    };
    let from = |last: u8| Line::Strangers(Some(IpAddr::from([192, 0, 2, last]).into()));
    hasher.closed.store(true, SeqCst);
    let flood: Vec<_> = (0..500).map(|_| verify(from(1), "flood")).collect();
    while flood.iter().filter(|one| one.is_finished()).count() < 300 {
        tokio::task::yield_now().await;
    }
    let (owner, other) = (verify(Line::Owner(UserId(1)), "owner"), verify(from(2), "other"));
    // One of the flood has to go for the other stranger.
    let refused = || flood.iter().filter(|one| one.is_finished()).count();
    while refused() < 500 - 2 - 128 + 1 {
        tokio::task::yield_now().await;
    }
    hasher.closed.store(false, SeqCst);
    owner.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
    let looked_at = hasher.looked_at.lock().unwrap();
    for password in ["owner", "other"] {
        let before = looked_at.iter().take_while(|one| **one != password).count();
        assert!(before < 10, "the {password} has waited behind {before}");
    }
}

/// Hashes of two costs; a password belongs to the one that reads like it.
struct Uneven;

impl PasswordHasher for Uneven {
    fn hash(&self, _: &SecretString, _: [u8; 16]) -> Result<PasswordHash, HashError> {
        Ok(self.decoy())
    }

    fn verify(&self, password: &SecretString, hash: &PasswordHash) -> bool {
        if hash.expose().starts_with("slow") {
            std::thread::sleep(Duration::from_millis(400));
        }
        hash.expose() == password.expose_secret()
    }

    fn decoy(&self) -> PasswordHash {
        PasswordHash::from_stored("quick".to_owned())
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.expose().starts_with("slow")
    }
}

#[tokio::test]
async fn whoever_fails_waits_for_as_long_as_the_slowest_hash_takes() {
    let pool = HashPool::new(Arc::new(Uneven), 1).unwrap();
    let hash = |text: &str| Some(PasswordHash::from_stored(text.to_owned()));
    let time = async |password: &str, hash| {
        let started = Instant::now();
        let right = pool.verify(ANYBODY, password.into(), hash).await.unwrap();
        (right, started.elapsed())
    };
    assert!(time("wrong", None).await.1 < Duration::from_millis(400), "there is no reason to");
    pool.measure(vec![PasswordHash::from_stored("slow decoy".to_owned())]).await.unwrap();
    let patience = pool.patience();
    assert!(patience >= Duration::from_millis(1_200), "{patience:?}");
    for known in [None, hash("quick"), hash("slow"), hash("unreadable")] {
        let (right, took) = time("wrong", known.clone()).await;
        assert!(!right && took >= patience, "{known:?} {took:?}");
    }
    let (right, took) = time("mine", hash("mine")).await;
    assert!(right && took < patience, "{took:?}");
    // The last of them is gone.
    pool.measure(Vec::new()).await.unwrap();
    assert_eq!(pool.patience(), Duration::ZERO);
}

/// As [`Uneven`], and counted. An imported hash takes so many milliseconds.
struct Counted {
    slow_ms: u64,
    count: AtomicUsize,
}

impl Counted {
    fn new(slow_ms: u64) -> Arc<Self> {
        Arc::new(Self { slow_ms, count: AtomicUsize::new(0) })
    }

    fn count(&self) -> usize {
        self.count.load(SeqCst)
    }
}

/// A pool of so many threads that has measured it.
async fn counted(hasher: &Arc<Counted>, threads: usize) -> Arc<HashPool> {
    let shared: Arc<dyn PasswordHasher> = Arc::<Counted>::clone(hasher);
    let pool = HashPool::new(shared, threads).unwrap();
    pool.measure(vec![PasswordHash::from_stored("slow decoy".to_owned())]).await.unwrap();
    Arc::new(pool)
}

impl PasswordHasher for Counted {
    fn hash(&self, _: &SecretString, _: [u8; 16]) -> Result<PasswordHash, HashError> {
        Ok(self.decoy())
    }

    fn verify(&self, password: &SecretString, hash: &PasswordHash) -> bool {
        self.count.fetch_add(1, SeqCst);
        let millis = if self.is_outdated(hash) { self.slow_ms } else { 2 };
        std::thread::sleep(Duration::from_millis(millis));
        hash.expose() == password.expose_secret()
    }

    fn decoy(&self) -> PasswordHash {
        Uneven.decoy()
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        Uneven.is_outdated(hash)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_even_a_queue_tells_whose_hash_is_imported() {
    const PARALLEL: u32 = 8;
    let hasher = Counted::new(100);
    let pool = counted(&hasher, 2).await;
    let hash = |text: &str| Some(PasswordHash::from_stored(text.to_owned()));
    let patience = pool.patience();
    for known in [None, hash("quick"), hash("slow")] {
        let (started, before) = (Instant::now(), hasher.count());
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..PARALLEL {
            let (pool, known) = (Arc::clone(&pool), known.clone());
            waiting.spawn(async move { pool.verify(ANYBODY, "wrong".into(), known).await });
        }
        // Whoever knows their password does not stand in that queue.
        let mine = Instant::now();
        assert!(pool.verify(ANYBODY, "mine".into(), hash("mine")).await.unwrap());
        assert!(mine.elapsed() < patience, "{known:?} {:?}", mine.elapsed());
        assert!(waiting.join_all().await.into_iter().all(|answer| matches!(answer, Ok(false))));
        // Each takes up one of the two threads for as long as any would.
        let (took, each) = (started.elapsed(), patience / 3);
        assert!(took >= each * (PARALLEL / 2), "{known:?} {took:?} {each:?}");
        // And each is work, not only time, in one piece or in several.
        let work = hasher.count() - before;
        let least = if known == hash("slow") { 2 } else { 4 };
        assert!(work >= PARALLEL as usize * least, "{known:?} {work}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_in_the_slow_lane_makes_no_room_early_and_takes_no_place_along() {
    const MORE_THAN_PLACES: usize = 20;
    let hasher = Counted::new(20);
    let pool = counted(&hasher, 1).await;
    for _ in 0..MORE_THAN_PLACES {
        let (started, before) = (Instant::now(), hasher.count());
        let leaving = Arc::clone(&pool);
        let leaving =
            tokio::spawn(async move { leaving.verify(ANYBODY, "wrong".into(), None).await });
        // It is looked at in the first lane, and under way in the second.
        while hasher.count() < before + 2 {
            tokio::task::yield_now().await;
        }
        leaving.abort();
        let three = (0..3).map(|_| pool.verify(ANYBODY, "wrong".into(), None));
        assert!(futures::future::join_all(three).await.into_iter().all(|right| !right.unwrap()));
        // Its turn was used up, and so was that of each of the others.
        assert!(started.elapsed() >= pool.patience() / 3 * 4);
    }
}

#[tokio::test]
async fn argon2id_with_owasps_floor() {
    let hasher: Arc<dyn PasswordHasher> = Arc::new(Argon2id::new().unwrap());
    let pool = HashPool::new(Arc::clone(&hasher), 1).unwrap();
    let hash = pool.hash(ANYBODY, "pässwörd ☃ 1234".into(), &SystemEntropy).await.unwrap();
    assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
    assert!(pool.verify(ANYBODY, "pässwörd ☃ 1234".into(), Some(hash.clone())).await.unwrap());
    assert!(!pool.verify(ANYBODY, "pässwörd ☃ 1235".into(), Some(hash.clone())).await.unwrap());
    let again = pool.hash(ANYBODY, "pässwörd ☃ 1234".into(), &SystemEntropy).await.unwrap();
    assert_ne!(again.expose(), hash.expose(), "each has a salt of its own");
    // The decoy is a hash like any other, of the same cost, that nothing matches.
    let parts = |hash: &PasswordHash| {
        let text = hash.expose().to_owned();
        text.split('$').map(str::len).collect::<Vec<_>>()
    };
    assert_eq!(parts(&hasher.decoy()), parts(&hash));
    assert_eq!(hasher.decoy().expose()[..31], hash.expose()[..31]);
    assert!(!pool.verify(ANYBODY, "".into(), Some(hasher.decoy())).await.unwrap());
    assert!(
        !pool
            .verify(ANYBODY, "x".into(), Some(PasswordHash::from_stored("junk".into())))
            .await
            .unwrap()
    );
    // Whatever has no password waits for none, nor in the lane for imported ones.
    for nobodys in ["!", "!nothing", "junk", ""] {
        assert!(!hasher.is_outdated(&PasswordHash::from_stored(nobodys.to_owned())), "{nobodys}");
    }
}
