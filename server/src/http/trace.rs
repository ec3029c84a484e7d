//! One log line for each request, and the id that ties a 5xx answer to it.

use std::{
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
use crate::domain::{Entropy, entropy::random};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names requests: a random number for the process, and a count. A random number for each would be a
/// call to the system for each.
#[derive(Debug)]
pub struct RequestIds {
    process: u64,
    count: AtomicU64,
}

impl RequestIds {
    /// The names of one process.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let process = random(entropy).map(u64::from_be_bytes).unwrap_or_default();
        Self { process, count: AtomicU64::default() }
    }

    fn next(&self) -> String {
        format!("{:016x}{:016x}", self.process, self.count.fetch_add(1, Ordering::Relaxed))
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
