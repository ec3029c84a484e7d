//! The mark of a browser that signed out while the server could not be told. The browser sets it, a
//! sign-out or a sign-in takes it away.

use app::wire::OUT_COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::{candidates, parent_domains};

const REMOVAL: &str =
    "latchkey-out=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax";

/// Whether the browser counts as signed out, whatever other cookies say.
pub fn is_marked_out(request: &HeaderMap) -> bool {
    candidates(request, OUT_COOKIE).iter().any(|value| value == "1")
}

/// What takes the mark away, where there is one: another host of the same domain may have set it,
/// too, and would keep everybody out.
pub fn unmark(request: &HeaderMap) -> Vec<HeaderValue> {
    if candidates(request, OUT_COOKIE).is_empty() {
        return Vec::new();
    }
    let of_parents = parent_domains(request).into_iter();
    let of_parents = of_parents.map(|domain| format!("{REMOVAL}; Domain={domain}"));
    let all = std::iter::once(REMOVAL.to_owned()).chain(of_parents);
    all.filter_map(|cookie| HeaderValue::from_str(&cookie).ok()).collect()
}
