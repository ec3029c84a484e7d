//! What a request carries.

use std::{any::Any, fmt, sync::Arc};

use super::ApiRequest;

/// Uploads of more than this first wait for an access token that lasts: a 401 would cost them all.
const LARGE_BYTES: u64 = 1_000_000;
/// What is left of such a token, in milliseconds.
const LASTING_MS: u64 = 60_000;

/// The body of a request, kept so that the request can be sent a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON.
    Json(String),
    /// Something of the browser's own: a `FormData`, a `Blob`, a `ReadableStream`.
    Native(NativeBody),
}

/// Something of the browser's own, by reference.
#[derive(Clone)]
pub struct NativeBody {
    handle: Arc<dyn Any + Send + Sync>,
    /// Its bytes; `None` for a stream, which can be read but once.
    size: Option<u64>,
}

impl NativeBody {
    /// A body that `fetch` takes, of `size` bytes: a `JsValue` in a `SendWrapper`.
    pub fn new(handle: impl Any + Send + Sync, size: u64) -> Self {
        Self { handle: Arc::new(handle), size: Some(size) }
    }

    /// A stream: it is sent once, with a token that lasts, and never again.
    pub fn stream(handle: impl Any + Send + Sync) -> Self {
        Self { handle: Arc::new(handle), size: None }
    }

    /// What the transport takes for the body.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.handle.downcast_ref()
    }

    /// Whether it can be read but once.
    pub const fn is_stream(&self) -> bool {
        self.size.is_none()
    }
}

impl fmt::Debug for NativeBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeBody").field("size", &self.size).finish_non_exhaustive()
    }
}

impl PartialEq for NativeBody {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.handle, &other.handle)
    }
}

impl Eq for NativeBody {}

impl ApiRequest {
    /// Uploads to `path`.
    pub fn upload(path: &str, body: NativeBody) -> Self {
        Self { body: Body::Native(body), ..Self::post(path) }
    }

    /// Milliseconds that the access token must have left for this request.
    pub(super) fn margin_ms(&self) -> u64 {
        let size = match &self.body {
            Body::Empty => Some(0),
            Body::Json(text) => u64::try_from(text.len()).ok(),
            Body::Native(body) => body.size,
        };
        if size.is_some_and(|size| size <= LARGE_BYTES) { 0 } else { LASTING_MS }
    }

    /// Whether the same can be sent a second time.
    pub(super) const fn is_repeatable(&self) -> bool {
        !matches!(&self.body, Body::Native(body) if body.is_stream())
    }
}
