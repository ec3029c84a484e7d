//! [`Transport`] by `fetch`.

use app::{
    api::{ApiRequest, ApiResponse, BoxFuture, Method, NoAnswer, Transport},
    wire::paths,
};
use gloo_net::http::{Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use send_wrapper::SendWrapper;
use web_sys::{AbortController, RequestCache, RequestCredentials};

/// The server waits for three of these before it lets an old refresh token die.
const REFRESH_TIMEOUT_MS: u32 = 15_000;
const TIMEOUT_MS: u32 = 30_000;

/// Sends requests to our own origin, with its cookies.
pub struct Fetch;

impl Transport for Fetch {
    fn send(&self, request: ApiRequest) -> BoxFuture<'_, Result<ApiResponse, NoAnswer>> {
        // There is one thread: the future never meets another.
        Box::pin(SendWrapper::new(async move {
            let limit =
                if request.path == paths::TOKEN_REFRESH { REFRESH_TIMEOUT_MS } else { TIMEOUT_MS };
            let abort = Abort::after(limit).ok_or(NoAnswer)?;
            fetch(request, &abort).await.map_err(|_| NoAnswer)
        }))
    }
}

async fn fetch(request: ApiRequest, abort: &Abort) -> Result<ApiResponse, gloo_net::Error> {
    let builder = match request.method {
        Method::Get => Request::get(&request.path),
        Method::Post => Request::post(&request.path),
    };
    let builder = builder
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .header("Accept", "application/json")
        .abort_signal(Some(&abort.controller.signal()));
    let response = with_body(builder, request.json)?.send().await?;
    read(&response).await
}

fn with_body(builder: RequestBuilder, json: Option<String>) -> Result<Request, gloo_net::Error> {
    match json {
        Some(json) => builder.header("Content-Type", "application/json").body(json),
        None => builder.build(),
    }
}

async fn read(response: &Response) -> Result<ApiResponse, gloo_net::Error> {
    let headers = response.headers();
    let content_type = headers.get("Content-Type").unwrap_or_default();
    Ok(ApiResponse {
        status: response.status(),
        www_authenticate: headers.get("WWW-Authenticate"),
        // The other form of the header, a date, would need the clock on the wall.
        retry_after_s: headers.get("Retry-After").and_then(|value| value.trim().parse().ok()),
        is_json: content_type.split(';').next().is_some_and(is_json),
        body: response.text().await?,
    })
}

fn is_json(media_type: &str) -> bool {
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Aborts a request when its time is up or nobody waits for it any more.
struct Abort {
    controller: AbortController,
    _timeout: Timeout,
}

impl Abort {
    fn after(limit_ms: u32) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let late = controller.clone();
        let timeout = Timeout::new(limit_ms, move || late.abort());
        Some(Self { controller, _timeout: timeout })
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        // Of no effect once the answer has been read.
        self.controller.abort();
    }
}
