//! What happened to accounts, as rows and as records.

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

    /// The hour in which what is counted makes one row.
    pub(super) const fn hour(&self) -> i64 {
        self.at.millis().div_euclid(Self::HOUR_MS)
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Which one; later ones have higher numbers.
    pub id: i64,
    /// What; `None` where a newer version has put it there.
    pub kind: Option<EventKind>,
    /// When; the last time, where it happened more than once.
    pub at: Timestamp,
    /// How often.
    pub count: u32,
    /// What was shown of the browser; empty once it is too old to be kept.
    pub client: ClientInfo,
}

#[derive(FromRow)]
pub(super) struct EventRow {
    id: i64,
    kind: String,
    happened_at: i64,
    count: i64,
    user_agent: String,
    ip: String,
}

impl From<EventRow> for EventRecord {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            kind: EventKind::parse(&row.kind),
            at: Timestamp::from_millis(row.happened_at),
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
            client: ClientInfo { user_agent: row.user_agent, ip: row.ip },
        }
    }
}
