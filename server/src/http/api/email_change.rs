//! `POST /api/auth/email/`: another address, for the account's owner.

use app::wire::paths;
use axum::{Json, extract::State};

use super::{Detail, email, step_up};
use crate::http::{
    AppState, CurrentUser, Failure, client::Client, field_errors::FieldErrors, fields::Fields,
    openapi::bodies,
};

const SENT: &str = "Verification e-mail sent.";

/// Asks for another address. The present one stays until the other is confirmed by the key of the
/// mail that is sent there; the answer is the same whether somebody else has it or
/// not. The sign-in has to be young, or the password there.
///
/// # Errors
/// 400 with what is wrong, by field; 403; 401; 503.
#[utoipa::path(
    post,
    path = paths::EMAIL_CHANGE,
    operation_id = "change_email",
    tag = "account",
    request_body = bodies::EmailChange,
    responses((
        status = OK,
        description = "A mail is on its way.",
        body = Detail,
        example = json!({"detail": "Verification e-mail sent."}),
    )),
)]
pub async fn post(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    fields: Fields,
) -> Result<Json<Detail>, Failure> {
    let mut errors = FieldErrors::default();
    let email = email::among(&fields, &mut errors);
    let password = step_up::read(&state, &fields, &mut errors);
    errors.into_result()?;
    let Some(email) = email else {
        return Err(Failure::Internal("an address that was not checked".to_owned()));
    };
    let owner = step_up::confirm(&state, &caller, password, &client).await?;
    let asked = state.auth.ask_for_new_email(owner, &email, &client).await;
    asked.map_err(step_up::failure)?;
    Ok(Json(Detail { detail: SENT }))
}
