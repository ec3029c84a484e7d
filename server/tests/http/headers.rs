//! The headers that every answer carries.

use axum::http::Method;

use crate::support::TestApp;

#[tokio::test]
async fn every_answer_is_hardened() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/login"),
        (Method::GET, "/account"),
        (Method::GET, "/nothing"),
        (Method::GET, "/pkg/nothing.wasm"),
        (Method::GET, "/api/data/"),
        (Method::GET, "/api/nothing"),
        (Method::PUT, "/api/auth/login/"),
        (Method::POST, "/api/auth/token/verify/"),
    ] {
        let reply = browser.send(method, path, &[("accept", "text/html,*/*")], "").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name).as_deref(), Some(value), "{path}");
        }
        assert!(reply.header("permissions-policy").is_some());
        assert!(reply.header("x-request-id").is_some());
        assert!(reply.header("server").is_none());
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        let is_page =
            reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        assert_eq!(policy.contains("'nonce-"), is_page, "{path}: {policy}");
        assert!(!(path.starts_with("/api") && is_page));
        if !path.starts_with("/pkg") {
            assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"), "{path}");
        }
    }
}

#[tokio::test]
async fn each_page_has_a_nonce_of_its_own() {
    let app = TestApp::new().await;
    let nonce = async || {
        let page = app.browser().open("/login").await;
        let policy = page.header("content-security-policy").unwrap();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 22 && page.body.contains(&nonce));
        nonce
    };
    assert_ne!(nonce().await, nonce().await);
}
