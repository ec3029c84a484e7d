//! The cookie `latchkey-device`, by which a browser shows whose accounts it has been used with.

use axum::http::{HeaderMap, HeaderValue};
use cookie::Cookie;
use time::OffsetDateTime;

use super::{AppState, CookiePolicy, cookies::candidates};
use crate::domain::{Device, EntropyError, UserId, entropy::random};

/// Its name.
pub const COOKIE: &str = "latchkey-device";
/// The longest that browsers keep one.
const MAX_AGE: time::Duration = time::Duration::days(400);

/// The same behind TLS: no script and no sibling domain can plant it.
pub const SECURE_COOKIE: &str = "__Host-Http-latchkey-device";

const fn name(policy: &CookiePolicy) -> &'static str {
    if policy.secure { SECURE_COOKIE } else { COOKIE }
}

/// What a browser shows.
pub fn device(policy: &CookiePolicy, headers: &HeaderMap) -> Device {
    candidates(headers, name(policy)).into_iter().next().map(Device::shown).unwrap_or_default()
}

/// A `Set-Cookie` by which the browser will be known.
///
/// # Errors
/// Without randomness.
pub fn remember(
    state: &AppState,
    headers: &HeaderMap,
    user: UserId,
) -> Result<Option<HeaderValue>, EntropyError> {
    let nonce = random(&*state.auth.entropy)?;
    let known = device(&state.web.cookies, headers).with(user, &state.auth.tokens.keys(), nonce);
    Ok(keep(state, &known))
}

/// A `Set-Cookie` by which the browser is still known once an older signing key is over.
pub fn renew(state: &AppState, headers: &HeaderMap, user: UserId) -> Option<HeaderValue> {
    let known = device(&state.web.cookies, headers).renewed(user, &state.auth.tokens.keys())?;
    keep(state, &known)
}

fn keep(state: &AppState, known: &Device) -> Option<HeaderValue> {
    let policy = &state.web.cookies;
    let mut cookie = Cookie::new(name(policy), known.as_str());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_secure(policy.secure);
    cookie.set_same_site(policy.same_site);
    cookie.set_partitioned(policy.partitioned);
    cookie.set_max_age(MAX_AGE);
    let now = OffsetDateTime::from_unix_timestamp(state.auth.now().seconds());
    cookie.set_expires(now.map_or(OffsetDateTime::UNIX_EPOCH, |now| now.saturating_add(MAX_AGE)));
    HeaderValue::from_str(&cookie.to_string()).ok()
}
