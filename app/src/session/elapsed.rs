//! Time as the session machine knows it: what has passed, never what the clock on the wall says.

/// Milliseconds that have passed since the page was requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elapsed(pub u64);

impl Elapsed {
    /// The moment `ms` milliseconds later.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The moment `ms` milliseconds earlier, not before the page was requested.
    #[must_use]
    pub fn minus(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms))
    }

    /// Milliseconds from `earlier` to this moment; 0 if that lies ahead.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Adds up elapsed time from two clocks, taking the larger step of both each time.
///
/// A monotonic clock may stand still while the computer sleeps, and the clock on the wall may be
/// set back: either alone would let a token look younger than it is. All in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    monotonic: f64,
    wall: f64,
    elapsed: f64,
}

impl Stopwatch {
    /// A stopwatch that has run for `monotonic_ms` already (`performance.now()` counts from the
    /// request of the page).
    pub fn started(monotonic_ms: f64, wall_ms: f64) -> Self {
        Self { monotonic: monotonic_ms, wall: wall_ms, elapsed: monotonic_ms.max(0.0) }
    }

    /// Reads both clocks and says how much has passed in all.
    pub fn read(&mut self, monotonic_ms: f64, wall_ms: f64) -> Elapsed {
        let step = (monotonic_ms - self.monotonic).max(wall_ms - self.wall).max(0.0);
        self.elapsed += step;
        (self.monotonic, self.wall) = (monotonic_ms, wall_ms);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "never negative, and a float cast saturates"
        )]
        Elapsed(self.elapsed as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: f64 = 1_700_000_000_000.0;
    const HOUR: f64 = 3_600_000.0;

    #[test]
    fn both_clocks_in_step() {
        let mut watch = Stopwatch::started(1_500.0, NOON);
        assert_eq!(watch.read(1_500.0, NOON), Elapsed(1_500));
        assert_eq!(watch.read(2_500.5, NOON + 1_000.0), Elapsed(2_500));
    }

    #[test]
    fn sleep_counts_when_the_monotonic_clock_slept_too() {
        let mut watch = Stopwatch::started(0.0, NOON);
        assert_eq!(watch.read(10.0, NOON + 8.0 * HOUR), Elapsed(28_800_000));
    }

    #[test]
    fn a_wall_clock_set_back_takes_nothing_away_and_hides_no_later_sleep() {
        let mut watch = Stopwatch::started(0.0, NOON);
        assert_eq!(watch.read(1_000.0, NOON - 24.0 * HOUR), Elapsed(1_000));
        assert_eq!(watch.read(2_000.0, NOON - 23.0 * HOUR), Elapsed(1_000 + 3_600_000));
    }
}
