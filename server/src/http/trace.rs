//! One log line for each request, and the id that ties a 5xx answer to it.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{AppState, failure::ServerFault};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names requests by a count under a key of the process: no call to the system for each, and nobody
/// can tell how many there were.
#[derive(Debug, Default)]
pub struct RequestIds {
    key: RandomState,
    count: AtomicU64,
}

impl RequestIds {
    fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{:016x}{:016x}", self.key.hash_one(count), self.key.hash_one(!count))
    }
}

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
            id: state.request_ids.next(),
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
            let request_id = &id;
            tracing::error!(%method, path, status, micros, request_id, %cause, "request failed");
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
