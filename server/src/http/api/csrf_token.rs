//! `GET /api/csrf/`: hands out the cookie `csrftoken`, where it is asked for.

use app::wire::paths;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{AppState, Failure, double_submit, openapi::Refusal};

#[derive(Serialize, ToSchema)]
struct CsrfToken {
    /// To be sent back in the header `X-CSRFToken`.
    #[serde(rename = "csrfToken")]
    csrf_token: String,
}

/// The value, in the cookie and in the body: a page on another origin cannot read the cookie. A value
/// that the browser holds already stays.
///
/// # Errors
/// 404 where nobody is asked for it.
#[utoipa::path(
    get,
    path = paths::CSRF,
    operation_id = "csrf_token",
    tag = "session",
    summary = "Hands out the cookie `csrftoken`, where it is asked for.",
    responses(
        (
            status = OK,
            description = "The value, in the cookie and in the body.",
            body = CsrfToken,
            headers(("Set-Cookie" = String, description = "The cookie `csrftoken`.")),
        ),
        (
            status = NOT_FOUND,
            description = "Nobody is asked for it (`JWT_AUTH_COOKIE_USE_CSRF`).",
            body = Refusal,
            example = json!({"detail": "Not found."}),
        ),
    ),
)]
pub async fn get(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    if !state.web.double_submit.is_used() {
        return Err(Failure::NotFound);
    }
    let csrf_token = match double_submit::held(&headers) {
        Some(value) => value,
        None => double_submit::new_value(&*state.auth.entropy)
            .map_err(|error| Failure::Internal(error.to_string()))?,
    };
    let cookie = double_submit::set_cookie(&csrf_token, &state.web.cookies, state.auth.now());
    let mut response = Json(CsrfToken { csrf_token }).into_response();
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
