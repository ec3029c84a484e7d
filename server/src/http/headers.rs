//! The security headers that every answer carries, errors and files included. Only what is no request
//! gets none: hyper refuses it by itself, without content (`tests/connections.rs`).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::state::Hsts;

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // `no-referrer` would make browsers send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Goes with every answer after which nobody or somebody else is signed in. Pages that the browser has
/// fetched or rendered before anybody asks for them show who it was until then, and Chromium keeps them
/// although the cookies have changed. Nothing else is cleared: that can take it seconds.
pub const FORGET_PAGES_AHEAD: (HeaderName, HeaderValue) = (
    HeaderName::from_static("clear-site-data"),
    HeaderValue::from_static("\"prefetchCache\", \"prerenderCache\""),
);

/// Where nothing is rendered, nothing may run. Pages bring a policy of their own.
const NO_CONTENT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Adds the headers. Nothing is kept anywhere that does not say that it may be.
pub fn harden(headers: &mut HeaderMap, hsts: Option<Hsts>) {
    headers.reserve(ALWAYS.len() + 4);
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NO_CONTENT_POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(hsts) = hsts {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(if hsts.include_subdomains {
                "max-age=31536000; includeSubDomains"
            } else {
                "max-age=31536000"
            }),
        );
    }
}

/// The policy of a page: our own files, and inline scripts that carry this nonce.
pub fn page_policy(nonce: &str, reload_socket: Option<&str>) -> String {
    let reload = reload_socket.map(|socket| format!(" {socket}")).unwrap_or_default();
    // No 'strict-dynamic': Leptos's modulepreload link carries no nonce. No Trusted Types: Leptos builds
    // views from strings of HTML (`content-security.spec.ts` tells when that has changed), and a policy
    // that lets all of them pass would keep nothing out.
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; connect-src 'self'{reload}; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
