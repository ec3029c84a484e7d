//! How often something may be asked for: as often in any span of one period as the rate says.

use std::{collections::VecDeque, str::FromStr, time::Duration};

use super::Timestamp;

/// So many requests in any span of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: usize,
    period: Duration,
}

impl FromStr for Rate {
    type Err = String;

    /// `20/min`, as Django REST framework writes it. There only the first letter of the period counts;
    /// here `10/month` is refused, and not ten a minute.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no rate: write 20/min, with s, m, h or d");
        let (requests, period) = text.split_once('/').ok_or_else(wrong)?;
        let period = match period {
            "s" | "sec" | "second" => Duration::from_secs(1),
            "m" | "min" | "minute" => Duration::from_mins(1),
            "h" | "hour" => Duration::from_hours(1),
            "d" | "day" => Duration::from_hours(24),
            _ => return Err(wrong()),
        };
        let requests = requests.parse().ok().filter(|n| (1..=10_000).contains(n));
        Ok(Self { requests: requests.ok_or_else(wrong)?, period })
    }
}

/// When one caller was let through lately, oldest first.
#[derive(Clone, Debug, Default)]
pub struct History(VecDeque<Timestamp>);

impl History {
    /// Lets a request through and notes it, unless there were too many. A request that is refused is
    /// not noted: who goes on asking is let through as soon as who waits.
    ///
    /// # Errors
    /// How long it takes until the next one is let through.
    pub fn admit(&mut self, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        let Self(admitted) = self;
        while admitted.front().is_some_and(|at| is_over(*at, rate, now)) {
            admitted.pop_front();
        }
        match admitted.front() {
            Some(oldest) if admitted.len() >= rate.requests => {
                Err(rate.period.saturating_sub(now.since(*oldest)))
            }
            _ => {
                admitted.push_back(now);
                Ok(())
            }
        }
    }

    /// Whether nothing in it counts any more.
    pub fn is_over(&self, rate: Rate, now: Timestamp) -> bool {
        self.0.back().is_none_or(|newest| is_over(*newest, rate, now))
    }
}

fn is_over(at: Timestamp, rate: Rate, now: Timestamp) -> bool {
    now.since(at) >= rate.period
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_django_rest_framework_reads_them() {
        let rate = |requests, seconds| Ok(Rate { requests, period: Duration::from_secs(seconds) });
        for (text, expected) in [
            ("5/s", rate(5, 1)),
            ("20/min", rate(20, 60)),
            ("100/hour", rate(100, 3_600)),
            ("1000/day", rate(1_000, 86_400)),
        ] {
            assert_eq!(text.parse(), expected);
        }
        for text in [
            "",
            "5",
            "5/",
            "/min",
            "0/min",
            "-1/min",
            "5/year",
            "10/month",
            "5/min,anon=3/min",
            "99999/s",
            "a/min",
        ] {
            assert!(text.parse::<Rate>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn as_many_pass_in_any_minute_as_the_rate_says() {
        let rate: Rate = "2/min".parse().unwrap();
        let mut history = History::default();
        let mut at = |second: i64| history.admit(rate, Timestamp::from_millis(second * 1_000));
        let wait = |seconds| Err(Duration::from_secs(seconds));
        assert_eq!((at(0), at(10)), (Ok(()), Ok(())));
        assert_eq!((at(20), at(59)), (wait(40), wait(1)));
        assert_eq!((at(60), at(61)), (Ok(()), wait(9)));
        assert_eq!((at(70), at(71)), (Ok(()), wait(49)));
    }

    #[test]
    fn what_does_not_count_any_more_can_be_forgotten() {
        let rate: Rate = "2/min".parse().unwrap();
        let mut history = History::default();
        let second = |second: i64| Timestamp::from_millis(second * 1_000);
        assert!(history.is_over(rate, second(0)));
        assert_eq!(history.admit(rate, second(0)), Ok(()));
        assert!(!history.is_over(rate, second(59)));
        assert!(history.is_over(rate, second(60)));
    }
}
