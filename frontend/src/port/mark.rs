//! The readable cookie of a browser that has signed out without the server's knowledge.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlDocument};

const SET: &str = "latchkey-out=1";
/// As long as a refresh token may live by any sensible setting.
const MAX_AGE_S: u32 = 400 * 86_400;

/// Whether it is there.
pub fn is_set(document: &Document) -> bool {
    readable(document).split("; ").any(|cookie| cookie == SET)
}

/// All cookies that scripts can read, as `name=value`, with `; ` between them.
pub fn readable(document: &Document) -> String {
    html(document).and_then(|document| document.cookie().ok()).unwrap_or_default()
}

/// Sets it, or takes it away.
pub fn set(document: &Document, out: bool) {
    let secure =
        document.location().and_then(|place| place.protocol().ok()).as_deref() == Some("https:");
    let age = if out { MAX_AGE_S } else { 0 };
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{SET}; Max-Age={age}; Path=/; SameSite=Lax{secure}");
    if let Some(document) = html(document) {
        // A browser that refuses cookies has none of ours either.
        _ = document.set_cookie(&cookie);
    }
}

fn html(document: &Document) -> Option<&HtmlDocument> {
    document.dyn_ref()
}
