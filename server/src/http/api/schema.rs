//! `GET /api/schema/`: what the API is, in OpenAPI's words.

use app::wire::paths;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::http::{AppState, Failure, openapi::document};

/// Describes the API: this document.
///
/// # Errors
/// 500 when it cannot be written.
#[utoipa::path(
    get,
    path = paths::SCHEMA,
    operation_id = "schema",
    tag = "service",
    responses((status = OK, description = "OpenAPI 3.1.", content_type = "application/json", body = serde_json::Value)),
)]
pub async fn get(State(state): State<AppState>) -> Result<Response, Failure> {
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], written(&state)?).into_response())
}

/// It is written when it is first asked for: most servers never are.
fn written(state: &AppState) -> Result<Bytes, Failure> {
    if let Some(schema) = state.schema.get() {
        return Ok(schema.clone());
    }
    let schema = document(&state.web).to_json();
    let schema = schema.map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(state.schema.get_or_init(|| schema.into()).clone())
}
