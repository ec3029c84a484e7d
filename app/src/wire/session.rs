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
        /// Milliseconds until the session ends if nothing renews it, where that is known: from then
        /// on the browser has no cookie to show.
        session_ends_in_ms: Option<u64>,
    },
}

/// The header in which a refused refresh says why the session ended, by the name of a
/// [`SessionEnd`]; without it no session was presented.
pub const SESSION_END: &str = "latchkey-session-end";

/// The header in which an answer names the person it was given to, by the account's id; and in which
/// a request names whom it is meant for, so that nothing is done to anybody else. In a form that a
/// browser sends by itself it is a field.
pub const USER: &str = "latchkey-user";

/// The readable cookie of a browser that signed out without the server's knowledge. As long as it is
/// there, the browser counts as signed out.
pub const OUT_COOKIE: &str = "latchkey-out";

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The person signed out here.
    SignedOut,
    /// The person signed out here, and the server has yet to hear of it.
    SignedOutOffline,
    /// The person signed out in another tab or browser.
    SignedOutElsewhere,
    /// The session was not used for too long, or has reached its limit.
    Expired,
    /// The password was changed.
    PasswordChanged,
    /// An old copy of the session was used.
    Replayed,
    /// The account was disabled.
    Disabled,
    /// Whoever runs the server ended it.
    Administrator,
    /// The server no longer accepts the session, and does not say why.
    Ended,
    /// The browser does not keep or does not send our cookies, so nobody stays signed in.
    CookiesRefused,
}

impl SessionEnd {
    const TOLD: [(Self, &str); 7] = [
        (Self::SignedOutElsewhere, "signed_out"),
        (Self::Expired, "expired"),
        (Self::PasswordChanged, "password_changed"),
        (Self::Replayed, "replayed"),
        (Self::Disabled, "disabled"),
        (Self::Administrator, "administrator"),
        (Self::Ended, "ended"),
    ];

    /// The value of [`SESSION_END`]; `None` for what only the browser can know.
    pub fn told(self) -> Option<&'static str> {
        Self::TOLD.iter().find(|(end, _)| *end == self).map(|(_, name)| *name)
    }

    /// Reads a value of [`SESSION_END`]. One that this version does not know is an end, too.
    pub fn parse(name: &str) -> Self {
        Self::TOLD.iter().find(|(_, told)| *told == name).map_or(Self::Ended, |(end, _)| *end)
    }
}
