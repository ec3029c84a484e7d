//! What pages see of the session.

use super::{
    machine::{Machine, Rest, State},
    schedule,
};
use crate::wire::{SessionEnd, SessionSnapshot, User};

/// Who is signed in, for views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionView {
    /// Nobody knows yet.
    Unknown {
        /// The server could not be asked of late; it is tried again.
        reconnecting: bool,
    },
    /// Nobody is signed in.
    Anonymous {
        /// Why, where it is known.
        why: Option<SessionEnd>,
    },
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        user: User,
        /// The session could not be renewed of late; it is tried again.
        reconnecting: bool,
    },
}

impl From<&Machine> for SessionView {
    fn from(machine: &Machine) -> Self {
        match &machine.state {
            State::Unknown(Rest { trust, .. }) | State::Refreshing { user: None, trust } => {
                Self::Unknown { reconnecting: trust.failures > 0 }
            }
            State::Anonymous { why } => Self::Anonymous { why: *why },
            State::Active { user, rest } => {
                Self::SignedIn { user: user.clone(), reconnecting: rest.trust.failures > 0 }
            }
            State::Refreshing { user: Some(user), trust } => {
                Self::SignedIn { user: user.clone(), reconnecting: trust.failures > 0 }
            }
        }
    }
}

impl From<&SessionSnapshot> for SessionView {
    fn from(snapshot: &SessionSnapshot) -> Self {
        match snapshot {
            SessionSnapshot::Unknown => Self::Unknown { reconnecting: false },
            SessionSnapshot::Anonymous { why } => Self::Anonymous { why: *why },
            SessionSnapshot::Active { user, .. } => {
                Self::SignedIn { user: user.clone(), reconnecting: false }
            }
        }
    }
}

/// Whole seconds until the next refresh as the snapshot alone tells it: the same on the server and
/// in the browser's first frame.
pub fn next_refresh_in_s(snapshot: &SessionSnapshot) -> Option<u64> {
    match snapshot {
        SessionSnapshot::Active { expires_in_ms, lifetime_ms, .. } => {
            Some(expires_in_ms.saturating_sub(schedule::margin_ms(*lifetime_ms)) / 1_000)
        }
        SessionSnapshot::Unknown | SessionSnapshot::Anonymous { .. } => None,
    }
}
