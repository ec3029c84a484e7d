//! Django's second proof that a change was asked for by a page of ours: a value that stands in the
//! cookie `csrftoken` and in the header `X-CSRFToken`, which other sites can neither read nor set.
//! [`super::csrf`] protects without it; this is for SPAs that send it, and for whoever wants both.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use cookie::Cookie;
use time::OffsetDateTime;

use super::{AppState, CookiePolicy, Failure, cookies::candidates};
use crate::domain::{Entropy, EntropyError, Timestamp, entropy::random};

/// The cookie.
pub const COOKIE: &str = "csrftoken";
const HEADER: &str = "x-csrftoken";
/// Characters of a value.
const CHARS: usize = 32;
/// A year of 52 weeks, as in Django.
const MAX_AGE: time::Duration = time::Duration::weeks(52);

/// Of whom it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DoubleSubmit {
    /// Nobody.
    #[default]
    Nobody,
    /// `JWT_AUTH_COOKIE_USE_CSRF`: who sends an access cookie.
    SignedIn,
    /// `JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED`: all who send no `Authorization` header.
    Everybody,
}

impl DoubleSubmit {
    /// Checks a request, where it is one of those that are asked.
    ///
    /// # Errors
    /// [`Failure::CsrfToken`].
    pub fn check(
        self,
        method: &Method,
        headers: &HeaderMap,
        access_cookie: &str,
    ) -> Result<(), Failure> {
        let asked = match self {
            Self::Nobody => false,
            Self::SignedIn => !candidates(headers, access_cookie).is_empty(),
            Self::Everybody => true,
        };
        if !asked || method.is_safe() || headers.contains_key(header::AUTHORIZATION) {
            return Ok(());
        }
        compare(headers).map_err(Failure::CsrfToken)
    }

    /// Whether browsers need the cookie.
    pub fn is_used(self) -> bool {
        self != Self::Nobody
    }
}

/// Whether the header holds what the cookie does. Whoever sends both knows both: there is nothing
/// to be learnt from how long it takes.
fn compare(headers: &HeaderMap) -> Result<(), &'static str> {
    let cookies = candidates(headers, COOKIE);
    if cookies.is_empty() {
        return Err("CSRF cookie not set.");
    }
    let token = headers.get(HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if token.is_empty() {
        return Err("CSRF token missing.");
    }
    if token.len() != CHARS && token.len() != 2 * CHARS {
        return Err("CSRF token from the 'X-Csrftoken' HTTP header has incorrect length.");
    }
    if !token.iter().all(u8::is_ascii_alphanumeric) {
        return Err("CSRF token from the 'X-Csrftoken' HTTP header has invalid characters.");
    }
    if !cookies.iter().any(|cookie| cookie.as_bytes() == token) {
        return Err("CSRF token from the 'X-Csrftoken' HTTP header incorrect.");
    }
    Ok(())
}

/// The value that a browser holds already, if it can be used.
pub fn held(headers: &HeaderMap) -> Option<String> {
    let usable = |value: &String| {
        value.len() == CHARS && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    candidates(headers, COOKIE).into_iter().find(usable)
}

/// A `Set-Cookie` for a browser that needs the cookie and has none.
pub fn missing(state: &AppState, headers: &HeaderMap) -> Option<HeaderValue> {
    if !state.web.double_submit.is_used() || held(headers).is_some() {
        return None;
    }
    let value = new_value(&*state.auth.entropy).ok()?;
    set_cookie(&value, &state.web.cookies, state.auth.now())
}

/// A new value.
///
/// # Errors
/// Without randomness.
pub fn new_value(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    Ok(hex::encode(random::<{ CHARS / 2 }>(entropy)?))
}

/// A `Set-Cookie` that stores the value where the pages' scripts can read it.
pub fn set_cookie(value: &str, policy: &CookiePolicy, now: Timestamp) -> Option<HeaderValue> {
    let mut cookie = Cookie::new(COOKIE, value);
    cookie.set_path("/");
    if let Some(domain) = &policy.domain {
        cookie.set_domain(domain.as_str());
    }
    cookie.set_secure(policy.secure);
    cookie.set_same_site(policy.same_site);
    cookie.set_partitioned(policy.partitioned);
    cookie.set_max_age(MAX_AGE);
    let now = OffsetDateTime::from_unix_timestamp(now.seconds()).ok()?;
    cookie.set_expires(now.saturating_add(MAX_AGE));
    HeaderValue::from_str(&cookie.to_string()).ok()
}
