//! Access tokens show what the client holds: one that carries a generation proves that its refresh
//! token was stored. The proofs are gathered in memory and written once a second, for many families
//! at once. A batch that is lost only leaves a window open for longer.
//!
//! In the same way is noted that a session was used where nothing else of it changes: when it got an
//! access token and nothing more.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{Auth, AuthError, Identity};
use crate::{
    domain::{Generation, SessionId, Timestamp},
    storage::Sighting,
};

/// How often they are written.
const INTERVAL: Duration = Duration::from_secs(1);
/// How many are written by one statement: after an outage there may be very many.
const MOST: usize = 1_000;

/// What access tokens have shown lately.
#[derive(Debug, Default)]
pub struct Sightings {
    shown: Mutex<HashMap<SessionId, Shown>>,
    /// Sessions that were used, and when by the store's time.
    used: Mutex<HashMap<SessionId, Timestamp>>,
}

/// The newest generation that a family's access tokens have shown.
#[derive(Clone, Copy, Debug)]
struct Shown {
    generation: Generation,
    at: Timestamp,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waits to be written.
    Waiting,
    /// The database did not take it: it is known there, or came too soon after an answer.
    Refused,
    /// Written.
    Written,
}

impl Sightings {
    /// A session was used.
    fn note_use(&self, session: SessionId, at: Timestamp) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let last = used.entry(session).or_insert(at);
        *last = at.max(*last);
    }

    fn take_used(&self) -> Vec<(SessionId, Timestamp)> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }

    /// A token has shown a generation. Of one that was refused, the next one counts that comes
    /// `store_delay` later.
    fn note(&self, session: SessionId, generation: Generation, at: Timestamp, delay: Duration) {
        let mut shown = self.lock();
        let known = shown.get(&session).is_some_and(|shown| {
            let again = shown.stage == Stage::Refused && at.since(shown.at) >= delay;
            shown.generation > generation || (shown.generation == generation && !again)
        });
        if !known {
            shown.insert(session, Shown { generation, at, stage: Stage::Waiting });
        }
    }

    /// Those that wait, after all that no token can show any more are forgotten.
    fn waiting(&self, now: Timestamp, longest_access: Duration) -> Vec<(SessionId, Shown)> {
        let mut shown = self.lock();
        shown.retain(|_, shown| now.since(shown.at) < longest_access);
        let waiting = shown.iter().filter(|(_, shown)| shown.stage == Stage::Waiting);
        waiting.map(|(session, shown)| (*session, *shown)).collect()
    }

    fn settle(&self, session: SessionId, generation: Generation, stage: Stage) {
        if let Some(shown) = self.lock().get_mut(&session)
            && shown.generation == generation
        {
            shown.stage = stage;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Shown>> {
        // A panic cannot leave the map half-changed.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Auth {
    /// Notes what an access token shows, if it is old enough to prove anything: what was answered
    /// with it has reached the disk by now.
    pub(super) fn sight(&self, caller: &Identity, now: Timestamp) {
        let delay = self.policy.rotation.store_delay;
        if now.since(caller.issued_at) >= delay {
            self.sightings.note(caller.session, caller.generation, now, delay);
        }
    }

    /// Notes that a session was used.
    pub(super) fn note_use(&self, session: SessionId, at: Timestamp) {
        self.sightings.note_use(session, at);
    }

    async fn write_uses(&self) -> Result<(), AuthError> {
        let used = self.sightings.take_used();
        for (number, some) in used.chunks(MOST).enumerate() {
            if let Err(error) = self.store.touch(some).await {
                for (session, at) in &used[number * MOST..] {
                    self.sightings.note_use(*session, *at);
                }
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Writes what was noted.
    ///
    /// # Errors
    /// What the store says; it all stays noted.
    pub async fn write_sightings(&self) -> Result<(), AuthError> {
        self.write_uses().await?;
        let now = self.now();
        let waiting = self.sightings.waiting(now, self.tokens.policy().longest_access());
        if waiting.is_empty() {
            return Ok(());
        }
        for some in waiting.chunks(MOST) {
            self.write_some(some).await?;
        }
        Ok(())
    }

    async fn write_some(&self, shown: &[(SessionId, Shown)]) -> Result<(), AuthError> {
        // Presented at a moment of this process, judged by the store's. Ours is read last: what is
        // wrong by the time that the other took to come makes a sighting older, never younger.
        let store_now = self.store.now().await?;
        let now = self.now();
        let sighting = |(session, shown): &(SessionId, Shown)| Sighting {
            session: *session,
            generation: shown.generation,
            at: store_now.before(now.since(shown.at)),
        };
        let sightings: Vec<_> = shown.iter().map(sighting).collect();
        let written = self.store.sight(&sightings, self.policy.rotation.store_delay).await?;
        for ((session, shown), written) in shown.iter().zip(written) {
            let stage = if written { Stage::Written } else { Stage::Refused };
            self.sightings.settle(*session, shown.generation, stage);
        }
        Ok(())
    }

    /// Writes once a second until `stop`, and once more then.
    pub async fn keep_writing_sightings(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let stopped = stop.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_none();
            if let Err(error) = self.write_sightings().await {
                tracing::warn!(%error, "sightings wait for the database");
            }
            if stopped {
                return;
            }
        }
    }
}
