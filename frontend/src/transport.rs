//! [`Transport`] by `fetch`.

use app::{
    api::{ApiRequest, ApiResponse, Body, BoxFuture, Method, NoAnswer, Transport},
    wire::{SESSION_END, SessionEnd, USER, paths},
};
use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit, Response};

use crate::port::mark::readable;

/// The server waits for three of these before it lets an old refresh token die.
const REFRESH_TIMEOUT_MS: u32 = 15_000;
/// Who signs out does not wait for long: the server can be told later.
const SIGN_OUT_TIMEOUT_MS: u32 = 5_000;
const TIMEOUT_MS: u32 = 30_000;

/// Sends requests to our own origin, with its cookies.
pub struct Fetch;

impl Transport for Fetch {
    fn send(&self, request: ApiRequest) -> BoxFuture<'_, Result<ApiResponse, NoAnswer>> {
        // There is one thread: the future never meets another.
        Box::pin(SendWrapper::new(async move {
            let abort = Abort::after(limit_ms(&request)).ok_or(NoAnswer)?;
            fetch(request, &abort).await.map_err(|_| NoAnswer)
        }))
    }
}

/// A file takes as long as it takes.
fn limit_ms(request: &ApiRequest) -> Option<u32> {
    match (request.path.as_str(), &request.body) {
        (paths::TOKEN_REFRESH, _) => Some(REFRESH_TIMEOUT_MS),
        (paths::LOGOUT, _) => Some(SIGN_OUT_TIMEOUT_MS),
        (_, Body::Native(_)) => None,
        _ => Some(TIMEOUT_MS),
    }
}

async fn fetch(request: ApiRequest, abort: &Abort) -> Result<ApiResponse, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let sent = window.fetch_with_str_and_init(&request.path, &init(&request, abort)?);
    read(&JsFuture::from(sent).await?.unchecked_into()).await
}

fn init(request: &ApiRequest, abort: &Abort) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    if let Some(token) = csrf_token() {
        headers.set("X-CSRFToken", &token)?;
    }
    if let Some(user) = request.user {
        headers.set(USER, &user.to_string())?;
    }
    let init = RequestInit::new();
    match &request.body {
        Body::Empty => {}
        Body::Json(json) => {
            headers.set("Content-Type", "application/json")?;
            init.set_body(&json.into());
        }
        // The browser knows its type, and by which boundary the parts of a form are divided.
        Body::Native(body) => {
            let value: &SendWrapper<JsValue> = body.get().ok_or(JsValue::NULL)?;
            init.set_body(value);
            if body.is_stream() {
                Reflect::set(&init, &"duplex".into(), &"half".into())?;
            }
        }
    }
    init.set_headers(&headers);
    init.set_method(match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    });
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.controller.signal()));
    Ok(init)
}

/// What the server put into the cookie `csrftoken`, where it asks for that.
fn csrf_token() -> Option<String> {
    let cookies = readable(&web_sys::window()?.document()?);
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == "csrftoken").map(|(_, value)| value.to_owned())
}

async fn read(response: &Response) -> Result<ApiResponse, JsValue> {
    let headers = response.headers();
    let content_type = headers.get("Content-Type")?.unwrap_or_default();
    let body = JsFuture::from(response.text()?).await?;
    Ok(ApiResponse {
        status: response.status(),
        www_authenticate: headers.get("WWW-Authenticate")?,
        // The other form of the header, a date, would need the clock on the wall.
        retry_after_s: headers.get("Retry-After")?.and_then(|value| value.trim().parse().ok()),
        user: headers.get(USER)?.and_then(|pk| pk.parse().ok()),
        session_end: headers.get(SESSION_END)?.as_deref().map(SessionEnd::parse),
        is_json: content_type.split(';').next().is_some_and(is_json),
        body: body.as_string().unwrap_or_default(),
    })
}

fn is_json(media_type: &str) -> bool {
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Aborts a request when its time is up or nobody waits for it any more.
struct Abort {
    controller: AbortController,
    _timeout: Option<Timeout>,
}

impl Abort {
    fn after(limit_ms: Option<u32>) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let late = controller.clone();
        let timeout = limit_ms.map(|ms| Timeout::new(ms, move || late.abort()));
        Some(Self { controller, _timeout: timeout })
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        // Of no effect once the answer has been read.
        self.controller.abort();
    }
}
