//! Moments as databases write them.

use time::{
    Date, PrimitiveDateTime, Time, UtcOffset, format_description::BorrowedFormatItem,
    macros::format_description,
};

use crate::domain::Timestamp;

type Format<'a> = &'a [BorrowedFormatItem<'a>];

const DATE: Format<'_> = format_description!("[year]-[month]-[day]");
const CLOCK: Format<'_> = format_description!(
    version = 2,
    "[hour]:[minute][optional [:[second][optional [.[subsecond]]]]]"
);
const OFFSET: Format<'_> = format_description!(
    version = 2,
    "[offset_hour sign:mandatory][optional [[optional [:]][offset_minute]]]"
);

/// A moment in ISO 8601, as Django and SQLite write it: a date, or a date and a time, in UTC where it
/// does not say.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.trim().split_at_checked("2020-02-29".len())?;
    let date = Date::parse(date, DATE).ok()?;
    let (time, offset) = match rest.strip_prefix([' ', 'T']) {
        Some(rest) => clock(rest)?,
        None if rest.is_empty() => (Time::MIDNIGHT, UtcOffset::UTC),
        None => return None,
    };
    let at = PrimitiveDateTime::new(date, time).assume_offset(offset);
    let millis = at.unix_timestamp_nanos().div_euclid(1_000_000);
    i64::try_from(millis).ok().map(Timestamp::from_millis)
}

fn clock(text: &str) -> Option<(Time, UtcOffset)> {
    let (clock, offset) = text.split_at(text.find(['Z', '+', '-']).unwrap_or(text.len()));
    let offset = match offset {
        "" | "Z" => UtcOffset::UTC,
        offset => UtcOffset::parse(offset, OFFSET).ok()?,
    };
    Some((Time::parse(clock.trim_end(), CLOCK).ok()?, offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_database_holds_is_read() {
        const NIGHT: i64 = 1_583_020_799;
        let cases = [
            ("2020-02-29 23:59:59.123456", Some(NIGHT * 1000 + 123)),
            ("2020-02-29 23:59:59", Some(NIGHT * 1000)),
            ("2020-02-29T23:59:59Z", Some(NIGHT * 1000)),
            ("2020-02-29T23:59:59+00:00", Some(NIGHT * 1000)),
            ("2020-03-01 01:59:59+02:00", Some(NIGHT * 1000)),
            ("2020-03-01 01:59:59+0200", Some(NIGHT * 1000)),
            ("2020-03-01 01:59:59.5 +02", Some(NIGHT * 1000 + 500)),
            ("2020-02-29 18:29:59-05:30", Some(NIGHT * 1000)),
            ("2020-02-29 23:59", Some((NIGHT - 59) * 1000)),
            (" 2020-02-29 ", Some((NIGHT + 1 - 86_400) * 1000)),
            ("1969-12-31 23:59:59.9999", Some(-1)),
            ("0001-01-01 00:00:00+14:00", Some(-62_135_647_200_000)),
            ("", None),
            ("2020", None),
            ("2020-02-30", None),
            ("2020-02-29x", None),
            ("2020-02-29 ", Some((NIGHT + 1 - 86_400) * 1000)),
            ("2020-02-29 24:00:00", None),
            ("2020-02-29 23:59:59+2", None),
            ("2020-02-29 23:59:59 UTC", None),
            ("2020-02-29ü", None),
            ("202\u{fc}-02-29 23:59:59", None),
            ("infinity", None),
            ("1583020799", None),
        ];
        for (text, expected) in cases {
            assert_eq!(moment(text).map(Timestamp::millis), expected, "{text:?}");
        }
    }
}
