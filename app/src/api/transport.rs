//! The one seam between the typed client and whatever carries its requests: `fetch` in the
//! browser, the API router itself while a page is rendered on the server, a script in tests.

use std::{future::Future, pin::Pin};

use serde::Serialize;

use super::{ApiError, Body};
use crate::wire::SessionEnd;

/// A boxed future that may cross threads. Browser adapters wrap theirs in a `SendWrapper`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The methods the client uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads, and changes nothing.
    Get,
    /// Writes.
    Post,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

/// A request to the own API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRequest {
    /// The method.
    pub method: Method,
    /// The path below the origin, one of [`crate::wire::paths`] or the app's own.
    pub path: String,
    /// The body.
    pub body: Body,
    /// The id of the account that it is meant for, where that is said: for another one the API does
    /// nothing.
    pub user: Option<i64>,
}

impl ApiRequest {
    /// Reads from `path`.
    pub fn get(path: &str) -> Self {
        Self { method: Method::Get, path: path.to_owned(), body: Body::Empty, user: None }
    }

    /// Writes to `path`, without a body.
    pub fn post(path: &str) -> Self {
        Self { method: Method::Post, ..Self::get(path) }
    }

    /// Changes a part of what is at `path`.
    pub fn patch(path: &str) -> Self {
        Self { method: Method::Patch, ..Self::get(path) }
    }

    /// Removes what is at `path`.
    pub fn delete(path: &str) -> Self {
        Self { method: Method::Delete, ..Self::get(path) }
    }

    /// The same with a JSON body.
    ///
    /// # Errors
    /// [`ApiError::Unreadable`] for a map with keys that are no text, or a type's own failure.
    pub fn with(self, body: &impl Serialize) -> Result<Self, ApiError> {
        let json = serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?;
        Ok(Self { body: Body::Json(json), ..self })
    }
}

/// An answer of the own API, of any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiResponse {
    /// The HTTP status.
    pub status: u16,
    /// `WWW-Authenticate`, where it was sent.
    pub www_authenticate: Option<String>,
    /// `Retry-After` in seconds, where it was sent.
    pub retry_after_s: Option<u64>,
    /// Whose name it was given in, where it says so.
    pub user: Option<i64>,
    /// Why the session ended, where a refused refresh said so.
    pub session_end: Option<SessionEnd>,
    /// Whether `Content-Type` is JSON. A captive portal's page with status 200 is not an answer.
    pub is_json: bool,
    /// The body.
    pub body: String,
}

/// No answer came: offline, aborted, timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// Carries one request and brings its answer.
pub trait Transport: Send + Sync + 'static {
    /// Sends the request with the caller's cookies.
    ///
    /// # Errors
    /// [`NoAnswer`] when none arrived; an answer of any status is `Ok`.
    fn send(&self, request: ApiRequest) -> BoxFuture<'_, Result<ApiResponse, NoAnswer>>;
}
