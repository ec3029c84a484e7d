//! Guessing passwords gets slow: for each place from which one account is tried, for the account,
//! and for the place.
//!
//! Nobody is locked out by it. Whoever tries somebody else's account slows down strangers alone: a
//! browser that the account was used with is counted by itself, whatever all others do.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Auth, AuthError, LoginInput, LoginName, hashing::Line};
use crate::{
    domain::{Email, Ladder, Network, SessionId, Tally, Timestamp, UserId, Username},
    storage::TallyKey,
};

/// A browser that is known, a session, or one account tried from one network.
const NARROW: Ladder = ladder(5, Duration::from_mins(15), Duration::from_mins(15));
/// An account tried from wherever: a few hundred networks together try as often as one.
const ACCOUNT: Ladder = ladder(50, Duration::from_mins(1), Duration::from_mins(1));
/// A network, behind which there may be many people, whatever accounts it tries.
const NETWORK: Ladder = ladder(50, Duration::from_mins(1), Duration::from_secs(10));

const fn ladder(free: u32, longest: Duration, forgiven_after: Duration) -> Ladder {
    Ladder { free, first: Duration::from_secs(1), longest, forgiven_after }
}

/// Guesses under way in this process: until they are counted they are taken to be wrong, so that
/// many at once are no more than one after the other.
#[derive(Clone, Debug, Default)]
pub struct Guessing(Arc<Mutex<HashMap<TallyKey, u32>>>);

impl Guessing {
    fn lock(&self) -> MutexGuard<'_, HashMap<TallyKey, u32>> {
        // A panic cannot leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more at each of these. Tells how many there were before.
    fn begin(&self, rungs: Vec<(TallyKey, Ladder)>) -> (UnderWay, HashMap<TallyKey, u32>) {
        let mut pending = self.lock();
        let mut before = HashMap::with_capacity(rungs.len());
        for (key, _) in &rungs {
            let count = pending.entry(key.clone()).or_default();
            before.insert(key.clone(), *count);
            *count += 1;
        }
        (UnderWay { rungs, pending: self.clone() }, before)
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
#[derive(Debug)]
pub(super) struct Guess {
    under_way: UnderWay,
    /// What was known before it.
    known: Vec<(TallyKey, Tally)>,
    line: Line,
}

impl Guess {
    /// With whom it waits to be hashed for.
    pub(super) const fn line(&self) -> Line {
        self.line
    }
}

/// What is guessed at, and from where.
enum Target<'a> {
    /// Somebody's account, from a browser that it was used with before.
    Known(UserId, &'a str),
    /// What somebody typed, from a network, where that is known.
    Typed(String, Option<Network>),
    /// The password of whoever is signed in.
    Session(SessionId, UserId),
}

impl Target<'_> {
    const fn line(&self) -> Line {
        match self {
            Self::Known(user, _) | Self::Session(_, user) => Line::Owner(*user),
            Self::Typed(_, network) => Line::Strangers(*network),
        }
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
            None => Target::Typed(typed(&input.name), input.network),
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

    async fn guess(&self, target: Target<'_>) -> Result<Guess, AuthError> {
        let rungs = if self.policy.login_limits { self.rungs(&target) } else { Vec::new() };
        let line = target.line();
        let (under_way, others) = self.guessing.begin(rungs);
        if under_way.rungs.is_empty() {
            return Ok(Guess { under_way, known: Vec::new(), line });
        }
        let keys: Vec<_> = others.keys().cloned().collect();
        let (known, now) = self.store.tallies(&keys).await?;
        let tally = |key: &TallyKey| known.iter().find(|(known, _)| known == key).map(|(_, t)| *t);
        let waits = under_way.rungs.iter().map(|(key, ladder)| {
            // Of a network's many people most know their password, and its line is short.
            let others = others.get(key).copied().filter(|_| *ladder != NETWORK);
            wait(tally(key), others.unwrap_or_default(), *ladder, now)
        });
        match waits.max() {
            Some(wait) if !wait.is_zero() => Err(AuthError::Throttled { wait }),
            _ => Ok(Guess { under_way, known, line }),
        }
    }

    /// Counts a wrong guess.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn guessed_wrong(&self, guess: Guess) -> Result<(), AuthError> {
        let rungs = &guess.under_way.rungs;
        if rungs.is_empty() {
            return Ok(());
        }
        Ok(self.store.count(rungs).await?)
    }

    /// The password was right: what was counted for this browser or network and account is forgotten.
    /// What counts strangers together stays: whoever has an account of their own is still one of them.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn guessed_right(&self, guess: Guess) -> Result<(), AuthError> {
        let Guess { under_way, mut known, .. } = guess;
        let narrow = |key: &TallyKey| under_way.rungs.iter().any(|(k, l)| k == key && *l == NARROW);
        known.retain(|(key, _)| narrow(key));
        if known.is_empty() {
            return Ok(());
        }
        Ok(self.store.forget_tallies(&known).await?)
    }

    fn rungs(&self, target: &Target<'_>) -> Vec<(TallyKey, Ladder)> {
        let key = |parts: &[&[u8]]| self.tally_key(&[&[b"guess".as_slice()], parts].concat());
        match target {
            Target::Known(user, mark) => {
                vec![(key(&[b"device", &user.0.to_be_bytes(), mark.as_bytes()]), NARROW)]
            }
            Target::Session(id, _) => vec![(key(&[b"session", id.as_bytes()]), NARROW)],
            Target::Typed(name, network) => {
                let name = name.as_bytes();
                let mut rungs = vec![(key(&[b"account", name]), ACCOUNT)];
                if let Some(network) = network {
                    let network = network.bytes();
                    rungs.push((key(&[b"account from", name, &network]), NARROW));
                    rungs.push((key(&[b"network", &network]), NETWORK));
                }
                rungs
            }
        }
    }
}

impl Auth {
    /// Names what is counted, and tells nobody what that is.
    pub(super) fn tally_key(&self, parts: &[&[u8]]) -> TallyKey {
        let parts = [&[b"tally".as_slice()], parts].concat();
        TallyKey(hex::encode(self.tokens.keys().signing().ticket_mac(&parts).truncated(16)))
    }
}

/// How long a guess waits for those before it, of which so many are under way.
fn wait(known: Option<Tally>, under_way: u32, ladder: Ladder, now: Timestamp) -> Duration {
    let before = known.map_or(Duration::ZERO, |tally| tally.wait(ladder, now));
    if under_way == 0 {
        return before;
    }
    let count = known.map_or(0, |tally| tally.left(ladder, now)).saturating_add(under_way);
    before.max(Tally { count, last_at: now }.wait(ladder, now))
}

/// The same for all ways to write it.
fn typed(name: &LoginName) -> String {
    match name {
        LoginName::Email(text) => Email::key_of(text),
        LoginName::Username(text) | LoginName::Either(text) => Username::key_of(text),
    }
}
