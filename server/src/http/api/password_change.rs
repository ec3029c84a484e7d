//! `POST /api/auth/password/change/`: another password, for whoever knows the present one; without
//! `OLD_PASSWORD_FIELD_ENABLED` for whoever has signed in of late, too.

use app::wire::paths;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{
    login::keeper,
    new_password::{Typed, accepted, read, saved},
    step_up,
};
use crate::{
    auth::{AuthError, ClientInfo, Identity, Owner},
    http::{
        AppState, CurrentUser, Failure, client::Client, field_errors::FieldErrors, fields::Fields,
        openapi::bodies,
    },
};

const OLD: &str = "old_password";
const SAVED: &str = "New password has been saved.";
const WRONG: &str = "Your old password was entered incorrectly. Please enter it again.";

/// Changes the password. All sessions of the account end, and this browser gets a new one.
///
/// # Errors
/// 400 with what is wrong, by field; 401; 403 where no old password is asked for, when the sign-in is too
/// old and no password came; 503.
#[utoipa::path(
    post,
    path = paths::PASSWORD_CHANGE,
    operation_id = "change_password",
    tag = "account",
    params(bodies::Transport),
    request_body = bodies::PasswordChange,
    responses((
        status = OK,
        description = "Changed.",
        body = bodies::Saved,
        headers(("Set-Cookie" = String, description = "The token cookies of the new session.")),
    )),
)]
pub async fn post(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let keeper = keeper(&headers)?;
    let max_chars = state.auth.policy.passwords.max_chars;
    let mut errors = FieldErrors::default();
    let owner = owner(&state, caller, &fields, &client, &mut errors).await?;
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
    let mut answer = saved(&state, &headers, keeper, session, SAVED)?;
    let vary = HeaderValue::from_static("Accept, Cookie, origin");
    answer.headers_mut().insert(header::VARY, vary);
    Ok(answer)
}

/// Asks for the present password: as `old_password`, or where that is not asked for, as everything
/// does that asks for the account's owner. Whoever could change it with an old sign-in alone would know
/// it then, and could do all the rest.
async fn owner(
    state: &AppState,
    caller: Identity,
    fields: &Fields,
    client: &ClientInfo,
    errors: &mut FieldErrors,
) -> Result<Option<Owner>, Failure> {
    if !state.web.asks_old_password {
        return Ok(Some(step_up::owner(state, &caller, fields, client).await?.into()));
    }
    let longest = state.auth.policy.passwords.longest_shown();
    let Some(old) = read(fields, OLD, longest, errors) else {
        return Ok(None);
    };
    match state.auth.owner(&caller, old.into(), client).await {
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
