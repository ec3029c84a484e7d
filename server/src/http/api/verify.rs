//! `POST /api/auth/token/verify/`: is this token good?

use app::wire::paths;
use axum::{Json, extract::State, http::HeaderMap};
use serde_json::{Value, json};

use crate::http::{
    AppState, Failure,
    cookies::candidates,
    field_errors::FieldErrors,
    fields::{Fields, message},
    openapi::{Refusal, bodies},
};

/// Looks at the token of the body, else at the access cookie.
///
/// # Errors
/// 401 when it is not acceptable, 400 when it is blacklisted or missing; 503.
#[utoipa::path(
    post,
    path = paths::TOKEN_VERIFY,
    operation_id = "verify",
    tag = "session",
    request_body = Option<bodies::Verify>,
    responses(
        (status = OK, description = "It is good.", body = Object, example = json!({})),
        (
            status = UNAUTHORIZED,
            description = "It is not.",
            body = Refusal,
            headers(("WWW-Authenticate" = String, description = r#"`Bearer realm="api"`."#)),
        ),
    ),
    security((), ("accessCookie" = [])),
)]
pub async fn post(
    State(state): State<AppState>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Json<Value>, Failure> {
    let field = |message: &str| Failure::Fields(FieldErrors::one("token", message));
    let token = match fields.trimmed("token").map_err(field)? {
        Some(token) if token.is_empty() => return Err(field(message::BLANK)),
        Some(token) => token,
        None => {
            let tokens = candidates(&headers, &state.web.cookies.access.name);
            let token = state.auth.pick_access(&tokens);
            token.ok_or_else(|| field(message::REQUIRED))?.to_owned()
        }
    };
    state.auth.verify(&token).await?;
    Ok(Json(json!({})))
}
