//! Requests from elsewhere.

use axum::http::Method;
use serde_json::json;

use crate::support::{TestApp, app::PASSWORD};

const MUTATING: [&str; 4] =
    ["/api/auth/login/", "/api/auth/logout/", "/api/auth/token/refresh/", "/login"];

async fn status(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> u16 {
    let browser = app.browser();
    browser.login("ada").await.assert_status(200);
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    let mut headers = headers.to_vec();
    headers.extend([("content-type", "application/json"), ("host", "localhost:3000")]);
    let reply = browser.send(Method::POST, path, &headers, body).await;
    if reply.status == 403 {
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("CSRF Failed: "), "{detail}");
        browser.get("/api/data/").await.assert_status(200);
    }
    reply.status.as_u16()
}

#[tokio::test]
async fn only_our_own_pages_and_no_browsers_pass() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let own = "http://localhost:3000";
    let pass: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "same-origin"), ("origin", own)],
        &[("sec-fetch-site", "same-origin")],
        &[("origin", own)],
        &[("referer", "http://localhost:3000/login?next=/account")],
        &[("origin", own), ("referer", "http://evil.example/")],
        &[],
    ];
    let refuse: [&[(&str, &str)]; 18] = [
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://evil.localhost:3000")],
        &[("sec-fetch-site", "cross-site"), ("origin", own)],
        &[("sec-fetch-site", "nonsense"), ("origin", own)],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "http://evil.example")],
        &[("origin", "http://localhost:3000.evil.example")],
        &[("origin", "http://localhost:8443")],
        &[("origin", "http://localhost")],
        &[("origin", "https://localhost:3000.")],
        &[("origin", "HTTP://LOCALHOST:3000")],
        &[("origin", "http://localhost:3000/")],
        &[("origin", "http://user@localhost:3000")],
        &[("referer", "http://evil.example/http://localhost:3000/")],
        &[("referer", "nonsense")],
    ];
    for path in MUTATING {
        for headers in pass {
            assert_ne!(status(&app, path, headers).await, 403, "{path} {headers:?}");
        }
        for headers in refuse {
            assert_eq!(status(&app, path, headers).await, 403, "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn behind_a_public_url_only_its_origin_is_ours() {
    let app = TestApp::with(&["--public-url", "http://app.example.com"]).await;
    app.user("ada").await;
    let login = "/api/auth/login/";
    for (origin, expected) in [
        ("http://app.example.com", 200),
        ("https://app.example.com", 403),
        ("http://localhost:3000", 403),
        ("http://app.example.com.evil.io", 403),
    ] {
        assert_eq!(status(&app, login, &[("origin", origin)]).await, expected, "{origin}");
    }
}

#[tokio::test]
async fn callers_that_say_nothing_can_be_refused() {
    let app = TestApp::with(&["--csrf-require-origin=true"]).await;
    let browser = app.browser();
    browser.logout().await.assert_status(403);
    browser.get("/api/data/").await.assert_status(401);
    let own = [("origin", "http://localhost")];
    browser.send(Method::POST, "/api/auth/logout/", &own, "").await.assert_status(200);
}

#[tokio::test]
async fn reading_is_open_and_changes_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://evil.example"),
        ("x-http-method-override", "POST"),
    ];
    for path in MUTATING {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let reply = browser.send(method, path, &foreign, "").await;
            assert_ne!(reply.status, 403);
            assert!(reply.header("access-control-allow-origin").is_none());
        }
    }
    browser.get("/api/data/").await.assert_status(200);
}
