//! An exhaustive search through everything that can happen, breadth first, so that what it finds
//! is as short as can be.
//!
//! A state is remembered by 64 bits of hash and those of the state it was reached from. Among 100
//! million states two share a hash, and one of them is missed, with a probability of 1 in 3 600.

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasherDefault, Hash, Hasher},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use foldhash::quality::FixedState;
use rayon::prelude::*;

/// What is explored.
pub trait Model: Sync + Sized {
    type State: Clone + Hash + Send + Sync;
    type Action: fmt::Display;

    /// Where it begins.
    fn initial(&self) -> Self::State;

    /// Everything that can happen next, and what comes of it: a state, or a broken promise.
    fn successors(&self, state: &Self::State, visit: &mut Visit<'_, Self>);
}

/// Receives what can happen next.
pub type Visit<'v, M> =
    dyn FnMut(<M as Model>::Action, Result<<M as Model>::State, &'static str>) + 'v;

/// What a search has found.
pub struct Report {
    pub states: usize,
    pub steps: usize,
    pub depth: usize,
    pub took: Duration,
    pub broken: Option<Broken>,
}

/// A promise that does not hold, and the shortest way there.
pub struct Broken {
    pub promise: &'static str,
    pub trace: Vec<String>,
}

/// Visits every state that can be reached, or stops at the first broken promise.
pub fn explore<M: Model>(model: &M) -> Report {
    let begun = Instant::now();
    let seen = Seen::default();
    let initial = model.initial();
    seen.insert(fingerprint(&initial), 0);
    let mut report = Report { states: 0, steps: 0, depth: 0, took: Duration::ZERO, broken: None };
    let mut frontier = vec![initial];
    while !frontier.is_empty() && report.broken.is_none() {
        report.states += frontier.len();
        let expanded: Vec<_> =
            frontier.par_chunks(1024).map(|states| expand(model, states, &seen)).collect();
        report.steps += expanded.iter().map(|part| part.steps).sum::<usize>();
        let found = expanded.iter().find_map(|part| part.broken);
        report.broken =
            found.map(|(at, promise)| Broken { promise, trace: trace(model, &seen, at, promise) });
        frontier = expanded.into_iter().flat_map(|part| part.new).collect();
        report.depth += usize::from(!frontier.is_empty());
    }
    report.took = begun.elapsed();
    report
}

/// What some states of a level lead to.
struct Expanded<S> {
    new: Vec<S>,
    steps: usize,
    /// The state before the broken promise, and which.
    broken: Option<(u64, &'static str)>,
}

fn expand<M: Model>(model: &M, states: &[M::State], seen: &Seen) -> Expanded<M::State> {
    let mut expanded = Expanded { new: Vec::new(), steps: 0, broken: None };
    for state in states {
        let parent = fingerprint(state);
        model.successors(state, &mut |_, next| {
            expanded.steps += 1;
            match next {
                Ok(next) if seen.insert(fingerprint(&next), parent) => expanded.new.push(next),
                Ok(_) => {}
                Err(promise) => expanded.broken = expanded.broken.or(Some((parent, promise))),
            }
        });
    }
    expanded
}

/// The way from the beginning to the broken promise: the hashes say which states it went through,
/// and walking it once more says what happened.
fn trace<M: Model>(model: &M, seen: &Seen, last: u64, promise: &str) -> Vec<String> {
    let mut hashes = vec![last];
    while let Some(parent) = hashes.last().and_then(|hash| seen.parent(*hash)) {
        hashes.push(parent);
    }
    hashes.reverse();
    let mut state = model.initial();
    let mut trace = Vec::new();
    for hash in &hashes[1..] {
        let mut next = None;
        model.successors(&state, &mut |action, reached| {
            if let Ok(reached) = reached
                && next.is_none()
                && fingerprint(&reached) == *hash
            {
                trace.push(action.to_string());
                next = Some(reached);
            }
        });
        state = next.expect("a state that was reached can be reached again");
    }
    let mut told = false;
    model.successors(&state, &mut |action, reached| {
        if !told && reached.err() == Some(promise) {
            trace.push(action.to_string());
            told = true;
        }
    });
    trace
}

fn fingerprint(state: &impl Hash) -> u64 {
    use std::hash::BuildHasher as _;
    FixedState::default().hash_one(state)
}

const SHARDS: usize = 256;

/// Hashes of the states that were reached, each with that of the state before it.
struct Seen(Vec<Mutex<HashMap<u64, u64, BuildHasherDefault<AsIs>>>>);

impl Default for Seen {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }
}

impl Seen {
    /// Whether it is new.
    fn insert(&self, hash: u64, parent: u64) -> bool {
        let mut shard = self.shard(hash);
        let new = !shard.contains_key(&hash);
        if new {
            shard.insert(hash, parent);
        }
        new
    }

    fn parent(&self, hash: u64) -> Option<u64> {
        self.shard(hash).get(&hash).copied().filter(|parent| *parent != 0)
    }

    fn shard(
        &self,
        hash: u64,
    ) -> std::sync::MutexGuard<'_, HashMap<u64, u64, BuildHasherDefault<AsIs>>> {
        // Neither the lowest nor the highest bits: those the maps go by.
        let shard = usize::from(hash.to_le_bytes()[5]);
        self.0[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hashes are not hashed again.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes are stored");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
