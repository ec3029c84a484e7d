//! A new password in a request: typed twice, and judged.

use app::wire::LoginResponse;
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde::Serialize;

use super::{login::opened, tokens::Keeper};
use crate::{
    auth::SignedIn,
    domain::PasswordFault,
    http::{AppState, Failure, field_errors::FieldErrors, fields::Fields},
};

const FIRST: &str = "new_password1";
const SECOND: &str = "new_password2";
/// With the apostrophe of typographers, as Django's forms write it.
const DIFFERENT: &str = "The two password fields didn’t match.";

/// What was typed into the two fields.
pub struct Typed {
    first: String,
    second: String,
}

impl Typed {
    /// Reads both fields; what is wrong with either goes to `errors`.
    pub fn read(fields: &Fields, max_chars: usize, errors: &mut FieldErrors) -> Option<Self> {
        let first = read(fields, FIRST, max_chars, errors);
        let second = read(fields, SECOND, max_chars, errors);
        Some(Self { first: first?, second: second? })
    }

    /// The password, if it was typed the same way twice.
    ///
    /// # Errors
    /// 400 where it was not.
    pub fn agreed(self) -> Result<SecretString, Failure> {
        if self.first != self.second {
            return Err(Failure::Fields(FieldErrors::one(SECOND, DIFFERENT)));
        }
        Ok(self.first.into())
    }
}

/// A password that has to be there and has a sensible length.
pub fn read(
    fields: &Fields,
    name: &'static str,
    max_chars: usize,
    errors: &mut FieldErrors,
) -> Option<String> {
    match fields.required(name) {
        Ok(text) if text.chars().count() > max_chars => {
            errors.push(name, PasswordFault::TooLong(max_chars).to_string());
            None
        }
        Ok(text) => Some(text),
        Err(message) => {
            errors.push(name, message);
            None
        }
    }
}

/// Passes on what is wrong with a new password.
///
/// # Errors
/// 400 where anything is.
pub fn accepted(faults: &[PasswordFault]) -> Result<(), Failure> {
    let mut errors = FieldErrors::default();
    errors.push_all(SECOND, faults.iter().map(ToString::to_string));
    errors.into_result()
}

#[derive(Serialize)]
struct Saved {
    detail: &'static str,
    /// The new session, where the client keeps its tokens itself: the old ones are worth nothing.
    #[serde(flatten)]
    session: Option<LoginResponse>,
}

/// The answer once a new password is in force, with the session that was opened for it.
///
/// # Errors
/// When the cookies cannot be made.
pub fn saved(
    state: &AppState,
    request: &HeaderMap,
    keeper: Keeper,
    session: Option<SignedIn>,
    detail: &'static str,
) -> Result<Response, Failure> {
    let mut saved = Saved { detail, session: None };
    let mut answer = HeaderMap::new();
    if let Some(session) = session {
        let (cookies, body) = opened(state, request, keeper, session)?;
        answer = cookies;
        saved.session = keeper.refresh_in_body(&state.web).then_some(body);
    }
    Ok((StatusCode::OK, answer, Json(saved)).into_response())
}
