//! Moments in words. They are told as the server tells them, in UTC and by its clock, so that the
//! browser's first frame is the server's; from there on they age.

use std::time::Duration;

use leptos::prelude::*;

use super::{Erase, Piece, effect};
use crate::session::use_session;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How often a page looks at how much time has passed.
const TICK: Duration = Duration::from_secs(30);

/// The clock by which a page tells ages: what the server's showed, and what has passed since.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Seconds since the epoch.
    told: Option<i64>,
    passed_s: RwSignal<i64>,
}

impl Clock {
    /// A clock that showed this, in ISO 8601, when the page was told. It runs on after hydration.
    pub fn started(told: &str) -> Self {
        let (session, passed_s) = (use_session(), RwSignal::new(0));
        effect(move |_| {
            let (session, start) = (session.clone(), session.elapsed());
            let tick = move || {
                let passed = session.elapsed().since(start) / 1_000;
                passed_s.set(i64::try_from(passed).unwrap_or(i64::MAX));
            };
            if let Ok(interval) = set_interval_with_handle(tick, TICK) {
                on_cleanup(move || interval.clear());
            }
        });
        Self { told: Moment::parse(told).map(Moment::seconds), passed_s }
    }

    /// What it shows now. Reactive.
    fn now(self) -> Option<i64> {
        Some(self.told?.saturating_add(self.passed_s.get()))
    }
}

/// How long ago a moment was, and which it was, exactly. It is ISO 8601 in UTC.
pub fn moment(at: &str, clock: Clock) -> Piece {
    let since = Moment::parse(at).filter(|_| clock.told.is_some());
    let ago = since.map(|since| {
        let ago =
            Signal::derive(move || clock.now().map_or_else(String::new, |now| since.ago(now)));
        view! { <span>{ago}</span> }.erase()
    });
    view! {
        <time class="moment" datetime=at.to_owned()>
            {ago} " " <span class="exact">{exact(at)}</span>
        </time>
    }
    .erase()
}

/// Which moment it was. It is ISO 8601 in UTC.
pub fn exact(at: &str) -> String {
    Moment::parse(at).map_or_else(|| at.to_owned(), Moment::exact)
}

/// A moment, to the second.
#[derive(Clone, Copy)]
struct Moment {
    year: i64,
    /// From 1 on.
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Moment {
    /// Reads what the API writes: `2026-11-23T20:47:43Z`, with or without a fraction.
    fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| text.get(from..to)?.parse().ok();
        let moment = Self {
            year: number(0, 4)?,
            month: number(5, 7).filter(|month| (1..=12).contains(month))?,
            day: number(8, 10)?,
            hour: number(11, 13)?,
            minute: number(14, 16)?,
            second: number(17, 19)?,
        };
        text.ends_with('Z').then_some(moment)
    }

    /// Seconds since the epoch. Years are counted from March on, so that a leap day ends one.
    fn seconds(self) -> i64 {
        let year = if self.month > 2 { self.year } else { self.year - 1 };
        let leap_days = year / 4 - year / 100 + year / 400;
        let month = (self.month + 9) % 12;
        let days = year * 365 + leap_days + (month * 153 + 2) / 5 + self.day - 719_469;
        ((days * 24 + self.hour) * 60 + self.minute) * 60 + self.second
    }

    fn exact(self) -> String {
        let Self { year, month, day, hour, minute, .. } = self;
        let month = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
        format!("{day} {} {year}, {hour:02}:{minute:02} UTC", month.unwrap_or(&""))
    }

    /// How long before `now` it was, which is in seconds since the epoch.
    fn ago(self, now: i64) -> String {
        const UNITS: [(i64, &str); 5] = [
            (365 * 86_400, "year"),
            (30 * 86_400, "month"),
            (86_400, "day"),
            (3_600, "hour"),
            (60, "minute"),
        ];
        let passed = now.saturating_sub(self.seconds());
        let unit = UNITS.iter().find(|(seconds, _)| passed >= *seconds);
        unit.map_or_else(
            || "just now".to_owned(),
            |(seconds, unit)| match passed / seconds {
                1 => format!("1 {unit} ago"),
                n => format!("{n} {unit}s ago"),
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn the_calendar_is_right() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2026-11-23T20:47:43.217000Z", 1_795_466_863),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(Moment::parse(text).map(Moment::seconds), Some(seconds), "{text}");
        }
    }

    #[test]
    fn moments_are_told_in_words() {
        let now = Moment::parse("2026-11-23T20:47:43Z").unwrap().seconds();
        for (text, ago, exact) in [
            ("2026-11-23T20:46:44Z", "just now", "23 Nov 2026, 20:46 UTC"),
            // Another machine's clock may be ahead.
            ("2026-11-23T20:48:00Z", "just now", "23 Nov 2026, 20:48 UTC"),
            ("2026-11-23T20:46:43Z", "1 minute ago", "23 Nov 2026, 20:46 UTC"),
            ("2026-11-23T18:30:00Z", "2 hours ago", "23 Nov 2026, 18:30 UTC"),
            ("2026-11-20T20:47:43Z", "3 days ago", "20 Nov 2026, 20:47 UTC"),
            ("2026-09-01T05:04:03Z", "2 months ago", "1 Sep 2026, 05:04 UTC"),
            ("2024-02-29T05:04:03Z", "2 years ago", "29 Feb 2024, 05:04 UTC"),
        ] {
            let moment = Moment::parse(text).unwrap();
            assert_eq!((moment.ago(now).as_str(), moment.exact().as_str()), (ago, exact), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["", "soon", "2026-13-01T00:00:00Z", "2026-11-23T20:47:43+01:00", "2026-11-é3T"]
        {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
    }
}
