//! `/api/auth/sessions/`: where the account is signed in, and the end of it there.

use app::wire::{Session, SessionList, paths};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Detail, logout::farewell, step_up, tokens::iso};
use crate::{
    auth::SessionRecord,
    domain::{SessionId, UserAgent},
    http::{
        AppState, CurrentUser, Failure,
        client::Client,
        fields::Fields,
        openapi::{Refusal, bodies},
    },
};

/// One of them.
pub const SESSION: &str = "/api/auth/sessions/{id}/";

const ALL_ENDED: &str = "All your sessions have been ended.";

/// Answers with the caller's sessions that go on, the latest used first.
///
/// # Errors
/// 401; 503.
#[utoipa::path(
    get,
    path = paths::SESSIONS,
    operation_id = "sessions",
    tag = "session",
    responses((status = OK, description = "The sessions.", body = SessionList)),
)]
pub async fn get(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
) -> Result<Json<SessionList>, Failure> {
    let own = state.auth.own_sessions(&caller).await?;
    let lifetime = state.auth.policy.rotation.refresh_lifetime;
    let wire = |session: SessionRecord| {
        let agent = UserAgent::parse(&session.client.user_agent);
        Session {
            id: session.id.to_string(),
            browser: agent.browser.to_owned(),
            device: agent.device.to_owned(),
            created_at: iso(session.created_at),
            last_used_at: iso(session.last_used_at),
            expires_at: iso(session.expires_at(lifetime)),
            is_current: session.id == caller.session,
            ip: session.client.ip,
        }
    };
    let sessions = own.sessions.into_iter().map(wire).collect();
    Ok(Json(SessionList { sessions, total: own.total, now: iso(state.auth.now()) }))
}

/// Ends a session of the caller's. Their own one ends as by a sign-out; for another one the sign-in
/// has to be young, or the password there.
///
/// # Errors
/// 404 where the caller has no such session; 400 with another password; 403; 401; 503.
#[utoipa::path(
    delete,
    path = SESSION,
    operation_id = "end_session",
    tag = "session",
    params(("id" = String, Path, description = "Its id, as the list of sessions has it.")),
    request_body = Option<bodies::Confirmation>,
    responses(
        (
            status = NO_CONTENT,
            description = "Ended.",
            headers((
                "Set-Cookie" = String,
                description = "Deletes the token cookies, where it was the caller's own."
            )),
        ),
        (
            status = NOT_FOUND,
            description = "The caller has no such session.",
            body = Refusal,
            example = json!({"detail": "Not found."}),
        ),
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let session = id.ok().and_then(|Path(id)| SessionId::parse(&id));
    if session == Some(caller.session) {
        state.auth.leave_session(&caller, &client).await;
        return Ok((StatusCode::NO_CONTENT, farewell(&state, &headers)?).into_response());
    }
    let owner = step_up::owner(&state, &caller, &fields, &client).await?;
    let session = session.ok_or(Failure::NotFound)?;
    let ended = state.auth.end_own_session(owner, session, &client).await;
    if ended.map_err(step_up::failure)? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(Failure::NotFound)
    }
}

/// Ends all sessions of the account but the one that asks for it. The sign-in has to be young, or the
/// password there.
///
/// # Errors
/// 400 with another password; 403; 401; 503.
#[utoipa::path(
    post,
    path = paths::REVOKE_OTHERS,
    operation_id = "end_other_sessions",
    tag = "session",
    request_body = Option<bodies::Confirmation>,
    responses((
        status = OK,
        description = "Ended.",
        body = Detail,
        example = json!({"detail": "2 other sessions have been ended."}),
    )),
)]
pub async fn revoke_others(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    fields: Fields,
) -> Result<Json<Value>, Failure> {
    let owner = step_up::owner(&state, &caller, &fields, &client).await?;
    let ended = state.auth.end_other_sessions(owner, &client).await.map_err(step_up::failure)?;
    let words = match ended {
        0 => "There were no other sessions.".to_owned(),
        1 => "1 other session has been ended.".to_owned(),
        n => format!("{n} other sessions have been ended."),
    };
    Ok(Json(json!({ "detail": words })))
}

/// Ends all sessions of the account; this browser loses its cookies. The sign-in has to be young, or
/// the password there.
///
/// # Errors
/// 400 with another password; 403; 401; 503.
#[utoipa::path(
    post,
    path = paths::REVOKE_ALL,
    operation_id = "end_all_sessions",
    tag = "session",
    request_body = Option<bodies::Confirmation>,
    responses((
        status = OK,
        description = "Ended.",
        body = Detail,
        headers(("Set-Cookie" = String, description = "Deletes the token cookies.")),
        example = json!({"detail": "All your sessions have been ended."}),
    )),
)]
pub async fn revoke_all(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    Client(client): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let owner = step_up::owner(&state, &caller, &fields, &client).await?;
    state.auth.end_all_sessions(owner, &client).await.map_err(step_up::failure)?;
    Ok((farewell(&state, &headers)?, Json(Detail { detail: ALL_ENDED })).into_response())
}
