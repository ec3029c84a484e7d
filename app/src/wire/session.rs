//! What the server knows about the session when it renders a page.

use serde::{Deserialize, Serialize};

use super::User;

/// The first session state, put into the HTML so that the first frame is right and hydration
/// matches. It holds the caller's own data only and never a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionSnapshot {
    /// The server cannot know (the database is down, say): the client refreshes once to find out.
    Unknown,
    /// Nobody is signed in.
    Anonymous {
        /// Why, where the request showed it.
        why: Option<SessionEnd>,
    },
    /// Somebody is signed in.
    Active {
        /// Who.
        user: User,
        /// Milliseconds the access token has left.
        expires_in_ms: u64,
        /// Milliseconds an access token lives in all.
        lifetime_ms: u64,
    },
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The person signed out here.
    SignedOut,
    /// The server no longer accepts the session: it ran out or was ended elsewhere.
    Ended,
    /// The browser does not keep or does not send our cookies, so nobody stays signed in.
    CookiesRefused,
}
