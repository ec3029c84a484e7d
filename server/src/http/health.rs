//! For load balancers and service managers: `GET /healthz`, is the process alive; `GET /readyz`,
//! may it be sent requests. For nobody in particular, so they say little.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::AppState;
use crate::auth::readiness::NotReady;

const ALIVE: &str = "/healthz";
const READY: &str = "/readyz";

/// How a node is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `alive`, `ready` or `not ready`.
    status: &'static str,
    /// Why it is not: `database`, `clock`, `revocations` or `keys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'static str>,
}

impl Health {
    const fn is(status: &'static str) -> Json<Self> {
        Json(Self { status, reason: None })
    }
}

/// Both routes.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route(ALIVE, get(alive))
        .route(READY, get(ready))
        .layer(map_response(keep_nowhere))
        .with_state(state.clone())
}

async fn keep_nowhere(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Is the process alive?
#[utoipa::path(
    get,
    path = ALIVE,
    operation_id = "alive",
    tag = "service",
    responses((status = OK, description = "It is.", body = Health, example = json!({"status": "alive"}))),
)]
pub async fn alive() -> Response {
    Health::is("alive").into_response()
}

/// May this node be sent requests?
#[utoipa::path(
    get,
    path = READY,
    operation_id = "ready",
    tag = "service",
    responses(
        (status = OK, description = "It may.", body = Health, example = json!({"status": "ready"})),
        (
            status = SERVICE_UNAVAILABLE,
            description = "It may not, for now.",
            body = Health,
            example = json!({"status": "not ready", "reason": "database"}),
        ),
    ),
)]
pub async fn ready(State(state): State<AppState>) -> Response {
    let Err(fault) = state.auth.readiness().await else {
        return Health::is("ready").into_response();
    };
    tracing::warn!(%fault, "this node is not ready");
    let reason = match fault {
        NotReady::Database(_) => "database",
        NotReady::Clock(_) => "clock",
        NotReady::Revocations => "revocations",
        NotReady::Keys => "keys",
    };
    let body = Json(Health { status: "not ready", reason: Some(reason) });
    (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
}
