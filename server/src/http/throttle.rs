//! `DEFAULT_THROTTLE_RATES`: how often one caller may try what attackers try. Each node counts for
//! itself, in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{extract::Request, http::Extensions};

use super::{Failure, sender};
use crate::{
    auth::Identity,
    domain::{Network, Rate, Sender, Timestamp, UserId, throttle::History},
};

/// When there are so many callers, those that do not count any more are forgotten.
const MANY: usize = 10_000;

/// Who is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Caller {
    /// Somebody who is signed in, wherever they are.
    User(UserId),
    /// Everybody at one address.
    Network(Network),
    /// Whoever calls from nobody knows where: from inside this process, or through a proxy that does
    /// not say.
    Unknown,
}

impl Caller {
    fn of(identity: Option<Identity>, extensions: &Extensions) -> Self {
        let network = || sender::of(extensions).and_then(Sender::network);
        match identity {
            Some(identity) => Self::User(identity.user_id),
            None => network().map_or(Self::Unknown, Self::Network),
        }
    }
}

/// Counts callers.
#[derive(Debug, Default)]
pub struct Throttle {
    histories: Mutex<Histories>,
}

#[derive(Debug, Default)]
struct Histories {
    of: HashMap<Caller, History>,
    /// How many there were after they were last sorted out.
    kept: usize,
}

impl Throttle {
    /// Lets a request through, unless there were too many of this caller's.
    ///
    /// # Errors
    /// [`Failure::Throttled`].
    pub fn check(
        &self,
        rate: Rate,
        identity: Option<Identity>,
        request: &Request,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let caller = Caller::of(identity, request.extensions());
        let mut histories = self.histories.lock().unwrap_or_else(PoisonError::into_inner);
        histories.sort_out(rate, now);
        let admitted = histories.of.entry(caller).or_default().admit(rate, now);
        admitted.map_err(|wait| Failure::Throttled { wait })
    }
}

impl Histories {
    /// Now and then, so that it costs each caller next to nothing.
    fn sort_out(&mut self, rate: Rate, now: Timestamp) {
        if self.of.len() < MANY.max(2 * self.kept) {
            return;
        }
        self.of.retain(|_, history| !history.is_over(rate, now));
        self.kept = self.of.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_that_do_not_count_any_more_are_forgotten() {
        let rate: Rate = "1/s".parse().unwrap();
        let mut histories = Histories::default();
        for number in 0..2 * MANY {
            let now = Timestamp::from_millis(i64::try_from(number).unwrap());
            histories.sort_out(rate, now);
            let caller = Caller::User(UserId(i64::try_from(number).unwrap()));
            histories.of.entry(caller).or_default().admit(rate, now).unwrap();
        }
        assert!(histories.of.len() < MANY + 2_000, "{}", histories.of.len());
    }
}
