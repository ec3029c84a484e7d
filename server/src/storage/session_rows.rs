//! Sessions, as rows of either engine and as records.

use std::{cmp::Reverse, time::Duration};

use sqlx::FromRow;

use super::StoreError;
use crate::domain::{Family, Generation, Revocation, RevokeCause, SessionId, Timestamp, UserId};

/// What a sign-in shows of the browser. Shown to its owner, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// `User-Agent`, cut to a sensible length.
    pub user_agent: String,
    /// The address it came from.
    pub ip: String,
}

/// A family and whether its owner may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyRecord {
    /// The family.
    pub family: Family,
    /// When its owner's account was disabled.
    pub user_disabled_at: Option<Timestamp>,
    /// When it was read, by the store's time: the moment to judge it by.
    pub read_at: Timestamp,
}

/// A session as people look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// The family's id.
    pub id: SessionId,
    /// Whose it is.
    pub username: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When its refresh token was made.
    pub rotated_at: Timestamp,
    /// The limit that never moves.
    pub absolute_expires_at: Timestamp,
    /// What is shown of the browser.
    pub client: ClientInfo,
}

impl SessionRecord {
    /// When the session ends unless it is used.
    pub fn expires_at(&self, refresh_lifetime: Duration) -> Timestamp {
        (self.rotated_at + refresh_lifetime).min(self.absolute_expires_at)
    }
}

/// A user's sessions that go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnSessions {
    /// Of very many, those that were used last; the latest first.
    pub sessions: Vec<SessionRecord>,
    /// How many there are in all.
    pub total: u32,
}

#[derive(FromRow)]
pub(super) struct FamilyRow {
    id: String,
    user_id: i64,
    created_at: i64,
    generation: i64,
    rotated_at: i64,
    answered_at: i64,
    seen_at: Option<i64>,
    absolute_expires_at: i64,
    authenticated_at: Option<i64>,
    revoked_at: Option<i64>,
    revoke_cause: Option<String>,
    disabled_at: Option<i64>,
    read_at: i64,
}

impl FamilyRow {
    /// What the row says beside the id that it was found by. A row that cannot be read is the
    /// fault of its own session alone.
    pub(super) fn keyed(self) -> (String, Result<FamilyRecord, StoreError>) {
        (self.id.clone(), self.try_into())
    }
}

impl TryFrom<FamilyRow> for FamilyRecord {
    type Error = StoreError;

    fn try_from(row: FamilyRow) -> Result<Self, StoreError> {
        let cause = row.revoke_cause.as_deref().map(|text| {
            RevokeCause::parse(text).ok_or(StoreError::Inconsistent("sessions.revoke_cause"))
        });
        let revoked = row.revoked_at.map(Timestamp::from_millis).zip(cause.transpose()?);
        let family = Family {
            id: session_id(&row.id)?,
            user_id: UserId(row.user_id),
            created_at: Timestamp::from_millis(row.created_at),
            generation: Generation::new(row.generation)
                .ok_or(StoreError::Inconsistent("sessions.generation"))?,
            rotated_at: Timestamp::from_millis(row.rotated_at),
            answered_at: Timestamp::from_millis(row.answered_at),
            seen_at: row.seen_at.map(Timestamp::from_millis),
            absolute_expires_at: Timestamp::from_millis(row.absolute_expires_at),
            authenticated_at: row.authenticated_at.map(Timestamp::from_millis),
            revoked: revoked.map(|(at, cause)| Revocation { at, cause }),
        };
        let user_disabled_at = row.disabled_at.map(Timestamp::from_millis);
        let read_at = Timestamp::from_millis(row.read_at);
        Ok(Self { family, user_disabled_at, read_at })
    }
}

#[derive(FromRow)]
pub(super) struct SessionRow {
    id: String,
    username: String,
    created_at: i64,
    last_used_at: i64,
    rotated_at: i64,
    absolute_expires_at: i64,
    user_agent: String,
    ip: String,
}

impl TryFrom<SessionRow> for SessionRecord {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: session_id(&row.id)?,
            username: row.username,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: Timestamp::from_millis(row.last_used_at),
            rotated_at: Timestamp::from_millis(row.rotated_at),
            absolute_expires_at: Timestamp::from_millis(row.absolute_expires_at),
            client: ClientInfo { user_agent: row.user_agent, ip: row.ip },
        })
    }
}

#[derive(FromRow)]
pub(super) struct OwnSessionRow {
    #[sqlx(flatten)]
    session: SessionRow,
    total: i64,
}

impl OwnSessions {
    pub(super) fn read(rows: Vec<OwnSessionRow>) -> Result<Self, StoreError> {
        let total = rows.first().map_or(0, |row| u32::try_from(row.total).unwrap_or(u32::MAX));
        let sessions = rows.into_iter().map(|row| row.session.try_into());
        let mut sessions = sessions.collect::<Result<Vec<SessionRecord>, _>>()?;
        // The caller's own comes first from the database, lest it be left out.
        sessions.sort_by_key(|session| (Reverse(session.last_used_at), session.id));
        Ok(Self { sessions, total })
    }
}

/// A family that was ended, and when.
pub(super) fn ended((id, at): (String, i64)) -> Result<(SessionId, Timestamp), StoreError> {
    Ok((session_id(&id)?, Timestamp::from_millis(at)))
}

/// Reads a session's id.
pub(super) fn session_id(text: &str) -> Result<SessionId, StoreError> {
    SessionId::parse(text).ok_or(StoreError::Inconsistent("sessions.id"))
}
