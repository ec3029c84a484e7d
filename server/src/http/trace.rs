//! One log line for each request, and the id that ties a 5xx answer to it.

use std::time::Instant;

use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{AppState, failure::ServerFault};
use crate::domain::entropy::random;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request under way. Neither query, headers, bodies nor addresses are logged.
pub struct Trace {
    id: String,
    method: Method,
    path: String,
    started: Instant,
}

impl Trace {
    /// A request has come.
    pub fn begin(state: &AppState, request: &Request) -> Self {
        Self {
            id: hex::encode(random::<16>(&*state.auth.entropy).unwrap_or_default()),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            started: Instant::now(),
        }
    }

    /// Logs what became of it, and gives a failed one its id.
    pub fn end(self, mut response: Response) -> Response {
        let Self { id, method, path, started } = self;
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
        if let Ok(value) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}
