//! What tabs of one browser tell each other: hints, never state. A hint that is lost, late or
//! wrong costs a request more; who is signed in is for the server to say, with every answer.

use std::fmt;

use crate::wire::SessionEnd;

/// Something that happened in another tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A sign-in or a sign-out is about to be sent: no other answer may set token cookies now.
    ChangeBegins,
    /// That sign-in or sign-out has failed.
    ChangeFailed,
    /// A page was opened on which nobody is signed in.
    Nobody,
    /// Somebody signed in, or a page of theirs was opened.
    SignedIn(Fresh),
    /// The person signed out.
    SignedOut {
        /// Whether the server has yet to hear of it.
        offline: bool,
    },
    /// The access token was renewed.
    Refreshed(Fresh),
}

/// A new access token in the cookie that all tabs share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Whose it is.
    pub user: i64,
    /// Seconds until it expires; `None` where the server does not tell.
    pub expires_in_s: Option<u64>,
}

impl Hint {
    /// Reads a hint. Whatever else came over the channel is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = words.next()?;
        let mut fresh = || {
            let user = words.next()?.parse().ok()?;
            let expires_in_s = words.next().map(str::parse).transpose().ok()?;
            Some(Fresh { user, expires_in_s })
        };
        let hint = match kind {
            "change-begins" => Self::ChangeBegins,
            "change-failed" => Self::ChangeFailed,
            "nobody" => Self::Nobody,
            "signed-in" => Self::SignedIn(fresh()?),
            "signed-out" => Self::SignedOut { offline: false },
            "signed-out-offline" => Self::SignedOut { offline: true },
            "refreshed" => Self::Refreshed(fresh()?),
            _ => return None,
        };
        words.next().is_none().then_some(hint)
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChangeBegins => f.write_str("change-begins"),
            Self::ChangeFailed => f.write_str("change-failed"),
            Self::Nobody => f.write_str("nobody"),
            Self::SignedIn(fresh) => write!(f, "signed-in {fresh}"),
            Self::SignedOut { offline: false } => f.write_str("signed-out"),
            Self::SignedOut { offline: true } => f.write_str("signed-out-offline"),
            Self::Refreshed(fresh) => write!(f, "refreshed {fresh}"),
        }
    }
}

impl fmt::Display for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.user)?;
        self.expires_in_s.map_or(Ok(()), |s| write!(f, " {s}"))
    }
}

/// Why one is out after a sign-out in another tab.
pub(super) const fn end(offline: bool) -> SessionEnd {
    if offline { SessionEnd::SignedOutOffline } else { SessionEnd::SignedOutElsewhere }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hint() -> impl Strategy<Value = Hint> {
        let fresh = (any::<i64>(), any::<Option<u64>>())
            .prop_map(|(user, expires_in_s)| Fresh { user, expires_in_s });
        prop_oneof![
            Just(Hint::ChangeBegins),
            Just(Hint::ChangeFailed),
            Just(Hint::Nobody),
            fresh.clone().prop_map(Hint::SignedIn),
            any::<bool>().prop_map(|offline| Hint::SignedOut { offline }),
            fresh.prop_map(Hint::Refreshed),
        ]
    }

    proptest! {
        #[test]
        fn a_hint_arrives_as_it_was_sent(hint in hint()) {
            prop_assert_eq!(Hint::parse(&hint.to_string()), Some(hint));
        }

        #[test]
        fn whatever_else_comes_is_no_hint(text in ".*") {
            prop_assert_eq!(Hint::parse(&text), None);
        }
    }

    #[test]
    fn what_is_nearly_a_hint_is_none() {
        for text in
            ["", "signed-in", "signed-in x", "refreshed 1 x", "refreshed 1 2 3", "signed-out 1"]
        {
            assert_eq!(Hint::parse(text), None, "{text}");
        }
    }
}
