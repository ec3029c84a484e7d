//! Signing out.

use axum::http::Method;
use serde_json::json;

use crate::support::{TestApp, app::PASSWORD};

const OUT: &str = r#"{"detail":"Successfully logged out."}"#;

#[tokio::test]
async fn signing_out_ends_both_tokens_at_once_and_deletes_the_cookies() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    let reply = browser.logout().await;
    assert_eq!(reply.assert_status(200).body, OUT);
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    for cookie in reply.cookies() {
        let text = cookie.to_string();
        assert!(text.contains("=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"), "{text}");
        assert!(text.contains("Expires=Thu, 01 Jan 1970 00:00:00 GMT"), "{text}");
    }
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    copy.get("/api/data/").await.assert_status(401);
    copy.refresh().await.assert_status(401);
}

#[tokio::test]
async fn it_succeeds_any_number_of_times_and_with_anything() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let again = browser.copy();
    browser.logout().await.assert_status(200);
    again.logout().await.assert_status(200);
    for (access, refresh) in [("", ""), ("garbage", "garbage"), ("a.b.c", "x")] {
        let odd = app.browser();
        odd.set_cookie("access", access);
        odd.set_cookie("refresh", refresh);
        assert_eq!(odd.logout().await.assert_status(200).body, OUT);
        assert_eq!(odd.cookie("access"), None);
    }
    let json = [("content-type", "application/json")];
    let reply = app.browser().send(Method::POST, "/api/auth/logout/", &json, "{broken").await;
    reply.assert_status(200);
}

#[tokio::test]
async fn either_token_is_enough() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for missing in ["access", "refresh"] {
        let browser = app.browser();
        browser.login("ada").await.assert_status(200);
        let copy = browser.copy();
        browser.forget(missing);
        browser.logout().await.assert_status(200);
        copy.get("/api/data/").await.assert_status(401);
        copy.refresh().await.assert_status(401);
    }
}

#[tokio::test]
async fn only_this_session_ends() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let phone = app.browser();
    phone.login("ada").await.assert_status(200);
    browser.logout().await.assert_status(200);
    phone.get("/api/data/").await.assert_status(200);
    phone.refresh().await.assert_status(200);
}

#[tokio::test]
async fn where_scripts_keep_the_tokens_the_body_names_the_session() {
    let app = TestApp::with(&["--jwt-auth-httponly=false"]).await;
    app.user("ada").await;
    let browser = app.browser();
    let tokens = browser.login("ada").await.json();
    let stranger = app.browser();
    stranger
        .post("/api/auth/logout/", &json!({"refresh": tokens["refresh"]}))
        .await
        .assert_status(200);
    browser.get("/api/data/").await.assert_status(401);
}

#[tokio::test]
async fn no_body_keeps_anybody_signed_in() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for (kind, body) in [
        ("application/json", "{".to_owned()),
        ("text/plain", "\u{0}".repeat(200_000)),
        ("multipart/form-data", "no boundary".to_owned()),
    ] {
        let browser = app.browser();
        browser.login("ada").await.assert_status(200);
        let copy = browser.copy();
        let headers = [("content-type", kind)];
        let reply = browser.send(Method::POST, "/api/auth/logout/", &headers, body).await;
        assert_eq!(reply.assert_status(200).json(), json!({"detail": "Successfully logged out."}));
        assert_eq!(reply.cookie_names(), ["access", "refresh"], "{kind}");
        copy.get("/api/data/").await.assert_status(401);
    }
}

#[tokio::test]
async fn a_client_that_keeps_its_tokens_itself_is_signed_out_by_them() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let client = app.browser();
    let headers = [("x-auth-transport", "bearer"), ("content-type", "application/json")];
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    let tokens = client.send(Method::POST, "/api/auth/login/", &headers, body).await.json();
    let refresh = json!({"refresh": tokens["refresh"]});
    client.post("/api/auth/token/refresh/", &refresh).await.assert_status(200);
    assert_eq!(client.post("/api/auth/logout/", &refresh).await.assert_status(200).body, OUT);
    client.post("/api/auth/token/refresh/", &refresh).await.assert_status(401);
}
