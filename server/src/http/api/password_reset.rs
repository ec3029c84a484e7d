//! `POST /api/auth/password/reset/` and `.../confirm/`: a forgotten password.

use app::wire::paths;
use axum::{Json, extract::State, http::HeaderMap, response::Response};

use super::{
    Detail, email,
    login::keeper,
    new_password::{Typed, accepted, saved},
};
use crate::{
    auth::{AuthError, Owner, reset::ResetError},
    http::{
        AppState, Failure, client::Client, field_errors::FieldErrors, fields::Fields,
        openapi::bodies,
    },
};

const SENT: &str = "Password reset e-mail has been sent.";
const SAVED: &str = "Password has been reset with the new password.";
const INVALID: &str = "Invalid value";

/// Asks for a mail that leads to a new password. The answer is the same for all addresses.
///
/// # Errors
/// 400 when it is no address; 503.
#[utoipa::path(
    post,
    path = paths::PASSWORD_RESET,
    operation_id = "reset_password",
    tag = "account",
    request_body = bodies::PasswordReset,
    responses((
        status = OK,
        description = "If there is such an account, a mail is on its way.",
        body = Detail,
        example = json!({"detail": "Password reset e-mail has been sent."}),
    )),
)]
pub async fn post(State(state): State<AppState>, fields: Fields) -> Result<Json<Detail>, Failure> {
    state.auth.ask_for_reset(&email::required(&fields)?).await?;
    Ok(Json(Detail { detail: SENT }))
}

/// Chooses a new password, by the link of that mail. All sessions of the account end, and this
/// browser gets a new one.
///
/// # Errors
/// 400 with what is wrong, by field; 503.
#[utoipa::path(
    post,
    path = paths::PASSWORD_RESET_CONFIRM,
    operation_id = "confirm_password_reset",
    tag = "account",
    params(bodies::Transport),
    request_body = bodies::PasswordResetConfirm,
    responses((
        status = OK,
        description = "Changed.",
        body = bodies::Saved,
        headers(("Set-Cookie" = String, description = "The token cookies of the new session.")),
    )),
)]
pub async fn confirm(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let keeper = keeper(&headers)?;
    let (typed, uid, token) = read(&fields, state.auth.policy.passwords.max_chars)?;
    let owner = owner(&state, &uid, &token).await?;
    let new = typed.agreed()?;
    accepted(&state.auth.judge(&owner, &new))?;
    let session = match state.auth.change_password(owner, new, &client).await {
        // It was used a moment ago.
        Err(AuthError::InvalidCredentials) => return Err(invalid("token")),
        session => session?,
    };
    saved(&state, &headers, keeper, session, SAVED)
}

/// The fields, all of which have to be there.
fn read(fields: &Fields, max_chars: usize) -> Result<(Typed, String, String), Failure> {
    let mut errors = FieldErrors::default();
    let typed = Typed::read(fields, max_chars, &mut errors);
    let mut text = |name: &'static str| {
        fields.filled(name).unwrap_or_else(|message| {
            errors.push(name, message);
            String::new()
        })
    };
    let (uid, token) = (text("uid"), text("token"));
    errors.into_result()?;
    let typed = typed.ok_or_else(|| Failure::Internal("a password without fault".to_owned()))?;
    Ok((typed, uid, token))
}

async fn owner(state: &AppState, uid: &str, token: &str) -> Result<Owner, Failure> {
    state.auth.owner_by_link(uid, token).await.map_err(|error| match error {
        ResetError::NoAccount => invalid("uid"),
        ResetError::NoToken => invalid("token"),
        ResetError::Other(error) => error.into(),
    })
}

fn invalid(field: &'static str) -> Failure {
    Failure::Fields(FieldErrors::one(field, INVALID))
}
