//! The pages: who visits, what they may open, and the files that make them run.

mod files;
mod forms;
mod in_process;
mod visit;

use std::sync::Arc;

use app::{
    App,
    api::Host,
    shell,
    wire::{Asked, FormReply, LoginBy, SessionSnapshot},
};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::{AnyView, IntoAny as _, provide_context, use_context};
use leptos_axum::{
    ErrorHandler, LeptosRoutes, ResponseOptions,
    generate_route_list_with_exclusions_and_ssg_and_context as generate_routes,
};
use tower_http::compression::CompressionLayer;

use self::{
    in_process::InProcess,
    visit::{Kind, Visit, is_prefetch},
};
use super::{AppState, api::tokens::append_cookies, client, double_submit, headers::page_policy};
use crate::auth::{EmailVerification, LoginMethods};

/// All pages and files. `api` answers what the pages ask for while they are rendered.
pub fn router(state: &AppState, api: Router) -> Router {
    let page = Page { state: state.clone(), api };
    let (routes, _) = generate_routes(App, None, || {});
    let options = state.leptos.clone();
    let not_found = ErrorHandler::new_with_context(page.contexts(None), shell, options);
    Router::new()
        .leptos_routes_with_context(state, routes, page.contexts(None), page.shell())
        .merge(forms::router(&page))
        .fallback_service(files::site(&state.leptos).fallback(not_found))
        .layer(from_fn_with_state(state.clone(), receive))
        .merge(files::package(state))
        .layer(from_fn(files::shorten))
        .layer(CompressionLayer::new())
        .with_state(state.clone())
}

/// The paths that pages' forms are sent to.
pub fn form_paths() -> impl Iterator<Item = &'static str> {
    forms::FORMS.iter().map(|form| form.path)
}

/// What it takes to render a page.
#[derive(Clone)]
struct Page {
    state: AppState,
    api: Router,
}

impl Page {
    /// Provides what a page finds in its context.
    fn contexts(&self, reply: Option<FormReply>) -> impl Fn() + Clone + Send + Sync + 'static {
        let page = self.clone();
        move || {
            provide_contexts(&page.state, &page.api);
            if let Some(reply) = reply.clone() {
                provide_context(reply);
            }
        }
    }

    /// The document.
    fn shell(&self) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
        let options = self.state.leptos.clone();
        move || shell(options.clone()).into_any()
    }
}

/// Receives a visitor before the page is rendered: cookies are set and redirects are made here,
/// because headers are fixed once the first chunk is out.
async fn receive(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let speculative = is_prefetch(request.headers());
    // A token must not be spent on speculation; the real visit comes later.
    let kind = if speculative { Kind::Text } else { Kind::of(&request) };
    let headers = request.headers().clone();
    let client = client::shown(&headers, request.extensions());
    let mut visit = Visit::receive(&state, &headers, &client, kind).await;
    let too_early = speculative && visit.identity.is_none();
    if kind == Kind::Document {
        append_cookies(&mut visit.cookies, double_submit::missing(&state, &headers));
    }
    let cookies = visit.cookies.clone();
    // A form is sent to have something done.
    let elsewhere = visit.redirect(request.uri()).filter(|_| request.method().is_safe());
    let mut response = if let Some(elsewhere) = elsewhere {
        Redirect::to(&elsewhere).into_response()
    } else {
        request.extensions_mut().insert(visit);
        next.run(request).await
    };
    let is_page = is_page(&response);
    if too_early && is_page {
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        return (StatusCode::SERVICE_UNAVAILABLE, no_store).into_response();
    }
    let headers = response.headers_mut();
    // A shared cache must keep neither a person's page nor anything that sets their cookies. A file may
    // be kept, and is asked for again: it has no hash in its name.
    if is_page || !cookies.is_empty() {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    } else {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    // Beside those that a page sets itself, and not over them: a form may have opened a new session.
    let own: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(named).collect();
    let others = cookies.into_iter().map(|(_, cookie)| cookie);
    let others: Vec<_> = others.filter(|cookie| !own.contains(&named(cookie))).collect();
    append_cookies(headers, others);
    response
}

/// Whether it is a page, or leads to one, and no file.
fn is_page(response: &Response) -> bool {
    // Of a page nothing is kept that could be not modified.
    let is_known = response.status() == StatusCode::NOT_MODIFIED;
    let kind = response.headers().get(header::CONTENT_TYPE);
    !is_known && kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// The name of the cookie that is set.
fn named(cookie: &HeaderValue) -> Vec<u8> {
    cookie.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default().to_vec()
}

/// What the pages ask for and show.
fn asked(state: &AppState) -> Asked {
    let policy = &state.auth.policy;
    Asked {
        by: match policy.login_methods {
            LoginMethods::Username => LoginBy::Username,
            LoginMethods::Email => LoginBy::Email,
            LoginMethods::Either => LoginBy::Either,
        },
        email: state.web.asks_email,
        verifies_first: policy.email_verification == EmailVerification::Mandatory,
        old_password: state.web.asks_old_password,
        remembers: !policy.audit.retention.is_zero(),
        password_chars: policy.passwords.min_chars.unwrap_or(1),
    }
}

/// What a page finds in its context: how to reach the API, who visits, and the policy's nonce.
fn provide_contexts(state: &AppState, api: &Router) {
    let visit = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visit>().cloned());
    let identity = visit.as_ref().and_then(|visit| visit.identity);
    let snapshot = visit.map_or(SessionSnapshot::Unknown, |visit| visit.snapshot);
    provide_context(Host {
        transport: Arc::new(InProcess::new(api.clone(), identity)),
        port: None,
    });
    provide_context(snapshot);
    provide_context(asked(state));
    let nonce = leptos::nonce::use_nonce();
    if let (Some(nonce), Some(response)) = (nonce, use_context::<ResponseOptions>()) {
        let policy = page_policy(&nonce, state.web.reload_socket.as_deref());
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
