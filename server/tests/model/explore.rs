//! An exhaustive search through everything that can happen, breadth first, so that what it finds
//! is as short as can be.
//!
//! A state is remembered by 64 bits of hash and those of the state it was reached from. Among 100
//! million states two share a hash, and one of them is missed, with a probability of 1 in 3 600.

use std::{
    fmt,
    hash::{BuildHasher as _, Hash},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
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
    let mut seen = Seen::default();
    let initial = model.initial();
    seen.make_room(1);
    seen.insert(fingerprint(&initial), 0);
    let mut report = Report { states: 0, steps: 0, depth: 0, took: Duration::ZERO, broken: None };
    let mut frontier = vec![initial];
    while !frontier.is_empty() && report.broken.is_none() {
        report.states += frontier.len();
        seen.make_room(report.states + frontier.len() * GROWTH);
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
    let mut reached = Vec::new();
    for state in states {
        let parent = fingerprint(state);
        model.successors(state, &mut |_, next| {
            expanded.steps += 1;
            match next {
                Ok(next) => reached.push((fingerprint(&next), next)),
                Err(promise) => expanded.broken = expanded.broken.or(Some((parent, promise))),
            }
        });
        // Memory is slow, and looking in many places at once takes as long as looking in one.
        let known: Vec<_> = reached.iter().map(|(hash, _)| seen.is_at_home(*hash)).collect();
        for ((hash, next), known) in reached.drain(..).zip(known) {
            if !known && seen.insert(hash, parent) {
                expanded.new.push(next);
            }
        }
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

/// Never 0, which stands for nothing.
fn fingerprint(state: &impl Hash) -> u64 {
    FixedState::default().hash_one(state).max(1)
}

/// A level leads to this many new states for each of its own at most; else the search gives up.
const GROWTH: usize = 3;

/// Hashes of the states that were reached, each with that of the state before it: a table that
/// many may write to at once, and that grows between two levels.
#[derive(Default)]
struct Seen {
    hashes: Vec<AtomicU64>,
    parents: Vec<AtomicU64>,
}

impl Seen {
    /// Makes room for this many in all, and leaves half of the table empty.
    fn make_room(&mut self, count: usize) {
        let slots = (2 * count).next_power_of_two().max(1 << 16);
        if slots <= self.hashes.len() {
            return;
        }
        let old = std::mem::take(self);
        let empty = || (0..slots).into_par_iter().map(|_| AtomicU64::new(0)).collect();
        (self.hashes, self.parents) = (empty(), empty());
        old.hashes.par_iter().zip(&old.parents).for_each(|(hash, parent)| {
            let hash = hash.load(Relaxed);
            if hash != 0 {
                self.insert(hash, parent.load(Relaxed));
            }
        });
    }

    /// Whether it is new.
    fn insert(&self, hash: u64, parent: u64) -> bool {
        for slot in self.slots(hash) {
            match self.hashes[slot].compare_exchange(0, hash, Relaxed, Relaxed) {
                Ok(_) => {
                    self.parents[slot].store(parent, Relaxed);
                    return true;
                }
                Err(found) if found == hash => return false,
                Err(_) => {}
            }
        }
        panic!("the table is full: a level grew more than {GROWTH} times");
    }

    /// Whether it is in the first slot that it may be in.
    fn is_at_home(&self, hash: u64) -> bool {
        self.slots(hash).next().is_some_and(|slot| self.hashes[slot].load(Relaxed) == hash)
    }

    fn parent(&self, hash: u64) -> Option<u64> {
        let slot = self.slots(hash).find(|slot| self.hashes[*slot].load(Relaxed) == hash)?;
        Some(self.parents[slot].load(Relaxed)).filter(|parent| *parent != 0)
    }

    /// Where a hash may be, the likeliest first.
    fn slots(&self, hash: u64) -> impl Iterator<Item = usize> {
        let mask = self.hashes.len() - 1;
        let home = usize::try_from(hash).unwrap_or_default();
        (0..=mask).map(move |step| home.wrapping_add(step) & mask)
    }
}
