//! Rows as they come from either engine, and the records they become.

use std::time::Duration;

use sqlx::FromRow;

use super::StoreError;
use crate::domain::{
    Email, Family, Generation, MailKind, PasswordHash, Revocation, RevokeCause, SessionId,
    Timestamp, UserId, Username,
};

/// A person.
#[derive(Clone, Debug)]
pub struct UserRecord {
    /// The wire's `pk`.
    pub id: UserId,
    /// The name as it is shown.
    pub username: String,
    /// The address, if there is one.
    pub email: Option<String>,
    /// When the address was shown to be theirs.
    pub email_verified_at: Option<Timestamp>,
    /// Given name, or empty.
    pub first_name: String,
    /// Family name, or empty.
    pub last_name: String,
    /// The password's hash.
    pub password_hash: PasswordHash,
    /// When the account was disabled.
    pub disabled_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the person last signed in.
    pub last_login_at: Option<Timestamp>,
    /// Since when this is a superuser.
    pub superuser_since: Option<Timestamp>,
    /// The address that they want to have from now on.
    pub new_email: Option<NewEmail>,
    /// The address before the present one.
    pub former_email: Option<String>,
}

/// An address that takes the place of the present one once it was shown to be theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEmail {
    /// The address.
    pub address: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

/// A person to be.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name.
    pub username: Username,
    /// The address, if there is one.
    pub email: Option<Email>,
    /// When the address was verified.
    pub email_verified_at: Option<Timestamp>,
    /// Given name, or empty.
    pub first_name: String,
    /// Family name, or empty.
    pub last_name: String,
    /// The password's hash.
    pub password_hash: PasswordHash,
    /// Since when this is a superuser.
    pub superuser_since: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What a person is called.
#[derive(Clone, Debug)]
pub struct Names {
    /// The user name.
    pub username: String,
    /// Its look-up form.
    pub username_key: String,
    /// Given name, or empty.
    pub first_name: String,
    /// Family name, or empty.
    pub last_name: String,
}

/// A mail that is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingMail {
    /// Which one.
    pub id: i64,
    /// For whom; nobody, where the address that was typed belongs to no account.
    pub user_id: Option<UserId>,
    /// What it is about; `None` where a newer version has put it there.
    pub kind: Option<MailKind>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was due.
    pub due_at: Timestamp,
}

impl From<(i64, Option<i64>, String, i64, i64)> for WaitingMail {
    fn from((id, user, kind, attempts, due): (i64, Option<i64>, String, i64, i64)) -> Self {
        Self {
            id,
            user_id: user.map(UserId),
            kind: MailKind::parse(&kind),
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            due_at: Timestamp::from_millis(due),
        }
    }
}

/// What somebody else has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The user name.
    pub username: bool,
    /// The address.
    pub email: bool,
}

impl From<(i64, i64)> for Taken {
    fn from((names, emails): (i64, i64)) -> Self {
        Self { username: names > 0, email: emails > 0 }
    }
}

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

#[derive(FromRow)]
pub(super) struct UserRow {
    id: i64,
    username: String,
    email: Option<String>,
    email_verified_at: Option<i64>,
    first_name: String,
    last_name: String,
    password_hash: String,
    disabled_at: Option<i64>,
    created_at: i64,
    last_login_at: Option<i64>,
    superuser_since: Option<i64>,
    new_email: Option<String>,
    new_email_asked_at: Option<i64>,
    former_email: Option<String>,
}

impl UserRow {
    /// The record beside its key.
    pub(super) fn keyed(self) -> (UserId, UserRecord) {
        (UserId(self.id), self.into())
    }
}

impl From<UserRow> for UserRecord {
    fn from(row: UserRow) -> Self {
        let asked_at = row.new_email_asked_at.map(Timestamp::from_millis);
        let new_email = row.new_email.zip(asked_at);
        Self {
            id: UserId(row.id),
            username: row.username,
            email: row.email,
            email_verified_at: row.email_verified_at.map(Timestamp::from_millis),
            first_name: row.first_name,
            last_name: row.last_name,
            password_hash: PasswordHash::from_stored(row.password_hash),
            disabled_at: row.disabled_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            last_login_at: row.last_login_at.map(Timestamp::from_millis),
            superuser_since: row.superuser_since.map(Timestamp::from_millis),
            new_email: new_email.map(|(address, asked_at)| NewEmail { address, asked_at }),
            former_email: row.former_email,
        }
    }
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

/// A family that was ended, and when.
pub(super) fn ended((id, at): (String, i64)) -> Result<(SessionId, Timestamp), StoreError> {
    Ok((session_id(&id)?, Timestamp::from_millis(at)))
}

/// Reads a session's id.
pub(super) fn session_id(text: &str) -> Result<SessionId, StoreError> {
    SessionId::parse(text).ok_or(StoreError::Inconsistent("sessions.id"))
}
