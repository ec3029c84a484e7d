//! `POST /api/auth/registration/verify-email/` and `.../resend-email/`: whose address is it?

use app::wire::paths;
use axum::{Json, extract::State};

use super::{Detail, email};
use crate::{
    auth::verification::VerificationError,
    http::{
        AppState, Failure,
        client::Client,
        field_errors::FieldErrors,
        fields::Fields,
        openapi::{Refusal, bodies},
    },
};

const OK: &str = "ok";

/// Takes an address for theirs, by the key of the link that was sent there.
///
/// # Errors
/// 400 without a key; 404 when it is none, was used, or is too old; 503.
#[utoipa::path(
    post,
    path = paths::VERIFY_EMAIL,
    operation_id = "verify_email",
    tag = "account",
    request_body = bodies::VerifyEmail,
    responses(
        (status = OK, description = "It is theirs.", body = Detail, example = json!({"detail": "ok"})),
        (
            status = NOT_FOUND,
            description = "The key is none, was used, or is too old.",
            body = Refusal,
            example = json!({"detail": "Not found."}),
        ),
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Client(client): Client,
    fields: Fields,
) -> Result<Json<Detail>, Failure> {
    let key = fields.filled("key");
    let key = key.map_err(|message| Failure::Fields(FieldErrors::one("key", message)))?;
    match state.auth.verify_email(&key, &client).await {
        Ok(()) => Ok(Json(Detail { detail: OK })),
        Err(VerificationError::NoKey) => Err(Failure::NotFound),
        Err(VerificationError::Other(error)) => Err(error.into()),
    }
}

/// Asks for that mail again. The answer is the same for all addresses, and for none.
///
/// # Errors
/// 400 when it is no address, or missing where everybody has one; 503.
#[utoipa::path(
    post,
    path = paths::RESEND_EMAIL,
    operation_id = "resend_email",
    tag = "account",
    request_body = Option<bodies::ResendEmail>,
    responses((
        status = OK,
        description = "If there is such an address to verify, a mail is on its way.",
        body = Detail,
        example = json!({"detail": "ok"}),
    )),
)]
pub async fn resend(
    State(state): State<AppState>,
    fields: Fields,
) -> Result<Json<Detail>, Failure> {
    let asked = state.web.asks_email.then(|| email::required(&fields).map(Some));
    if let Some(email) = asked.unwrap_or_else(|| email::optional(&fields))? {
        state.auth.ask_for_verification(&email).await?;
    }
    Ok(Json(Detail { detail: OK }))
}
