//! What other programs look for in a known place: `GET /.well-known/jwks.json`, the public halves of
//! our signing keys. With secrets there are none, and the set is empty: to verify tokens that are
//! signed with a secret is to be able to make them.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::AppState;

const KEYS: &str = "/.well-known/jwks.json";
/// A new key stands here before it signs. Whoever meets one that they do not know asks again.
const CACHE: &str = "public, max-age=60";
/// RFC 7517, section 8.5.
const KIND: &str = "application/jwk-set+json";

/// The route.
pub fn router(state: &AppState) -> Router {
    Router::new().route(KEYS, get(keys)).with_state(state.clone())
}

async fn keys(State(state): State<AppState>) -> Response {
    let mut response = Json(state.auth.tokens.keys().public()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(KIND));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    response
}
