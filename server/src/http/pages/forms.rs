//! Forms that a browser sends by itself, to the page's own path: without a script, or before it
//! runs. The API does what is asked, so that both ways share every rule; here its answer becomes
//! what a browser can show: a redirect, or the same page with what was wrong.

use app::wire::{FormReply, NextPath, paths};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::Page;
use crate::http::{AppState, Failure, api::MAX_BODY_BYTES, failure::ServerFault};

/// The forms of the pages.
pub fn router(page: &Page) -> Router<AppState> {
    let forms = [
        (paths::LOGIN_PAGE, paths::LOGIN),
        (paths::REGISTER_PAGE, paths::REGISTRATION),
        (paths::LOGOUT_PAGE, paths::LOGOUT),
    ];
    forms.into_iter().fold(Router::new(), |router, (path, endpoint)| {
        let page = page.clone();
        let form = Form { path, endpoint };
        router.route(path, post(move |request| send(page, form, request)))
    })
}

/// A page's form and the endpoint that does what it asks.
#[derive(Clone, Copy)]
struct Form {
    path: &'static str,
    endpoint: &'static str,
}

async fn send(page: Page, form: Form, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return Failure::TooLarge.into_response();
    };
    let asked = Request::from_parts(parts.clone(), Body::from(without_blanks(&body)));
    let answer = page.ask(form.endpoint, asked).await;
    if answer.status().is_success() {
        return go_on(form, &parts.uri, answer.headers());
    }
    if let Some(ServerFault { cause, .. }) = answer.extensions().get() {
        tracing::error!(path = form.path, %cause, "a form failed");
    }
    let status = answer.status();
    let retry_after = answer.headers().get(header::RETRY_AFTER).cloned();
    let reply = reply(form, &body, answer).await;
    let mut again = page.render(Request::from_parts(parts, Body::empty()), reply).await;
    *again.status_mut() = status;
    again.headers_mut().extend(retry_after.map(|seconds| (header::RETRY_AFTER, seconds)));
    again
}

/// 303, with the cookies that the API set.
fn go_on(form: Form, uri: &Uri, answer: &HeaderMap) -> Response {
    let next = uri.query().and_then(NextPath::from_query).unwrap_or_default();
    let place = if form.path == paths::LOGOUT_PAGE { paths::LOGIN_PAGE } else { next.as_str() };
    let mut response = Redirect::to(place).into_response();
    for cookie in answer.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// A field that was left empty is one that was left out: a form has no other way to say so.
fn without_blanks(body: &[u8]) -> String {
    let pairs = url::form_urlencoded::parse(body).filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What the page is to show again: never a password.
async fn reply(form: Form, body: &[u8], answer: Response) -> FormReply {
    let retry_after = answer.headers().get(header::RETRY_AFTER);
    let retry_after_s = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let status = answer.status().as_u16();
    let said = answer.into_body().collect().await;
    let said = said.map_or_else(|_| Bytes::new(), http_body_util::Collected::to_bytes);
    let typed = url::form_urlencoded::parse(body);
    let typed = typed.filter(|(name, _)| !name.contains("password"));
    FormReply {
        page: form.path.to_owned(),
        values: typed.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
        status,
        body: String::from_utf8_lossy(&said).into_owned(),
        retry_after_s,
    }
}

impl Page {
    /// Sends the form on to the API, with all that came with it. A form is nobody's client but a
    /// browser's: what would make the answer anything else is left out.
    async fn ask(&self, endpoint: &'static str, mut request: Request) -> Response {
        const NOT_A_FORMS: [HeaderName; 3] = [
            header::AUTHORIZATION,
            header::CONTENT_LENGTH,
            HeaderName::from_static("x-auth-transport"),
        ];
        *request.uri_mut() = Uri::from_static(endpoint);
        let headers = request.headers_mut();
        for name in NOT_A_FORMS {
            headers.remove(name);
        }
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form);
        match self.api.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    /// The page once more, with what was wrong.
    async fn render(&self, mut request: Request, reply: FormReply) -> Response {
        *request.method_mut() = Method::GET;
        let contexts = self.contexts(Some(reply));
        leptos_axum::render_app_async_with_context(contexts, self.shell())(request).await
    }
}
