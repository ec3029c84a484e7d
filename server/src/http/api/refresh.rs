//! `POST /api/auth/token/refresh/`: a new access token.

use app::wire::{RefreshResponse, paths};
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::tokens::{Keeper, append_cookies, expiry};
use crate::{
    auth::AuthError,
    domain::TokenKind,
    http::{
        AppState, Failure,
        client::Client,
        device,
        field_errors::FieldErrors,
        fields::{Fields, message},
        named::name,
        openapi::{Refusal, bodies},
        session_end::{session_end, tell},
    },
};

/// Presents the refresh token of the body, else of the cookie. A failure deletes no cookie: a
/// late one would wipe the cookies of a newer sign-in.
///
/// # Errors
/// 401 when the token is not acceptable; 400 when the body is wrong; 503.
#[utoipa::path(
    post,
    path = paths::TOKEN_REFRESH,
    operation_id = "refresh",
    tag = "session",
    request_body = Option<bodies::Refresh>,
    responses(
        (
            status = OK,
            description = "Another access token.",
            body = RefreshResponse,
            headers(
                ("Set-Cookie" = String, description = "The token cookies that are new."),
                ("latchkey-user" = i64, description = "The account's id."),
            ),
        ),
        (
            status = UNAUTHORIZED,
            description = "The session has ended, or there is none.",
            body = Refusal,
            headers(
                ("WWW-Authenticate" = String, description = r#"`Bearer realm="api"`."#),
                ("latchkey-session-end" = String, description = "Why it ended: `signed_out`, \
                    `expired`, `password_changed`, `replayed`, `disabled`, `administrator` or \
                    `ended`."),
            ),
        ),
    ),
    security((), ("refreshCookie" = [])),
)]
pub async fn post(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let (presented, keeper) = present(&state, &headers, &fields).await?;
    let refreshed = match state.auth.refresh(&presented, &client).await {
        Ok(refreshed) => refreshed,
        Err(error) => {
            let end = session_end(&error);
            let mut refusal = failure(error).into_response();
            tell(&mut refusal, end);
            return Ok(refusal);
        }
    };
    let now = state.auth.now();

    let web = &state.web;
    let minted = std::iter::once((TokenKind::Access, &refreshed.access))
        .chain(refreshed.refresh.iter().map(|refresh| (TokenKind::Refresh, refresh)));
    let mut cookies = keeper.cookies(web, minted, now)?;
    if keeper == Keeper::Cookies {
        append_cookies(&mut cookies, device::renew(&state, &headers, refreshed.user_id));
    }
    let access = refreshed.access.token.expose();
    // Where nothing new was minted the client goes on with what it presented.
    let refresh = refreshed.refresh.as_ref().map_or(presented.as_str(), |r| r.token.expose());
    let body = RefreshResponse {
        access: if keeper.access_in_body(web) { access.to_owned() } else { String::new() },
        refresh: keeper.refresh_in_body(web).then(|| refresh.to_owned()),
        expiry: expiry(refreshed.access.expires_at, refreshed.refresh_expires_at, now),
    };
    let mut answer = (cookies, Json(body)).into_response();
    name(&mut answer, refreshed.user_id);
    Ok(answer)
}

async fn present(
    state: &AppState,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<(String, Keeper), Failure> {
    let field = |message: &str| Failure::Fields(FieldErrors::one("refresh", message));
    if let Some(token) = fields.optional("refresh").map_err(field)? {
        if token.is_empty() {
            return Err(field(message::BLANK));
        }
        let both = state.web.bodies.both_tokens;
        return Ok((token, if both { Keeper::Cookies } else { Keeper::Client }));
    }
    let tokens = state.web.cookies.refresh_tokens(headers);
    let picked = state.auth.pick_refresh(&tokens).await?;
    let token = picked.ok_or(Failure::TokenNotValid("No valid refresh token found."))?;
    Ok((token.to_owned(), Keeper::Cookies))
}

fn failure(error: AuthError) -> Failure {
    match error {
        AuthError::Inactive | AuthError::UserNotFound => Failure::NoActiveAccount,
        other => other.into(),
    }
}
