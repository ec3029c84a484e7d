//! Forms that a browser sends by itself, to the page's own path: without a script, or before it
//! runs. The API does what is asked, so that both ways share every rule; here its answer becomes
//! what a browser can show: a redirect, or the same page with what was wrong.

use app::wire::{
    self, Ending, FormReply, NextPath, SessionSnapshot, paths,
    query::{DONE, EVERYWHERE, NEW_PASSWORD, OTHERS},
};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::{Page, visit::Visit};
use crate::http::{
    AppState, Failure,
    caller::Verified,
    failure::ServerFault,
    gate::{MAX_BODY_BYTES, OwnForm},
    headers::FORGET_PAGES_AHEAD,
    negotiate::media_type,
};

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// The forms of the pages.
pub const FORMS: [Form; 12] = [
    Form::new(paths::LOGIN_PAGE, paths::LOGIN, Then::Next),
    // Without a session the address has to be confirmed first.
    Form {
        without_session: Some((paths::RESEND_EMAIL_PAGE, DONE)),
        ..Form::new(paths::REGISTER_PAGE, paths::REGISTRATION, Then::Next)
    },
    Form::new(paths::LOGOUT_PAGE, paths::LOGOUT, Then::Open(paths::LOGIN_PAGE)),
    Form::told(paths::VERIFY_EMAIL_PAGE, paths::VERIFY_EMAIL),
    Form::told(paths::RESEND_EMAIL_PAGE, paths::RESEND_EMAIL),
    Form::told(paths::FORGOT_PASSWORD_PAGE, paths::PASSWORD_RESET),
    Form {
        without_session: Some((paths::LOGIN_PAGE, NEW_PASSWORD)),
        ..Form::new(
            paths::RESET_PASSWORD_PAGE,
            paths::PASSWORD_RESET_CONFIRM,
            Then::Tell(paths::PASSWORD_PAGE),
        )
    },
    // A name can be taken back: what was left empty is to be empty.
    Form::doing(Does::Patch(paths::USER), paths::PROFILE_PAGE, Then::Tell(paths::PROFILE_PAGE)),
    Form::told(paths::EMAIL_PAGE, paths::EMAIL_CHANGE),
    Form::told(paths::PASSWORD_PAGE, paths::PASSWORD_CHANGE),
    Form::doing(Does::End, paths::SESSIONS_PAGE, Then::TellEnded),
    Form::new(paths::DELETE_PAGE, paths::ACCOUNT_DELETE, Then::Tell(paths::LOGIN_PAGE)),
];

/// Where they are sent.
pub fn router(page: &Page) -> Router<AppState> {
    FORMS.into_iter().fold(Router::new(), |router, form| {
        let page = page.clone();
        let handler = post(move |request| send(page, form, request));
        router.route(&format!("{}/", form.path), handler.clone()).route(form.path, handler)
    })
}

/// A page's form and what it does.
#[derive(Clone, Copy)]
pub struct Form {
    /// The page's path, which is also the form's.
    pub path: &'static str,
    does: Does,
    then: Then,
    /// Where one goes instead where that has not signed one in, and what its query says there.
    without_session: Option<(&'static str, &'static str)>,
}

/// What the API is asked to do.
#[derive(Clone, Copy)]
enum Does {
    /// What this endpoint is for.
    Post(&'static str),
    /// To change a part of what is there.
    Patch(&'static str),
    /// To end the sessions that the form names.
    End,
}

/// Where one goes once a form has worked.
#[derive(Clone, Copy)]
enum Then {
    /// Where one wanted to go.
    Next,
    /// To this page.
    Open(&'static str),
    /// To this page, which tells that it has worked.
    Tell(&'static str),
    /// To a page that tells which sessions have ended.
    TellEnded,
}

impl Form {
    /// Whether that is what was wanted. A session that is gone already has ended.
    fn has_worked(self, status: StatusCode) -> bool {
        let is_gone = matches!(self.does, Does::End) && status == StatusCode::NOT_FOUND;
        status.is_success() || is_gone
    }

    const fn new(path: &'static str, endpoint: &'static str, then: Then) -> Self {
        Self::doing(Does::Post(endpoint), path, then)
    }

    const fn doing(does: Does, path: &'static str, then: Then) -> Self {
        Self { path, does, then, without_session: None }
    }

    /// The form of a page that tells itself that it has worked.
    const fn told(path: &'static str, endpoint: &'static str) -> Self {
        Self::new(path, endpoint, Then::Tell(path))
    }

    /// What is sent to the API. A field that was left empty is one that was left out, where a form
    /// has no other way to say so.
    fn body(self, typed: &Typed) -> String {
        let takes_back = matches!(self.does, Does::Patch(_));
        let pairs = typed.iter().filter(|(_, value)| takes_back || !value.is_empty());
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

impl Does {
    /// Method and address of the request.
    fn call(self, typed: &Typed) -> (Method, Uri) {
        match self {
            Self::Post(endpoint) => (Method::POST, Uri::from_static(endpoint)),
            Self::Patch(endpoint) => (Method::PATCH, Uri::from_static(endpoint)),
            Self::End => {
                let ending = named(typed);
                let method = match ending {
                    Ending::One(_) => Method::DELETE,
                    Ending::Others | Ending::All => Method::POST,
                };
                (method, ending.endpoint().parse().unwrap_or_default())
            }
        }
    }
}

/// The sessions that a form names.
fn named(typed: &Typed) -> Ending {
    let value = typed.iter().find(|(name, _)| name == Ending::INPUT);
    Ending::parse(value.map_or("", |(_, value)| value))
}

async fn send(page: Page, form: Form, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (typed, answer) = match read(&parts.headers, body).await {
        Ok(mut typed) => {
            let whose = take_user(&mut typed);
            let mut request = Request::from_parts(parts.clone(), Body::from(form.body(&typed)));
            request.headers_mut().extend(whose);
            (*request.method_mut(), *request.uri_mut()) = form.does.call(&typed);
            let answer = page.ask(request).await;
            (typed, answer)
        }
        Err(failure) => (Vec::new(), failure.into_response()),
    };
    if form.has_worked(answer.status()) {
        return go_on(form, &typed, &parts.uri, answer.headers());
    }
    if answer.status() == StatusCode::UNAUTHORIZED {
        // The session is over: what was typed is lost, and the page is not.
        let here = NextPath::parse(form.path).unwrap_or_default();
        return Redirect::to(&here.login_page()).into_response();
    }
    if let Some(ServerFault { cause, .. }) = answer.extensions().get() {
        tracing::error!(path = form.path, %cause, "a form failed");
    }
    let status = answer.status();
    let retry_after = answer.headers().get(header::RETRY_AFTER).cloned();
    let reply = reply(form, typed, answer).await;
    let mut again = page.render(form, parts, reply).await;
    *again.status_mut() = status;
    again.headers_mut().extend(retry_after.map(|seconds| (header::RETRY_AFTER, seconds)));
    again
}

/// What was typed, by the inputs' names.
type Typed = Vec<(String, String)>;

/// Takes out whose page it was sent from, as the headers that say so. What is no header is nobody's
/// name either.
fn take_user(typed: &mut Typed) -> Vec<(HeaderName, HeaderValue)> {
    let header = |(_, named): (String, String)| {
        let named = HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("?"));
        (HeaderName::from_static(wire::USER), named)
    };
    typed.extract_if(.., |(name, _)| name == wire::USER).map(header).collect()
}

/// Reads a form, which is urlencoded and nothing else: other sites' scripts can send other types
/// without asking.
async fn read(headers: &HeaderMap, body: Body) -> Result<Typed, Failure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = media_type(kind.unwrap_or_default());
    let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| Failure::TooLarge)?;
    if kind != URLENCODED && !body.is_empty() {
        return Err(Failure::UnsupportedMediaType(kind));
    }
    Ok(url::form_urlencoded::parse(&body).into_owned().collect())
}

/// 303, with the cookies that the API set, and what the browser is to forget because of them.
fn go_on(form: Form, typed: &Typed, uri: &Uri, answer: &HeaderMap) -> Response {
    let unsigned = form.without_session.filter(|_| !answer.contains_key(header::SET_COOKIE));
    let place = match (unsigned, form.then) {
        (Some((page, word)), _) => format!("{page}?{word}"),
        (None, Then::Next) => {
            let next = uri.query().and_then(NextPath::from_query).unwrap_or_default();
            next.as_str().to_owned()
        }
        (None, Then::Open(page)) => page.to_owned(),
        (None, Then::Tell(page)) => format!("{page}?{DONE}"),
        (None, Then::TellEnded) => match named(typed) {
            Ending::One(_) => format!("{}?{DONE}", paths::SESSIONS_PAGE),
            Ending::Others => format!("{}?{OTHERS}", paths::SESSIONS_PAGE),
            Ending::All => format!("{}?{EVERYWHERE}", paths::LOGIN_PAGE),
        },
    };
    let mut response = Redirect::to(&place).into_response();
    for cookie in answer.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    let (forget, _) = FORGET_PAGES_AHEAD;
    response.headers_mut().extend(answer.get(&forget).cloned().map(|what| (forget, what)));
    response
}

/// What the page is to show again: that there was a password, and never which, nor anything else that
/// has no place in it.
async fn reply(form: Form, typed: Typed, answer: Response) -> FormReply {
    const SHOWN_AGAIN: [&str; 6] =
        ["username", "email", "first_name", "last_name", "sure", Ending::INPUT];
    const PASSWORD: &str = "password";
    let retry_after = answer.headers().get(header::RETRY_AFTER);
    let retry_after_s = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let status = answer.status().as_u16();
    // What somebody else has typed is nothing to press the button on.
    let typed = if answer.status() == StatusCode::CONFLICT { Vec::new() } else { typed };
    let said = answer.into_body().collect().await;
    let said = said.map_or_else(|_| Bytes::new(), http_body_util::Collected::to_bytes);
    let shown = typed.into_iter().filter_map(|(name, value)| match name.as_str() {
        PASSWORD => Some((name, String::new())),
        known => SHOWN_AGAIN.contains(&known).then_some((name, value)),
    });
    FormReply {
        page: form.path.to_owned(),
        values: shown.collect(),
        status,
        body: String::from_utf8_lossy(&said).into_owned(),
        retry_after_s,
    }
}

/// Who sends a form is who would open its page: their access token may have been made for that, and
/// whoever counts as signed out is nobody here either.
fn visitor(request: &Request) -> Option<Verified> {
    let visit = request.extensions().get::<Visit>()?;
    let is_known = visit.snapshot != SessionSnapshot::Unknown;
    is_known.then_some(Verified(visit.identity))
}

impl Page {
    /// Sends the form on to the API, with all that came with it. A form is nobody's client but a
    /// browser's: what would make the answer anything else is left out.
    async fn ask(&self, mut request: Request) -> Response {
        const NOT_A_FORMS: [HeaderName; 3] = [
            header::AUTHORIZATION,
            header::CONTENT_LENGTH,
            HeaderName::from_static("x-auth-transport"),
        ];
        if let Some(visitor) = visitor(&request) {
            request.extensions_mut().insert(visitor);
        }
        request.extensions_mut().insert(OwnForm);
        let headers = request.headers_mut();
        for name in NOT_A_FORMS {
            headers.remove(name);
        }
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(URLENCODED));
        match self.api.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    /// The page once more, with what was wrong.
    async fn render(&self, form: Form, mut parts: Parts, reply: FormReply) -> Response {
        parts.method = Method::GET;
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        parts.uri = format!("{}{query}", form.path).parse().unwrap_or(parts.uri);
        let request = Request::from_parts(parts, Body::empty());
        let contexts = self.contexts(Some(reply));
        leptos_axum::render_app_async_with_context(contexts, self.shell())(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_ended_where_the_form_says_and_nowhere_else() {
        let form = Form::doing(Does::End, paths::SESSIONS_PAGE, Then::TellEnded);
        for (end, method, endpoint, place) in [
            ("0193a", "DELETE", "/api/auth/sessions/0193a/", "/account/sessions?done"),
            ("others", "POST", "/api/auth/sessions/revoke-others/", "/account/sessions?others"),
            ("all", "POST", "/api/auth/sessions/revoke-all/", "/login?everywhere"),
            ("../account/delete", "DELETE", "/api/auth/sessions/-/", "/account/sessions?done"),
            ("x y\r\n", "DELETE", "/api/auth/sessions/-/", "/account/sessions?done"),
        ] {
            let typed = vec![("end".to_owned(), end.to_owned())];
            let (asked, uri) = form.does.call(&typed);
            assert_eq!((asked.as_str(), uri.to_string().as_str()), (method, endpoint));
            let on = go_on(form, &typed, &Uri::from_static("/account/sessions"), &HeaderMap::new());
            assert_eq!(on.headers()[header::LOCATION], place);
        }
        let (method, uri) = form.does.call(&Vec::new());
        assert_eq!((method.as_str(), uri.path()), ("DELETE", "/api/auth/sessions/-/"));
        assert!(form.has_worked(StatusCode::NOT_FOUND) && !form.has_worked(StatusCode::FORBIDDEN));
        let login = Form::new(paths::LOGIN_PAGE, paths::LOGIN, Then::Next);
        assert!(!login.has_worked(StatusCode::NOT_FOUND));
    }
}
