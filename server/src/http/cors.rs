//! Other origins whose pages may call us, and read the answers: those of `CORS_ALLOWED_ORIGINS`,
//! with cookies. What others send is refused by the CSRF layer, not only hidden from them.

use std::time::Duration;

use app::wire;
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::Response,
};
use tower::util::MapResponseLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::Origin;

/// As django-cors-headers: how long a browser may go without asking again.
const MAX_AGE: Duration = Duration::from_hours(24);

type Tidy = MapResponseLayer<fn(Response) -> Response>;

/// The layer; none where no origin is allowed.
pub fn layer(origins: &[Origin]) -> Option<(Tidy, CorsLayer)> {
    if origins.is_empty() {
        return None;
    }
    let origins = origins.iter().map(Origin::ascii_serialization);
    let origins = origins.filter_map(|origin| HeaderValue::from_str(&origin).ok());
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::USER_AGENT,
            HeaderName::from_static("x-csrftoken"),
            HeaderName::from_static("x-requested-with"),
            HeaderName::from_static(wire::USER),
        ])
        .allow_methods([
            Method::DELETE,
            Method::GET,
            Method::OPTIONS,
            Method::PATCH,
            Method::POST,
            Method::PUT,
        ])
        .expose_headers([
            header::WWW_AUTHENTICATE,
            header::RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static(wire::SESSION_END),
            HeaderName::from_static(wire::USER),
        ])
        .max_age(MAX_AGE)
        .vary([]);
    Some((Tidy::new(tidy), layer))
}

/// Says nothing to origins that are not allowed, and to caches that the answer depends on them.
fn tidy(mut response: Response) -> Response {
    const SAID_TO_ALL: [HeaderName; 5] = [
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        header::ACCESS_CONTROL_MAX_AGE,
    ];
    let headers = response.headers_mut();
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for name in SAID_TO_ALL {
            headers.remove(name);
        }
    }
    if !varies_by_origin(headers) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
    let mut names = values.flat_map(|value| value.split(','));
    names.any(|name| name.trim().eq_ignore_ascii_case("origin"))
}
