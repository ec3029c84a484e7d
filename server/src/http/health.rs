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
use serde_json::json;

use super::AppState;
use crate::auth::readiness::NotReady;

/// Both routes.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .layer(map_response(keep_nowhere))
        .with_state(state.clone())
}

async fn keep_nowhere(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn alive() -> Response {
    Json(json!({ "status": "alive" })).into_response()
}

async fn ready(State(state): State<AppState>) -> Response {
    let Err(fault) = state.auth.readiness().await else {
        return Json(json!({ "status": "ready" })).into_response();
    };
    tracing::warn!(%fault, "this node is not ready");
    let reason = match fault {
        NotReady::Database(_) => "database",
        NotReady::Clock(_) => "clock",
        NotReady::Revocations => "revocations",
    };
    let body = Json(json!({ "status": "not ready", "reason": reason }));
    (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
}
