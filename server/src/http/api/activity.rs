//! `GET /api/auth/activity/`: what happened to the account.

use app::wire::{Activity as Item, ActivityKind, ActivityList, paths};
use axum::{Json, extract::State, http::Uri};

use super::tokens::iso;
use crate::{
    auth::EventRecord,
    domain::{EventKind, UserAgent},
    http::{AppState, CurrentUser, Failure, field_errors::FieldErrors},
};

const BEFORE: &str = "before";
const NO_NUMBER: &str = "A valid integer is required.";

/// Answers with what happened to the caller's account, the latest first; older events follow by
/// `before`.
///
/// # Errors
/// 400 when `before` is no number; 401; 503.
#[utoipa::path(
    get,
    path = paths::ACTIVITY,
    operation_id = "activity",
    tag = "account",
    params((
        "before" = Option<i64>, Query,
        description = "The `next` of an earlier answer: what happened before that.",
        nullable = false,
    )),
    responses(
        (status = OK, description = "What happened.", body = ActivityList),
        (
            status = BAD_REQUEST,
            description = "`before` is no number.",
            body = super::super::openapi::FieldMessages,
            example = json!({"before": ["A valid integer is required."]}),
        ),
    ),
)]
pub async fn get(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    uri: Uri,
) -> Result<Json<ActivityList>, Failure> {
    let activity = state.auth.activity(caller.user_id, before(&uri)?).await?;
    Ok(Json(ActivityList {
        events: activity.events.into_iter().map(wire).collect(),
        next: activity.next.map(|id| id.to_string()),
        now: iso(state.auth.now()),
    }))
}

/// Where the caller goes on, if they do.
fn before(uri: &Uri) -> Result<Option<i64>, Failure> {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    // Of several the last one counts, as in Django.
    let Some((_, text)) = query.filter(|(name, _)| name == BEFORE).last() else { return Ok(None) };
    let number = text.trim();
    if number.is_empty() {
        return Ok(None);
    }
    let id = number.parse().map_err(|_| Failure::Fields(FieldErrors::one(BEFORE, NO_NUMBER)))?;
    Ok(Some(id))
}

fn wire(event: EventRecord) -> Item {
    let agent = UserAgent::parse(&event.client.user_agent);
    Item {
        id: event.id,
        kind: event.kind.map_or(ActivityKind::Unknown, kind),
        at: iso(event.at),
        count: event.count,
        browser: agent.browser.to_owned(),
        device: agent.device.to_owned(),
        ip: event.client.ip,
    }
}

const fn kind(kind: EventKind) -> ActivityKind {
    match kind {
        EventKind::Registered => ActivityKind::Registered,
        EventKind::SignedIn => ActivityKind::SignedIn,
        EventKind::SignInFailed => ActivityKind::SignInFailed,
        EventKind::SignedOut => ActivityKind::SignedOut,
        EventKind::SessionsEnded => ActivityKind::SessionsEnded,
        EventKind::ReplayCaught => ActivityKind::ReplayCaught,
        EventKind::PasswordChanged => ActivityKind::PasswordChanged,
        EventKind::PasswordReset => ActivityKind::PasswordReset,
        EventKind::EmailChangeAsked => ActivityKind::EmailChangeAsked,
        EventKind::EmailChanged => ActivityKind::EmailChanged,
    }
}
