//! What may happen now and then, and gets slow when it happens often: the next one waits not at all at
//! first, then twice as long each time.

use std::time::Duration;

use super::Timestamp;

/// How slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// So many wait for nothing.
    pub free: u32,
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// So long after the last one, one of them is forgiven, and another after as long again.
    pub forgiven_after: Duration,
}

impl Ladder {
    /// How long after the last of so many the next one may come.
    fn wait(self, count: u32) -> Duration {
        let Some(step) = count.checked_sub(self.free) else { return Duration::ZERO };
        let doubled = 1_u32.checked_shl(step).and_then(|times| self.first.checked_mul(times));
        doubled.map_or(self.longest, |wait| wait.min(self.longest))
    }
}

/// How often it has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How many were not forgiven by the time of the last one.
    pub count: u32,
    /// When the last one was.
    pub last_at: Timestamp,
}

impl Tally {
    /// How long the next one has to wait.
    pub fn wait(self, ladder: Ladder, now: Timestamp) -> Duration {
        let passed = self.passed(now);
        ladder.wait(self.left(ladder, now)).saturating_sub(passed)
    }

    /// How many are not forgiven by now.
    pub fn left(self, ladder: Ladder, now: Timestamp) -> u32 {
        let forgiven = self.passed(now).as_millis() / ladder.forgiven_after.as_millis().max(1);
        self.count.saturating_sub(u32::try_from(forgiven).unwrap_or(u32::MAX))
    }

    /// A clock that was set back keeps nobody waiting until it has caught up.
    fn passed(self, now: Timestamp) -> Duration {
        now.since(self.last_at).max(self.last_at.since(now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LADDER: Ladder = Ladder {
        free: 3,
        first: Duration::from_secs(1),
        longest: Duration::from_mins(1),
        forgiven_after: Duration::from_mins(10),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn wait_after(count: u32, seconds: i64) -> u64 {
        Tally { count, last_at: at(0) }.wait(LADDER, at(seconds)).as_secs()
    }

    #[test]
    fn each_one_doubles_the_wait() {
        let waits: Vec<_> = (0..12).map(|count| wait_after(count, 0)).collect();
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(wait_after(u32::MAX, 0), 60);
    }

    #[test]
    fn the_wait_runs_from_the_last_one() {
        assert_eq!((wait_after(6, 5), wait_after(6, 8), wait_after(6, 9)), (3, 0, 0));
    }

    #[test]
    fn who_has_long_been_quiet_begins_anew() {
        let tally = Tally { count: 5, last_at: at(0) };
        let left: Vec<_> = (0..6).map(|n| tally.left(LADDER, at(n * 600 + 1))).collect();
        assert_eq!(left, [5, 4, 3, 2, 1, 0]);
        assert_eq!(tally.left(LADDER, at(1_000_000)), 0);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let tally = Tally { count: 20, last_at: at(3_600) };
        assert_eq!(tally.wait(LADDER, at(0)), Duration::ZERO);
        assert_eq!(tally.wait(LADDER, at(3_590)), Duration::from_secs(50));
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_longest(count: u32, millis in 0..i64::MAX / 2) {
            let tally = Tally { count, last_at: Timestamp::from_millis(millis) };
            prop_assert!(tally.wait(LADDER, Timestamp::default()) <= LADDER.longest);
        }
    }
}
