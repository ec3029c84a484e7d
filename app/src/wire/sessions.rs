//! The sessions of an account, as its owner sees them.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/auth/sessions/`: the latest used first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// The sessions that go on; of very many, those that were used last, and always the caller's.
    pub sessions: Vec<Session>,
    /// How many there are in all.
    pub total: u32,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Session {
    /// Its id.
    pub id: String,
    /// The browser's name, empty where it is not known.
    pub browser: String,
    /// What it runs on, empty where that is not known.
    pub device: String,
    /// The address it was opened from, empty where that is not known.
    pub ip: String,
    /// When it was opened, as ISO 8601 in UTC.
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub created_at: String,
    /// When it was last used, to within the lifetime of an access token.
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub last_used_at: String,
    /// When it ends unless it is used.
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub expires_at: String,
    /// Whether it is the caller's own.
    pub is_current: bool,
}
