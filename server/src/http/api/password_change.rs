//! `POST /api/auth/password/change/`: another password, for whoever knows the present one.

use app::wire::LoginResponse;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    login::{keeper, opened},
    new_password::{Typed, accepted, read},
};
use crate::{
    auth::{AuthError, Identity, Owner},
    http::{AppState, CurrentUser, Failure, client::Client, failure::FieldErrors, fields::Fields},
};

const OLD: &str = "old_password";
const WRONG: &str = "Your old password was entered incorrectly. Please enter it again.";

#[derive(Serialize)]
struct Saved {
    detail: &'static str,
    /// The new session, where the client keeps its tokens itself: the old ones are worth nothing.
    #[serde(flatten)]
    session: Option<LoginResponse>,
}

/// Changes the password. All sessions of the account end, and this browser gets a new one.
///
/// # Errors
/// 400 with what is wrong, by field; 401; 503.
pub async fn post(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let keeper = keeper(&headers)?;
    let max_chars = state.auth.policy.password_max_chars;
    let mut errors = FieldErrors::default();
    let owner = owner(&state, caller, &fields, &mut errors).await?;
    let typed = Typed::read(&fields, max_chars, &mut errors);
    errors.into_result()?;
    let (Some(owner), Some(typed)) = (owner, typed) else {
        return Err(Failure::Internal("a password that was not checked".to_owned()));
    };
    let new = typed.agreed()?;
    accepted(&state.auth.judge(&owner, &new))?;
    let session = match state.auth.change_password(owner, new, &client).await {
        // Somebody has changed it since it was checked.
        Err(AuthError::InvalidCredentials) => return Err(wrong()),
        session => session?,
    };
    let mut saved = Saved { detail: "New password has been saved.", session: None };
    let mut answer = HeaderMap::new();
    if let Some(session) = session {
        let (cookies, body) = opened(&state, &headers, keeper, session)?;
        answer = cookies;
        saved.session = keeper.refresh_in_body(&state.web).then_some(body);
    }
    answer.insert(header::VARY, HeaderValue::from_static("Accept, Cookie, origin"));
    Ok((StatusCode::OK, answer, Json(saved)).into_response())
}

/// Asks for the present password, where that is asked for.
async fn owner(
    state: &AppState,
    caller: Identity,
    fields: &Fields,
    errors: &mut FieldErrors,
) -> Result<Option<Owner>, Failure> {
    if !state.web.asks_old_password {
        return Ok(Some(state.auth.owner(caller.user_id, None).await?));
    }
    let Some(old) = read(fields, OLD, state.auth.policy.password_max_chars, errors) else {
        return Ok(None);
    };
    match state.auth.owner(caller.user_id, Some(old.into())).await {
        Err(AuthError::InvalidCredentials) => {
            errors.push(OLD, WRONG);
            Ok(None)
        }
        owner => Ok(Some(owner?)),
    }
}

fn wrong() -> Failure {
    Failure::Fields(FieldErrors::one(OLD, WRONG))
}
