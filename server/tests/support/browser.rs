//! A browser with a cookie jar; two of them are two browsers.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use cookie::Cookie;
use http_body_util::BodyExt as _;
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::app::PASSWORD;

/// Sends requests with its cookies and keeps those it is given.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    address: Option<IpAddr>,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
    /// What it says with every request.
    headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self { router, address: None, jar: Arc::default(), headers: Vec::new() }
    }

    /// The same browser at this address.
    #[must_use]
    pub fn from(self, address: &str) -> Self {
        Self { address: Some(address.parse().unwrap()), ..self }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    /// The generation that the token in a cookie carries.
    pub fn generation(&self, name: &str) -> i64 {
        let claims: Value = insecure_decode_claims(self.cookie(name).unwrap()).unwrap();
        claims["gen"].as_i64().unwrap()
    }

    /// Puts a cookie into the jar.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Forgets a cookie, as browsers do when it expires.
    pub fn forget(&self, name: &str) {
        self.jar.lock().unwrap().remove(name);
    }

    /// A second browser with the same cookies: a copy that somebody took.
    pub fn copy(&self) -> Self {
        let jar = self.jar.lock().unwrap().clone();
        Self { jar: Arc::new(Mutex::new(jar)), ..self.clone() }
    }

    /// The same browser, which says this with every request that does not say otherwise.
    pub fn with_headers(mut self, headers: &[(&str, &str)]) -> Self {
        let owned = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.headers = owned.collect();
        self
    }

    pub async fn login(&self, username: &str) -> Reply {
        self.login_with(username, PASSWORD).await
    }

    pub async fn login_with(&self, username: &str, password: &str) -> Reply {
        self.post("/api/auth/login/", &json!({"username": username, "password": password})).await
    }

    pub async fn logout(&self) -> Reply {
        self.send(Method::POST, "/api/auth/logout/", &[], "").await
    }

    pub async fn refresh(&self) -> Reply {
        self.send(Method::POST, "/api/auth/token/refresh/", &[], "").await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], "").await
    }

    /// Opens a page, as the address bar does.
    pub async fn open(&self, path: &str) -> Reply {
        let document = [("sec-fetch-dest", "document"), ("accept", "text/html,*/*;q=0.8")];
        self.send(Method::GET, path, &document, "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.send(Method::POST, path, &json, body.to_string()).await
    }

    /// Sends a request with the jar's cookies and keeps what the answer sets.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        let is_said = |said: &str| headers.iter().any(|(name, _)| *name == said);
        let always = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let always: Vec<_> = always.filter(|(name, _)| !is_said(name)).collect();
        let headers = [&always, headers].concat();
        if headers.iter().all(|(name, _)| *name != "host") {
            request = request.header(header::HOST, "localhost");
        }
        if let Some(cookies) = self.cookie_header() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        if let Some(address) = self.address {
            request = request.extension(ConnectInfo(SocketAddr::new(address, 4711)));
        }
        let request = request.body(body.into()).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap_or_default(),
        };
        self.keep(&reply);
        reply
    }

    fn cookie_header(&self) -> Option<String> {
        let jar = self.jar.lock().unwrap();
        let pairs: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep(&self, reply: &Reply) {
        let mut jar = self.jar.lock().unwrap();
        for cookie in reply.all_cookies() {
            if cookie.max_age().is_some_and(cookie::time::SignedDuration::is_zero) {
                jar.remove(cookie.name());
            } else {
                jar.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}

impl Reply {
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        let kind = self.header("content-type");
        assert_eq!(kind.as_deref(), Some("application/json"), "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    /// The cookies it sets or deletes, but for the browser's mark, which stays whoever is signed in.
    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        let mut cookies = self.all_cookies();
        cookies.retain(|cookie| !cookie.name().ends_with("latchkey-device"));
        cookies
    }

    /// All of them.
    pub fn all_cookies(&self) -> Vec<Cookie<'static>> {
        let values = self.headers.get_all(header::SET_COOKIE).iter();
        values.map(|value| Cookie::parse(value.to_str().unwrap().to_owned()).unwrap()).collect()
    }

    /// The names of the cookies it sets or deletes.
    pub fn cookie_names(&self) -> Vec<String> {
        self.cookies().iter().map(|cookie| cookie.name().to_owned()).collect()
    }
}
