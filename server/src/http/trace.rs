//! One log line for each request, and the id that ties a 5xx answer to it.

use std::time::Instant;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{AppState, failure::ServerFault};
use crate::domain::{entropy::random, key::hex};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Logs the request and gives a failed one its id. Neither query, headers, bodies nor addresses
/// are logged.
pub async fn trace(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = hex(&random::<16>(&*state.auth.entropy).unwrap_or_default());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let micros = started.elapsed().as_micros();
    if let Some(ServerFault { cause, detail }) = response.extensions_mut().remove() {
        tracing::error!(%method, path, status, micros, request_id = id, %cause, "request failed");
        let body = Json(json!({ "detail": detail, "request_id": id })).into_response();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = body.into_body();
    } else {
        tracing::info!(%method, path, status, micros, request_id = id, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
