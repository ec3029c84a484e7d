//! The API. One file an endpoint; `data` is the worked example of a protected route.

pub mod account_delete;
pub mod activity;
pub mod csrf_token;
pub mod data;
pub mod email;
pub mod email_change;
pub mod login;
pub mod logout;
pub mod new_password;
pub mod password_change;
pub mod password_reset;
pub mod reauthenticate;
pub mod refresh;
pub mod register;
pub mod schema;
pub mod sessions;
pub mod step_up;
pub mod tokens;
pub mod user;
pub mod verify;
pub mod verify_email;

use app::wire::paths;
use axum::{
    Router,
    http::header,
    response::IntoResponse,
    routing::{MethodRouter, any, delete, get, post},
};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Access, AppState, Failure, endpoint, throttled};

const GET: &str = "GET, HEAD, OPTIONS";
const POST: &str = "POST, OPTIONS";
const DELETE: &str = "DELETE, OPTIONS";
/// What the peer says of itself there, though it answers `HEAD` with 405.
const POST_OR_HEAD: &str = "POST, OPTIONS, HEAD";
/// The same where `GET` is a setting of the peer's, off by default.
const LOGOUT: &str = "GET, POST, HEAD, OPTIONS";
const USER: &str = "GET, PUT, PATCH, HEAD, OPTIONS";

/// An answer that is one sentence.
#[derive(Serialize, ToSchema)]
pub struct Detail {
    /// The sentence.
    pub detail: &'static str,
}

/// A path, whom it serves, its methods as `Allow` names them, and its handlers.
pub type Route = (&'static str, Access, &'static str, MethodRouter<AppState>);

/// All endpoints below `/api`, but for [`throttled_routes`]. An API of one's own goes here: a line
/// with its path, whom it serves, and its handler.
pub fn routes() -> Vec<Route> {
    vec![
        (paths::TOKEN_REFRESH, Access::Open, POST, post(refresh::post)),
        (paths::TOKEN_VERIFY, Access::Open, POST, post(verify::post)),
        (paths::USER, Access::Private, USER, get(user::get).put(user::put).patch(user::patch)),
        (paths::VERIFY_EMAIL, Access::Public, POST_OR_HEAD, post(verify_email::post)),
        (paths::RESEND_EMAIL, Access::Public, POST, post(verify_email::resend)),
        (paths::SESSIONS, Access::Private, GET, get(sessions::get)),
        (paths::ACTIVITY, Access::Private, GET, get(activity::get)),
        (paths::CSRF, Access::Open, GET, get(csrf_token::get)),
        (paths::DATA, Access::Private, GET, get(data::get)),
        (paths::SCHEMA, Access::Open, GET, get(schema::get)),
    ]
}

/// What strangers try often, all that takes a password above all; `DEFAULT_THROTTLE_RATES` limits
/// it.
pub fn throttled_routes() -> Vec<Route> {
    vec![
        (paths::LOGIN, Access::Public, POST, post(login::post)),
        (paths::REGISTRATION, Access::Public, POST, post(register::post)),
        (paths::LOGOUT, Access::Public, LOGOUT, post(logout::post)),
        (paths::PASSWORD_CHANGE, Access::Private, POST, post(password_change::post)),
        (paths::EMAIL_CHANGE, Access::Private, POST, post(email_change::post)),
        (paths::ACCOUNT_DELETE, Access::Private, POST, post(account_delete::post)),
        (paths::REAUTHENTICATE, Access::Private, POST, post(reauthenticate::post)),
        (sessions::SESSION, Access::Private, DELETE, delete(sessions::delete)),
        (paths::REVOKE_OTHERS, Access::Private, POST, post(sessions::revoke_others)),
        (paths::REVOKE_ALL, Access::Private, POST, post(sessions::revoke_all)),
        (paths::PASSWORD_RESET, Access::Public, POST, post(password_reset::post)),
        (paths::PASSWORD_RESET_CONFIRM, Access::Public, POST, post(password_reset::confirm)),
    ]
}

/// The routes behind their gates; whatever else is asked for below `/api` is not found.
pub fn router(state: &AppState) -> Router {
    let routes = routes()
        .into_iter()
        .map(|(path, access, allow, methods)| (path, endpoint(state, access, allow, methods)));
    let throttled_routes = throttled_routes()
        .into_iter()
        .map(|(path, access, allow, methods)| (path, throttled(state, access, allow, methods)));
    routes
        .chain(throttled_routes)
        .fold(Router::new(), |router, (path, methods)| {
            with_and_without_slash(router, path, methods)
        })
        .route(paths::API, any(not_found))
        .route(&format!("{}/", paths::API), any(not_found))
        .route(&format!("{}/{{*rest}}", paths::API), any(not_found))
        .with_state(state.clone())
}

/// The slash at the end is optional, and never a redirect: a browser would turn a redirected
/// `POST` into a `GET`.
fn with_and_without_slash(
    router: Router<AppState>,
    path: &str,
    methods: MethodRouter<AppState>,
) -> Router<AppState> {
    router.route(path.trim_end_matches('/'), methods.clone()).route(path, methods)
}

async fn not_found() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Failure::NotFound)
}
