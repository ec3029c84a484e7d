//! Guessing passwords gets slow: for each place from which one account is tried, for the account,
//! and for the place.
//!
//! Nobody is locked out by it. Whoever tries somebody else's account slows down strangers alone: a
//! browser that the account was used with is counted by itself, whatever all others do.

mod rungs;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;

use self::rungs::{NARROW, Target, is_shared};
use super::{Auth, AuthError, LoginInput, hashing::Line};
use crate::{
    domain::{Ladder, PasswordHash, Sender, SessionId, Tally, Timestamp, UserId},
    storage::{Store, TallyKey},
};

/// Guesses under way in this process: until they are counted they are taken to be wrong, so that
/// many at once are no more than one after the other.
#[derive(Clone, Debug, Default)]
pub struct Guessing {
    under_way: Arc<Mutex<HashMap<TallyKey, u32>>>,
    /// Whoever registers takes turns.
    registering: Arc<tokio::sync::Mutex<()>>,
}

impl Guessing {
    fn lock(&self) -> MutexGuard<'_, HashMap<TallyKey, u32>> {
        // A panic cannot leave the map half-changed.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more on these rungs, unless it `has_to_wait` for what is known of one and those under way
    /// there. One that does is under way nowhere.
    fn begin(
        &self,
        rungs: Vec<(TallyKey, Ladder)>,
        has_to_wait: impl Fn(&TallyKey, Ladder, u32) -> Duration,
    ) -> Result<UnderWay, Duration> {
        let mut pending = self.lock();
        let waits = rungs.iter().map(|(key, ladder)| {
            has_to_wait(key, *ladder, pending.get(key).copied().unwrap_or_default())
        });
        if let Some(wait) = waits.max().filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        for (key, _) in &rungs {
            *pending.entry(key.clone()).or_default() += 1;
        }
        Ok(UnderWay { rungs, pending: self.clone() })
    }
}

/// A guess under way; until it is dropped.
#[derive(Debug)]
struct UnderWay {
    rungs: Vec<(TallyKey, Ladder)>,
    pending: Guessing,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut pending = self.pending.lock();
        for (key, _) in &self.rungs {
            if let Some(count) = pending.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    pending.remove(key);
                }
            }
        }
    }
}

/// A guess that may be made.
pub(super) struct Guess {
    under_way: Arc<UnderWay>,
    /// What was known before it.
    known: Vec<(TallyKey, Tally)>,
    line: Line,
    /// Where it is counted if nobody says what became of it.
    abandoned: Option<Arc<dyn Store>>,
}

/// Whoever hangs up has guessed all the same: that no answer came may tell as much as one.
impl Drop for Guess {
    fn drop(&mut self) {
        let Some(store) = self.abandoned.take().filter(|_| !self.under_way.rungs.is_empty()) else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // It stays under way until then: nobody gets a guess in between.
        let under_way = Arc::clone(&self.under_way);
        runtime.spawn(async move {
            if let Err(error) = store.count(&under_way.rungs).await {
                tracing::warn!(%error, "a guess that was abandoned was not counted");
            }
        });
    }
}

impl Guess {
    /// From now on it counts.
    fn made(&mut self, store: &Arc<dyn Store>) {
        self.abandoned = Some(Arc::clone(store));
    }

    /// What became of it is known.
    fn settled(&mut self) {
        self.abandoned = None;
    }
}

impl Auth {
    /// Lets somebody try to sign in, unless there were too many wrong guesses.
    ///
    /// # Errors
    /// [`AuthError::Throttled`]; what the store says.
    pub(super) async fn guess_at_login(
        &self,
        input: &LoginInput,
        user: Option<UserId>,
    ) -> Result<Guess, AuthError> {
        let mark =
            user.and_then(|user| Some((user, input.device.mark_of(user, &self.tokens.keys())?)));
        self.guess(match mark {
            Some((user, mark)) => Target::Known(user, mark),
            None => Target::Typed(&input.name, input.sender),
        })
        .await
    }

    /// Lets whoever is signed in try their password, unless there were too many wrong guesses.
    ///
    /// # Errors
    /// As [`Self::guess_at_login`].
    pub(super) async fn guess_in_session(
        &self,
        session: SessionId,
        user: UserId,
    ) -> Result<Guess, AuthError> {
        self.guess(Target::Session(session, user)).await
    }

    /// Lets somebody try which names are free, and have one: it counts whatever comes of it.
    ///
    /// # Errors
    /// As [`Self::guess_at_login`].
    pub async fn may_register(&self, sender: Option<Sender>) -> Result<(), AuthError> {
        // Who has to wait keeps nobody else waiting.
        self.guess(Target::NewNames(sender)).await?;
        // Looking and counting is one: many at once are no more than one after the other.
        let _turn = self.guessing.registering.lock().await;
        let guess = self.guess(Target::NewNames(sender)).await?;
        self.guessed_wrong(guess).await
    }

    async fn guess(&self, target: Target<'_>) -> Result<Guess, AuthError> {
        let rungs = if self.policy.login_limits { self.rungs(&target) } else { Vec::new() };
        let line = target.line();
        let keys: Vec<_> = rungs.iter().map(|(key, _)| key.clone()).collect();
        let (known, now) = if keys.is_empty() {
            (Vec::new(), Timestamp::default())
        } else {
            self.store.tallies(&keys).await?
        };
        let under_way = self.guessing.begin(rungs, |key, ladder, others| {
            let tally = known.iter().find(|(known, _)| known == key).map(|(_, tally)| *tally);
            wait(tally, others, ladder, now)
        });
        let under_way = under_way.map_err(|wait| AuthError::Throttled { wait })?;
        Ok(Guess { under_way: Arc::new(under_way), known, line, abandoned: None })
    }

    /// Counts a wrong guess.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn guessed_wrong(&self, mut guess: Guess) -> Result<(), AuthError> {
        if !guess.under_way.rungs.is_empty() {
            self.store.count(&guess.under_way.rungs).await?;
        }
        guess.settled();
        Ok(())
    }

    /// The password was right: what was counted for this browser or network and account is forgotten.
    /// What counts strangers together stays: whoever has an account of their own is still one of them.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn guessed_right(&self, mut guess: Guess) -> Result<(), AuthError> {
        guess.settled();
        let rungs = &guess.under_way.rungs;
        let narrow = |key: &TallyKey| rungs.iter().any(|(k, l)| k == key && *l == NARROW);
        let known = guess.known.iter().filter(|(key, _)| narrow(key)).cloned().collect::<Vec<_>>();
        if known.is_empty() {
            return Ok(());
        }
        Ok(self.store.forget_tallies(&known).await?)
    }

    /// Looks whether a guess is right. Whoever does not wait for that has guessed all the same; where
    /// there was no place to look, it was no guess.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when too many are waiting.
    pub(super) async fn verify_guess(
        &self,
        guess: &mut Guess,
        password: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool, AuthError> {
        guess.made(&self.store);
        let right = self.hashing.verify(guess.line, password, hash).await;
        if right.is_err() {
            guess.settled();
        }
        right
    }
}

/// How long a guess waits for those before it, of which so many are under way.
fn wait(known: Option<Tally>, under_way: u32, ladder: Ladder, now: Timestamp) -> Duration {
    let before = known.map_or(Duration::ZERO, |tally| tally.wait(ladder, now));
    let left = known.map_or(0, |tally| tally.left(ladder, now));
    if under_way == 0 || (is_shared(ladder) && left < ladder.free) {
        return before;
    }
    let count = left.saturating_add(under_way);
    before.max(Tally { count, last_at: now }.wait(ladder, now))
}
