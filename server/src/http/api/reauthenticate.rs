//! `POST /api/auth/reauthenticate/`: the account's owner is still the one who is signed in here.

use app::wire::paths;
use axum::{Json, extract::State};

use super::{Detail, step_up};
use crate::http::{
    AppState, CurrentUser, Failure, client::Client, field_errors::FieldErrors, fields::Fields,
    openapi::bodies,
};

const CONFIRMED: &str = "Your password has been confirmed.";

/// Shows the password once more. For a while after that nothing asks for it in this session
/// (`REAUTHENTICATE_AFTER`).
///
/// # Errors
/// 400 without the password, or with another one; 401; 503.
#[utoipa::path(
    post,
    path = paths::REAUTHENTICATE,
    operation_id = "reauthenticate",
    tag = "account",
    request_body = bodies::Reauthentication,
    responses((
        status = OK,
        description = "It is the right one.",
        body = Detail,
        example = json!({"detail": "Your password has been confirmed."}),
    )),
)]
pub async fn post(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    fields: Fields,
) -> Result<Json<Detail>, Failure> {
    let mut errors = FieldErrors::default();
    let password = step_up::read_required(&state, &fields, &mut errors);
    errors.into_result()?;
    let owner = step_up::confirm(&state, &caller, password, &client).await?;
    state.auth.reauthenticate(owner).await.map_err(step_up::failure)?;
    Ok(Json(Detail { detail: CONFIRMED }))
}
