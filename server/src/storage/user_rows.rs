//! People and their mails, as rows and as records.

use sqlx::FromRow;

use crate::domain::{Email, MailKind, PasswordHash, Timestamp, UserId, Username};

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
    /// When they were taken over from the system before this one.
    pub imported_at: Option<Timestamp>,
    /// Tokens of the system before this one that were issued earlier are refused.
    pub legacy_refused_before: Option<Timestamp>,
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
    legacy_refused_before: Option<i64>,
    imported_at: Option<i64>,
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
            imported_at: row.imported_at.map(Timestamp::from_millis),
            legacy_refused_before: row.legacy_refused_before.map(Timestamp::from_millis),
        }
    }
}
