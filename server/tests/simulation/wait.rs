//! How long people stay away.

use std::{fmt, time::Duration};

/// The wait before the next presentation, and so before whatever was lost is tried again.
pub const WAITS: [(&str, Duration); 6] = [
    ("0", Duration::ZERO),
    ("1 s", Duration::from_secs(1)),
    ("20 s", Duration::from_secs(20)),
    ("6 min", Duration::from_mins(6)),
    ("8 h", Duration::from_hours(8)),
    ("3 d", Duration::from_hours(72)),
];

/// How often a lost answer was followed by which wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct Histogram(pub [usize; WAITS.len()]);

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.0.iter().max().copied().unwrap_or_default().max(1);
        for ((name, _), count) in WAITS.iter().zip(self.0) {
            writeln!(f, "    {name:>5}  {count:>8}  {}", "#".repeat(count * 40 / most))?;
        }
        Ok(())
    }
}
