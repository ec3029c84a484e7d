//! What happens to accounts and is remembered for their owners.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
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
    /// An old copy of a refresh token was presented, and the session ended.
    ReplayCaught,
    /// The password was changed by who knew it, or by whoever runs the server.
    PasswordChanged,
    /// The password was changed by a mail.
    PasswordReset,
    /// Another address was asked for.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
}

impl EventKind {
    const ALL: [Self; 10] = [
        Self::Registered,
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignedOut,
        Self::SessionsEnded,
        Self::ReplayCaught,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailChangeAsked,
        Self::EmailChanged,
    ];

    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
            Self::ReplayCaught => "replay_caught",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_read_again() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(EventKind::parse("from_the_future"), None);
    }
}
