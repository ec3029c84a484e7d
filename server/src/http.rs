//! HTTP: routes, who is calling, cookies, headers, errors.

pub mod api;
pub mod caller;
pub mod client;
pub mod cookies;
pub mod cors;
pub mod csrf;
pub mod failure;
pub mod fields;
pub mod gate;
pub mod headers;
pub mod health;
pub mod negotiate;
pub mod pages;
pub mod state;
pub mod trace;

use axum::{Router, middleware::from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

pub use caller::{CurrentUser, MaybeUser};
pub use cookies::{CookiePolicy, TokenCookie};
pub use csrf::CsrfPolicy;
pub use failure::Failure;
pub use gate::{Access, endpoint};
pub use state::{AppState, BodyPolicy, Web};

/// The whole service: the API, the pages, the files, and the layers around all of them.
pub fn router(state: &AppState) -> Router {
    let api = api::router(state);
    let router = Router::new()
        .merge(pages::router(state, api.clone()))
        .merge(api)
        .merge(health::router(state))
        .layer(from_fn_with_state(state.clone(), csrf::protect))
        .layer(CatchPanicLayer::custom(failure::from_panic));
    cors::allow(router, &state.web.csrf.allowed_origins)
        .layer(from_fn_with_state(state.clone(), headers::harden))
        .layer(from_fn_with_state(state.clone(), trace::trace))
}
