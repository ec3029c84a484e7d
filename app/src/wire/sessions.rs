//! The sessions of an account, as its owner sees them, and how they are ended.

use serde::{Deserialize, Serialize};

use super::paths;

/// The answer of `GET /api/auth/sessions/`: the latest used first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// The sessions that go on; of very many, those that were used last, and always the caller's.
    pub sessions: Vec<Session>,
    /// How many there are in all.
    pub total: u32,
    /// When this was told, as ISO 8601 in UTC: nobody has to compare clocks.
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub now: String,
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

/// Which sessions are to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The one of this id.
    One(String),
    /// All but the caller's.
    Others,
    /// All.
    All,
}

impl Ending {
    /// The name of the input by which the page's forms say it.
    pub const INPUT: &str = "end";

    /// Reads the value of that input. What is neither of the two words is an id, if only nobody's.
    pub fn parse(value: &str) -> Self {
        match value {
            "others" => Self::Others,
            "all" => Self::All,
            id => Self::One(id.to_owned()),
        }
    }

    /// The value of that input.
    pub fn value(&self) -> &str {
        match self {
            Self::One(id) => id,
            Self::Others => "others",
            Self::All => "all",
        }
    }

    /// Where the API is asked for it. What cannot be an id leads to none.
    pub fn endpoint(&self) -> String {
        let is_plain = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        match self {
            Self::One(id) if is_plain(id) && !id.is_empty() => format!("{}{id}/", paths::SESSIONS),
            Self::One(_) => format!("{}-/", paths::SESSIONS),
            Self::Others => paths::REVOKE_OTHERS.to_owned(),
            Self::All => paths::REVOKE_ALL.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_which_sessions_are_to_end_and_nothing_else() {
        for (value, endpoint) in [
            ("0193a-7f", "/api/auth/sessions/0193a-7f/"),
            ("others", "/api/auth/sessions/revoke-others/"),
            ("all", "/api/auth/sessions/revoke-all/"),
            ("", "/api/auth/sessions/-/"),
            ("..", "/api/auth/sessions/-/"),
            ("x/../../account/delete", "/api/auth/sessions/-/"),
            ("a?b", "/api/auth/sessions/-/"),
            ("é", "/api/auth/sessions/-/"),
        ] {
            let ending = Ending::parse(value);
            assert_eq!((ending.value(), ending.endpoint().as_str()), (value, endpoint));
        }
    }
}
