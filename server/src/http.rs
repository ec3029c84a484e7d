//! HTTP: routes, who is calling, cookies, headers, errors.

pub mod api;
pub mod caller;
pub mod client;
pub mod cookies;
pub mod cors;
pub mod csrf;
pub mod device;
pub mod double_submit;
pub mod failure;
pub mod field_errors;
pub mod fields;
pub mod gate;
pub mod headers;
pub mod health;
pub mod named;
pub mod negotiate;
pub mod openapi;
pub mod pages;
pub mod sender;
pub mod session_end;
pub mod state;
pub mod throttle;
pub mod trace;
pub mod well_known;

use std::panic::AssertUnwindSafe;

use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use tower::ServiceBuilder;

pub use caller::{CurrentUser, MaybeUser};
pub use cookies::{CookiePolicy, TokenCookie};
pub use csrf::CsrfPolicy;
pub use double_submit::DoubleSubmit;
pub use failure::Failure;
pub use gate::{Access, endpoint, throttled};
pub use state::{AppState, BodyPolicy, Web};

/// The whole service: the API, the pages, the files, and the layers around all of them. Each layer
/// costs every request a box and a clone of all beneath it, so there are few.
pub fn router(state: &AppState) -> Router {
    let api = api::router(state);
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), furnish))
        .option_layer(cors::layer(&state.web.csrf.allowed_origins))
        .layer(from_fn_with_state(state.clone(), guard));
    Router::new()
        .merge(pages::router(state, api.clone()))
        .merge(api)
        .merge(health::router(state))
        .merge(well_known::router(state))
        .layer(layers)
}

/// Gives every answer its headers and its line in the log.
async fn furnish(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    sender::note(&state.web.trusted_proxies, &mut request);
    let trace = trace::Trace::begin(&state, &request);
    let mut response = next.run(request).await;
    headers::harden(response.headers_mut(), state.web.hsts);
    trace.end(response)
}

/// Lets no forged request in and no panic out, and waits for no body that comes in drops.
async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // For tunnels, which there are none here: it comes without a path.
    if request.method() == Method::CONNECT {
        return Failure::MethodNotAllowed(Method::CONNECT.to_string()).into_response();
    }
    if let Err(refused) = state.web.csrf.check(&request) {
        return refused.into_response();
    }
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(state.web.request_timeout, answered).await {
        Ok(answered) => answered.unwrap_or_else(|panic| failure::from_panic(&*panic)),
        Err(_) => Failure::TimedOut.into_response(),
    }
}
