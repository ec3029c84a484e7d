//! When to refresh: pure arithmetic on [`Elapsed`] time.
//!
//! Every `jitter` is a number in `[0, 1)` drawn by the caller, so that many clients that started
//! together do not come back together.

use super::Elapsed;

/// The longest delay a browser timer can hold (24.8 days); longer waits take several.
pub const LONGEST_TIMER_MS: u32 = i32::MAX as u32;

/// After a success the next refresh comes no sooner than this, however short the lifetime is.
const SHORTEST_REST_MS: u64 = 1_000;
/// Lifetimes below this are refreshed at 80 %, longer ones [`MARGIN_MS`] before their end.
const SHORT_LIFETIME_MS: u64 = 5 * 60_000;
const MARGIN_MS: u64 = 60_000;
const LARGEST_SPREAD_MS: u64 = 30_000;

const FIRST_BACKOFF_MS: u64 = 1_000;
const LARGEST_BACKOFF_MS: u64 = 60_000;
/// Even the luckiest draw waits this long before it tries again.
const SHORTEST_BACKOFF_MS: u64 = 500;
/// A `Retry-After` beyond this is taken for a mistake.
const LONGEST_RETRY_AFTER_MS: u64 = 60 * 60_000;

/// What is known of the access token in the cookie: not itself, only its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// When it expires.
    pub expires: Elapsed,
    /// Milliseconds it lives in all.
    pub lifetime_ms: u64,
}

impl Access {
    /// A token answered at `answered` that has all of its `expires_in_s` seconds before it.
    pub fn fresh(answered: Elapsed, expires_in_s: u64) -> Self {
        let lifetime_ms = expires_in_s.saturating_mul(1_000);
        Self { expires: answered.plus(lifetime_ms), lifetime_ms }
    }

    /// When to replace it: a minute before it expires, or at 80 % of a short lifetime; earlier by
    /// up to 5 % of the lifetime or 30 s, whichever is less.
    pub fn refresh_due(&self, jitter: f64) -> Elapsed {
        let spread_ms = share(jitter, (self.lifetime_ms / 20).min(LARGEST_SPREAD_MS));
        self.expires.minus(margin_ms(self.lifetime_ms)).minus(spread_ms)
    }

    /// [`Access::refresh_due`] for a token that was obtained just `now`: never in the past, so
    /// that not even a lifetime of 0 makes a loop.
    pub fn next_refresh(&self, jitter: f64, now: Elapsed) -> Elapsed {
        self.refresh_due(jitter).max(now.plus(SHORTEST_REST_MS))
    }
}

/// How long before its expiry a token of this lifetime is replaced at the latest.
pub fn margin_ms(lifetime_ms: u64) -> u64 {
    if lifetime_ms < SHORT_LIFETIME_MS { lifetime_ms.div_ceil(5) } else { MARGIN_MS }
}

/// Milliseconds that the server asks to wait, within reason; 0 where it asks for nothing.
pub fn retry_after_ms(retry_after_s: Option<u64>) -> u64 {
    retry_after_s.unwrap_or(0).saturating_mul(1_000).min(LONGEST_RETRY_AFTER_MS)
}

/// Milliseconds to wait after the `failures`-th failed refresh in a row: any part of a window that
/// doubles each time (full jitter), after what the server asked for.
pub fn backoff_ms(failures: u32, retry_after_s: Option<u64>, jitter: f64) -> u64 {
    let doublings = failures.min(16);
    let window_ms = (FIRST_BACKOFF_MS << doublings).min(LARGEST_BACKOFF_MS);
    retry_after_ms(retry_after_s) + share(jitter, window_ms).max(SHORTEST_BACKOFF_MS)
}

/// The delay of a timer that should ring at `due`, or on the way there if that is too far.
pub fn timer_ms(due: Elapsed, now: Elapsed) -> u32 {
    u32::try_from(due.since(now)).map_or(LONGEST_TIMER_MS, |ms| ms.min(LONGEST_TIMER_MS))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "whole values below 60 000, and the cast saturates"
)]
fn share(jitter: f64, whole_ms: u64) -> u64 {
    (jitter.clamp(0.0, 1.0) * whole_ms as f64) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minute_early_or_at_80_percent() {
        let due = |lifetime_s, jitter| Access::fresh(Elapsed(0), lifetime_s).refresh_due(jitter).0;
        assert_eq!(due(900, 0.0), 840_000);
        assert_eq!(due(900, 0.5), 825_000);
        assert_eq!(due(900, 1.0), 810_000);
        assert_eq!(due(300, 0.0), 240_000);
        assert_eq!(due(299, 0.0), 239_200);
        assert_eq!(due(5, 0.0), 4_000);
        assert_eq!(due(5, 0.5), 3_875);
        assert_eq!(due(0, 0.9), 0);
    }

    #[test]
    fn no_lifetime_is_too_short_to_rest() {
        let now = Elapsed(7_000);
        assert_eq!(Access::fresh(now, 0).next_refresh(0.9, now), Elapsed(8_000));
        assert_eq!(Access::fresh(now, 1).next_refresh(0.0, now), Elapsed(8_000));
        assert_eq!(Access::fresh(now, 2).next_refresh(0.0, now), Elapsed(8_600));
    }

    #[test]
    fn backoff_grows_and_heeds_the_server() {
        assert_eq!(backoff_ms(1, None, 0.5), 1_000);
        assert_eq!(backoff_ms(4, None, 0.5), 8_000);
        assert_eq!(backoff_ms(u32::MAX, None, 0.5), 30_000);
        assert_eq!(backoff_ms(1, None, 0.0), SHORTEST_BACKOFF_MS);
        assert_eq!(backoff_ms(1, Some(58), 0.5), 59_000);
        assert_eq!(backoff_ms(1, Some(u64::MAX), 0.5), LONGEST_RETRY_AFTER_MS + 1_000);
    }

    #[test]
    fn waits_of_months_are_split() {
        let days = |n: u64| n * 24 * 3_600_000;
        assert_eq!(timer_ms(Elapsed(days(60)), Elapsed(0)), LONGEST_TIMER_MS);
        assert_eq!(timer_ms(Elapsed(days(30)), Elapsed(0)), LONGEST_TIMER_MS);
        assert_eq!(timer_ms(Elapsed(days(60)), Elapsed(days(59))), 86_400_000);
        assert_eq!(timer_ms(Elapsed(5), Elapsed(9)), 0);
    }

    proptest! {
        #[test]
        fn due_lies_before_expiry_and_keeps_most_of_the_lifetime(
            answered in 0..=u64::MAX / 2, lifetime_s in 1..=10_000_000_u64, jitter in 0.0..1.0_f64,
        ) {
            let access = Access::fresh(Elapsed(answered), lifetime_s);
            let due = access.refresh_due(jitter);
            let early = access.expires.since(due);
            let lifetime = access.lifetime_ms;
            prop_assert!(due < access.expires);
            prop_assert!(early >= margin_ms(lifetime));
            prop_assert!(early <= margin_ms(lifetime) + (lifetime / 20).min(30_000));
            prop_assert!(due >= Elapsed(answered));
            prop_assert!(access.next_refresh(jitter, Elapsed(answered)) > Elapsed(answered));
        }

        #[test]
        fn nothing_overflows_and_nothing_is_due_in_the_past(
            answered: u64, lifetime_s: u64, jitter in 0.0..1.0_f64,
        ) {
            let access = Access::fresh(Elapsed(answered), lifetime_s);
            let next = access.next_refresh(jitter, Elapsed(answered));
            prop_assert!(next >= Elapsed(answered));
            prop_assert!(timer_ms(next, Elapsed(answered)) <= LONGEST_TIMER_MS);
        }

        #[test]
        fn the_timers_of_a_split_wait_add_up(from in 0..=1_000_u64, wait in 0..=u64::from(u32::MAX) * 8) {
            let (due, mut now, mut timers) = (Elapsed(from + wait), Elapsed(from), 0);
            while now < due {
                now = now.plus(u64::from(timer_ms(due, now)));
                timers += 1;
            }
            prop_assert_eq!(now, due);
            prop_assert!(timers <= 17);
        }

        #[test]
        fn backoff_stays_within_its_window(
            failures in 1..=u32::MAX, retry_after in proptest::option::of(0..=u64::MAX), jitter in 0.0..1.0_f64,
        ) {
            let wait = backoff_ms(failures, retry_after, jitter);
            let asked = retry_after_ms(retry_after);
            prop_assert!(wait >= asked + SHORTEST_BACKOFF_MS);
            prop_assert!(wait <= asked + LARGEST_BACKOFF_MS);
        }
    }
}
