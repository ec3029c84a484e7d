//! What happened to accounts, as rows and as records.

use std::fmt;

use sqlx::FromRow;

use super::ClientInfo;
use crate::domain::{EventKind, Timestamp, UserId};

/// Something that is to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// To whose account it happened.
    pub user_id: UserId,
    /// What.
    pub kind: EventKind,
    /// When; the last time, where it is counted.
    pub at: Timestamp,
    /// How often.
    pub count: u32,
    /// What was shown of the browser, the last time.
    pub client: ClientInfo,
}

impl NewEvent {
    const HOUR_MS: i64 = 3_600_000;

    /// From how many addresses what is counted makes a row of its own, each hour. What comes from more
    /// makes one row together, without an address: whoever has many fills no disk.
    pub const MOST_ADDRESSES: i64 = 10;

    /// The hour in which what is counted makes one row an address.
    pub(super) const fn hour(&self) -> i64 {
        self.at.millis().div_euclid(Self::HOUR_MS)
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// What; `None` where a newer version has put it there.
    pub kind: Option<EventKind>,
    /// When; the last time, where it happened more than once.
    pub at: Timestamp,
    /// How often.
    pub count: u32,
    /// What was shown of the browser; empty once it is too old to be kept.
    pub client: ClientInfo,
}

/// A place among the events of an account, the latest of which come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPlace {
    /// Events of this moment and earlier ones follow.
    pub at: Timestamp,
    /// But for so many of this moment.
    pub shown: u32,
}

impl EventPlace {
    /// Before all of them.
    pub const START: Self = Self { at: Timestamp::from_millis(i64::MAX), shown: 0 };

    /// The place behind these, which begin here.
    #[must_use]
    pub fn behind(self, events: &[EventRecord]) -> Self {
        let Some(last) = events.last() else { return self };
        let of_this_moment = events.iter().rev().take_while(|event| event.at == last.at).count();
        let before = if last.at == self.at { self.shown } else { 0 };
        let shown = before.saturating_add(u32::try_from(of_this_moment).unwrap_or(u32::MAX));
        Self { at: last.at, shown }
    }

    /// Reads what [`fmt::Display`] has written.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, shown) = text.split_once('.')?;
        Some(Self { at: Timestamp::from_millis(at.parse().ok()?), shown: shown.parse().ok()? })
    }
}

impl fmt::Display for EventPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.millis(), self.shown)
    }
}

#[derive(FromRow)]
pub(super) struct EventRow {
    kind: String,
    happened_at: i64,
    count: i64,
    user_agent: String,
    ip: String,
}

impl From<EventRow> for EventRecord {
    fn from(row: EventRow) -> Self {
        Self {
            kind: EventKind::parse(&row.kind),
            at: Timestamp::from_millis(row.happened_at),
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
            client: ClientInfo { user_agent: row.user_agent, ip: row.ip },
        }
    }
}
