//! `POST /api/auth/logout/`: signing out. Always 200, any number of times.

use app::wire::paths;
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{Detail, tokens::append_cookies};
use crate::{
    domain::TokenKind,
    http::{
        AppState, Failure,
        caller::token,
        client::Client,
        cookies::{candidates, unmark},
        headers::FORGET_PAGES_AHEAD,
    },
};

#[derive(Default, Deserialize)]
struct Body {
    refresh: Option<String>,
}

/// Ends the sessions that either cookie (or the Bearer token) names and deletes the cookies.
/// So does a refresh token in the body, of a client that keeps its tokens itself; a body that cannot
/// be read keeps nobody in.
///
/// # Errors
/// 401 for a bad Bearer token.
#[utoipa::path(
    post,
    path = paths::LOGOUT,
    operation_id = "logout",
    tag = "session",
    responses((
        status = OK,
        description = "Signed out, whoever it was.",
        body = Detail,
        headers(("Set-Cookie" = String, description = "Deletes the token cookies.")),
        example = json!({"detail": "Successfully logged out."}),
    )),
    security((), ("accessCookie" = []), ("refreshCookie" = []), ("bearer" = [])),
)]
pub async fn post(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let policy = &state.web.cookies;
    let access = match token(&state.web, &headers)? {
        Some(token) => vec![token],
        None => candidates(&headers, &policy.access.name),
    };
    let mut refresh = policy.refresh_tokens(&headers);
    let body: Body = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
    refresh.extend(body.refresh);
    state.auth.logout(&access, &refresh, &client).await;
    let detail = Json(json!({ "detail": "Successfully logged out." }));
    Ok((farewell(&state, &headers)?, detail).into_response())
}

/// What an answer carries after which nobody is signed in here any more: no cookie stays.
///
/// # Errors
/// When the cookies cannot be made.
pub fn farewell(state: &AppState, request: &HeaderMap) -> Result<HeaderMap, Failure> {
    let policy = &state.web.cookies;
    let mut answer = HeaderMap::new();
    for kind in [TokenKind::Access, TokenKind::Refresh] {
        append_cookies(&mut answer, policy.clear_variants(kind, request)?);
        append_cookies(&mut answer, [policy.clear(kind)?]);
    }
    append_cookies(&mut answer, unmark(request));
    answer.extend([FORGET_PAGES_AHEAD]);
    answer.insert(header::VARY, HeaderValue::from_static("Accept, Cookie, origin"));
    Ok(answer)
}
