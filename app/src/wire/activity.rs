//! What happened to an account, as its owner sees it.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/auth/activity/`: the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActivityList {
    /// What happened.
    pub events: Vec<Activity>,
    /// The value of `before` with which the next ones are asked for; `null` after the last.
    pub next: Option<String>,
    /// When this was told, as ISO 8601 in UTC: nobody has to compare clocks.
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub now: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Activity {
    /// What.
    pub kind: ActivityKind,
    /// When, as ISO 8601 in UTC; the last time where it happened more than once.
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub at: String,
    /// How often; where sessions were ended, how many.
    pub count: u32,
    /// The browser's name, empty where it is not known (any more).
    pub browser: String,
    /// What it ran on, empty where that is not known (any more).
    pub device: String,
    /// The address it came from, empty where that is not known (any more).
    pub ip: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// The account was made.
    Registered,
    /// A session was opened.
    SignedIn,
    /// Somebody gave a wrong password.
    SignInFailed,
    /// A session was ended from within.
    SignedOut,
    /// Sessions were ended from another one, or by whoever runs the server.
    SessionsEnded,
    /// An old copy of a session was used, and the session ended.
    ReplayCaught,
    /// The password was changed by who knew it.
    PasswordChanged,
    /// The password was changed by a mail.
    PasswordReset,
    /// Another address was asked for.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}
