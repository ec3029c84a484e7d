//! Whether the pool's connections can be trusted: where one is found dead, others are, too (a restart
//! of the database, a fail-over).

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::storage::StoreError;

/// A connection that has rested for longer is tried first.
const TRUSTED_REST: Duration = Duration::from_secs(5);

/// Remembers when a connection last failed.
#[derive(Debug, Default)]
pub(super) struct Doubt(Mutex<Option<Instant>>);

impl Doubt {
    /// Takes note of how a statement ended. Tells whether it failed for its connection.
    pub(super) fn note<T>(&self, answer: &Result<T, StoreError>) -> bool {
        // One that took too long would take as long again.
        let failed = matches!(answer, Err(StoreError::Unavailable(error))
            if !matches!(**error, sqlx::Error::PoolTimedOut));
        if failed {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        failed
    }

    /// Whether a connection that has rested for so long is to be tried before it is used.
    pub(super) fn concerns(&self, rest: Duration) -> bool {
        let failed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rest > TRUSTED_REST || failed.is_some_and(|at| at.elapsed() <= TRUSTED_REST)
    }
}
