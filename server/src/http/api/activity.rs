//! `GET /api/auth/activity/`: what happened to the account.

use app::wire::{Activity as Item, ActivityKind, ActivityList, paths};
use axum::{Json, extract::State, http::Uri};

use super::tokens::iso;
use crate::{
    auth::{EventPlace, EventRecord},
    domain::{EventKind, UserAgent},
    http::{AppState, CurrentUser, Failure, field_errors::FieldErrors},
};

const BEFORE: &str = "before";
const NO_PLACE: &str = "Invalid cursor.";

/// Answers with what happened to the caller's account, the latest first; older events follow by
/// `before`.
///
/// # Errors
/// 400 when `before` is no such place; 401; 503.
#[utoipa::path(
    get,
    path = paths::ACTIVITY,
    operation_id = "activity",
    tag = "account",
    params((
        "before" = Option<String>, Query,
        description = "The `next` of an earlier answer: what happened before that.",
        nullable = false,
    )),
    responses(
        (status = OK, description = "What happened.", body = ActivityList),
        (
            status = BAD_REQUEST,
            description = "`before` is none that an answer named.",
            body = super::super::openapi::FieldMessages,
            example = json!({"before": ["Invalid cursor."]}),
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
        next: activity.next.map(|place| place.to_string()),
        now: iso(state.auth.now()),
    }))
}

/// Where the caller goes on, if they do.
fn before(uri: &Uri) -> Result<EventPlace, Failure> {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    // Of several the last one counts, as in Django.
    let Some((_, text)) =
        query.filter(|(name, _)| name == BEFORE).last().filter(|(_, text)| !text.is_empty())
    else {
        return Ok(EventPlace::START);
    };
    EventPlace::parse(&text).ok_or_else(|| Failure::Fields(FieldErrors::one(BEFORE, NO_PLACE)))
}

fn wire(event: EventRecord) -> Item {
    let agent = UserAgent::parse(&event.client.user_agent);
    Item {
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
