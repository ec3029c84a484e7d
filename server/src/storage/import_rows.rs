//! People who come from elsewhere with all that is theirs, as rows.

use serde::Serialize;

use super::{NewUser, StoreError};
use crate::domain::{Email, LegacyId, PasswordHash, Timestamp, UserId};

/// A person who keeps their id.
#[derive(Clone, Debug)]
pub struct ImportedUser {
    /// Their id.
    pub id: UserId,
    /// What everybody has.
    pub user: NewUser,
    /// A hash that costs as much to check as theirs, where theirs is not of our making.
    pub decoy: Option<PasswordHash>,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
    /// When the account was disabled.
    pub disabled_at: Option<Timestamp>,
    /// When they are taken over.
    pub imported_at: Timestamp,
    /// Tokens of the system before this one that were issued earlier are refused: the account was
    /// deleted then.
    pub legacy_refused_before: Option<Timestamp>,
}

/// What an account of ours holds that nobody else can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: UserId,
    /// The look-up form of its name.
    pub username_key: String,
    /// The look-up form of its address.
    pub email_key: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it was taken over from elsewhere.
    pub imported: bool,
}

/// A claim as it is read.
pub(super) type ClaimRow = (i64, String, Option<String>, i64, Option<i64>);

impl From<ClaimRow> for Claim {
    fn from((id, username_key, email_key, made, imported): ClaimRow) -> Self {
        let created_at = Timestamp::from_millis(made);
        let imported = imported.is_some();
        Self { id: UserId(id), username_key, email_key, created_at, imported }
    }
}

/// What the people of a batch want for themselves: ids, and the look-up forms of names and addresses.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Ids.
    pub ids: Vec<UserId>,
    /// Names, as [`crate::domain::Username::key`].
    pub names: Vec<String>,
    /// Addresses, as [`crate::domain::Email::key`].
    pub emails: Vec<String>,
}

/// The same, each as a JSON array: both engines take that apart.
pub(super) struct WantedRow {
    pub ids: String,
    pub names: String,
    pub emails: String,
}

impl TryFrom<&Wanted> for WantedRow {
    type Error = StoreError;

    fn try_from(Wanted { ids, names, emails }: &Wanted) -> Result<Self, StoreError> {
        Ok(Self { ids: json_ids(ids)?, names: json(names)?, emails: json(emails)? })
    }
}

/// An account that was deleted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Its id.
    pub id: UserId,
    /// When it was deleted.
    pub at: Timestamp,
}

impl From<(i64, i64)> for Removal {
    fn from((id, at): (i64, i64)) -> Self {
        Self { id: UserId(id), at: Timestamp::from_millis(at) }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    id: i64,
    username: &'a str,
    username_key: String,
    email: Option<&'a str>,
    email_key: Option<String>,
    email_verified_at: Option<i64>,
    first_name: &'a str,
    last_name: &'a str,
    password_hash: &'a str,
    password_decoy: Option<&'a str>,
    superuser_since: Option<i64>,
    created_at: i64,
    last_login_at: Option<i64>,
    disabled_at: Option<i64>,
    imported_at: i64,
    legacy_refused_before: Option<i64>,
}

impl<'a> From<&'a ImportedUser> for Row<'a> {
    fn from(imported: &'a ImportedUser) -> Self {
        let user = &imported.user;
        Self {
            id: imported.id.0,
            username: user.username.as_str(),
            username_key: user.username.key(),
            email: user.email.as_ref().map(Email::as_str),
            email_key: user.email.as_ref().map(Email::key),
            email_verified_at: user.email_verified_at.map(Timestamp::millis),
            first_name: &user.first_name,
            last_name: &user.last_name,
            password_hash: user.password_hash.expose(),
            password_decoy: imported.decoy.as_ref().map(PasswordHash::expose),
            superuser_since: user.superuser_since.map(Timestamp::millis),
            created_at: user.created_at.millis(),
            last_login_at: imported.last_login_at.map(Timestamp::millis),
            disabled_at: imported.disabled_at.map(Timestamp::millis),
            imported_at: imported.imported_at.millis(),
            legacy_refused_before: imported.legacy_refused_before.map(Timestamp::millis),
        }
    }
}

/// A batch as one JSON array of objects.
pub(super) fn rows(users: &[ImportedUser]) -> Result<String, StoreError> {
    json(&users.iter().map(Row::from).collect::<Vec<_>>())
}

#[derive(Serialize)]
struct Token<'a> {
    jti: &'a str,
    expires_at: i64,
}

/// Tokens of the system before this one, in the same way.
pub(super) fn tokens(tokens: &[(LegacyId, Timestamp)]) -> Result<String, StoreError> {
    let rows =
        tokens.iter().map(|(id, until)| Token { jti: id.as_str(), expires_at: until.millis() });
    json(&rows.collect::<Vec<_>>())
}

pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)).into())
}

/// Decoys as one JSON array.
pub(super) fn decoys(decoys: &[PasswordHash]) -> Result<String, StoreError> {
    json(&decoys.iter().map(PasswordHash::expose).collect::<Vec<_>>())
}

/// Ids as one JSON array.
pub(super) fn json_ids(ids: &[UserId]) -> Result<String, StoreError> {
    json(&ids.iter().map(|id| id.0).collect::<Vec<_>>())
}

/// Ids as they come back.
pub(super) fn ids(ids: Vec<i64>) -> Vec<UserId> {
    ids.into_iter().map(UserId).collect()
}
