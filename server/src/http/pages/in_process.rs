//! The API as seen from a page that is being rendered: the router itself, no network, no cookies.

use app::api::{self, ApiRequest, ApiResponse, BoxFuture, Method, NoAnswer, Transport};
use axum::{
    Router,
    body::Body,
    http::{Request, header},
    response::Response,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::{auth::Identity, http::caller::Verified};

/// Calls the API router with the visitor's verified identity.
#[derive(Clone)]
pub struct InProcess {
    api: Router,
    visitor: Verified,
}

impl InProcess {
    pub const fn new(api: Router, identity: Option<Identity>) -> Self {
        Self { api, visitor: Verified(identity) }
    }

    fn request(&self, request: ApiRequest) -> Result<Request<Body>, NoAnswer> {
        let method = match request.method {
            Method::Get => axum::http::Method::GET,
            Method::Post => axum::http::Method::POST,
            Method::Patch => axum::http::Method::PATCH,
            Method::Delete => axum::http::Method::DELETE,
        };
        let body = match request.body {
            api::Body::Empty => Body::empty(),
            api::Body::Json(json) => Body::from(json),
            // There is no browser here.
            api::Body::Native(_) => return Err(NoAnswer),
        };
        Request::builder()
            .method(method)
            .uri(request.path)
            .header(header::CONTENT_TYPE, "application/json")
            .extension(self.visitor)
            .body(body)
            .map_err(|_| NoAnswer)
    }
}

impl Transport for InProcess {
    fn send(&self, request: ApiRequest) -> BoxFuture<'_, Result<ApiResponse, NoAnswer>> {
        Box::pin(async move {
            let request = self.request(request)?;
            let response =
                self.api.clone().oneshot(request).await.map_err(|never| match never {})?;
            read(response).await
        })
    }
}

async fn read(response: Response) -> Result<ApiResponse, NoAnswer> {
    let (parts, body) = response.into_parts();
    let text = |name| parts.headers.get(name).and_then(|v: &header::HeaderValue| v.to_str().ok());
    let body = body.collect().await.map_err(|_| NoAnswer)?.to_bytes();
    Ok(ApiResponse {
        user: None,
        session_end: None,
        status: parts.status.as_u16(),
        www_authenticate: text(header::WWW_AUTHENTICATE).map(str::to_owned),
        retry_after_s: text(header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok()),
        is_json: text(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("application/json")),
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
