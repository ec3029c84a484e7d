//! The mark of a browser that signed out while the server could not be told. The browser sets it, a
//! sign-out or a sign-in takes it away.

use app::wire::OUT_COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::candidates;

const REMOVAL: HeaderValue = HeaderValue::from_static(
    "latchkey-out=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
);

/// Whether the browser counts as signed out, whatever other cookies say.
pub fn is_marked_out(request: &HeaderMap) -> bool {
    candidates(request, OUT_COOKIE).iter().any(|value| value == "1")
}

/// What takes the mark away, where there is one.
pub fn unmark(request: &HeaderMap) -> Option<HeaderValue> {
    (!candidates(request, OUT_COOKIE).is_empty()).then_some(REMOVAL)
}
