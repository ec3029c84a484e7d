//! Why a call brought nothing.

use serde::de::DeserializeOwned;

use super::{ApiResponse, NoAnswer};
use crate::wire::Problem;

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// No answer came, or none that says anything: offline, timed out, or the session could not be
    /// renewed for such a reason. Nobody is signed out by it; trying again may help.
    NoAnswer,
    /// The API refused.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the body says.
        problem: Problem,
        /// Seconds that the server asks to wait.
        retry_after_s: Option<u64>,
    },
    /// An answer came that is not the API's: a captive portal's page, say.
    Unreadable,
}

impl ApiError {
    /// Whether it says nothing about what was asked for: no answer, somebody else's answer, a
    /// server in trouble.
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::NoAnswer | Self::Unreadable => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
        }
    }
}

impl From<NoAnswer> for ApiError {
    fn from(NoAnswer: NoAnswer) -> Self {
        Self::NoAnswer
    }
}

/// The challenge of our own API. `AUTH_HEADER_TYPES` may name another scheme, but not the one that a
/// proxy asks passwords by.
fn is_ours(challenge: &str) -> bool {
    challenge.split_once(' ').is_some_and(|(scheme, realm)| {
        realm == r#"realm="api""# && !scheme.eq_ignore_ascii_case("Basic")
    })
}

impl ApiResponse {
    /// Whether it is the 401 of our own API. Nobody else's says anything about the session.
    pub fn is_challenge(&self) -> bool {
        self.status == 401 && self.www_authenticate.as_deref().is_some_and(is_ours)
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`ApiError::Refused`] for any other status than success, [`ApiError::Unreadable`] for a
    /// success that is not the JSON that was expected.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_str(self.json()?).map_err(|_| ApiError::Unreadable)
    }

    /// The body of a success.
    fn json(&self) -> Result<&str, ApiError> {
        if !self.is_success() {
            let problem = Problem::parse(&self.body);
            let (status, retry_after_s) = (self.status, self.retry_after_s);
            return Err(ApiError::Refused { status, problem, retry_after_s });
        }
        if !self.is_json {
            return Err(ApiError::Unreadable);
        }
        Ok(&self.body)
    }
}
