//! Signing in.

use axum::http::Method;
use serde_json::json;

use crate::support::{TestApp, app::PASSWORD, app::days};

#[tokio::test]
async fn a_sign_in_answers_as_dj_rest_auth_does() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let reply = app.browser().login("ada").await;
    reply.assert_status(200);
    assert_eq!(
        reply.body,
        r#"{"access":"","refresh":"","user":{"pk":1,"username":"ada","email":"ada@example.com","first_name":"Ada","last_name":"Lovelace"},"access_expiration":"2026-11-23T20:47:43.217000Z","refresh_expiration":"2026-11-30T20:32:43.217000Z","access_expires_in":900,"refresh_expires_in":604800}"#
    );
    assert_eq!(reply.header("vary").unwrap(), "Accept, Cookie, origin");
    assert_eq!(reply.header("allow").unwrap(), "POST, OPTIONS");
    for (name, max_age, expires) in [
        ("access", 900, "Mon, 23 Nov 2026 20:47:43 GMT"),
        ("refresh", 604_800, "Mon, 30 Nov 2026 20:32:43 GMT"),
    ] {
        let cookie = reply.cookies().into_iter().find(|c| c.name() == name).unwrap();
        let text = cookie.to_string();
        assert_eq!(cookie.max_age().unwrap().whole_seconds(), max_age);
        assert!(text.contains(&format!("Expires={expires}")), "{text}");
        assert!(text.contains("HttpOnly; SameSite=Lax; Path=/;"), "{text}");
        assert!(!text.contains("Secure") && !text.contains("Domain"), "{text}");
    }
    assert_eq!(reply.cookies().len(), 2, "no sessionid, no csrftoken");
}

#[tokio::test]
async fn names_are_matched_without_case_and_surrounding_space() {
    let app = TestApp::new().await;
    app.user("Ada").await;
    for typed in ["Ada", "ada", "ADA", "  ada ", "\u{ff21}da"] {
        app.browser().login(typed).await.assert_status(200);
    }
}

#[tokio::test]
async fn passwords_are_taken_as_typed() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for typed in [" correct-horse-9", "correct-horse-9 ", "Correct-horse-9", "   "] {
        app.browser().login_with("ada", typed).await.assert_status(400);
    }
}

#[tokio::test]
async fn urlencoded_and_multipart_bodies_sign_in() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("username=ada&password={PASSWORD}");
    let path = "/api/auth/login/";
    app.browser().send(Method::POST, path, &form, body).await.assert_status(200);

    let multipart = [("content-type", "multipart/form-data; boundary=x")];
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}{}--x--\r\n", part("username", "ada"), part("password", PASSWORD));
    app.browser().send(Method::POST, path, &multipart, body).await.assert_status(200);
}

#[tokio::test]
async fn whoever_fails_learns_only_that_they_failed() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.user("gone").await;
    app.auth.disable_user("gone").await.unwrap();
    let refused = r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#;
    for (username, password) in [
        ("ada", "wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("ada@example.com", PASSWORD),
        ("ada", &"x".repeat(129)),
        ("ada", &"x".repeat(4097)),
    ] {
        let reply = app.browser().login_with(username, password).await;
        assert_eq!(reply.assert_status(400).body, refused, "{username}");
        assert!(reply.cookies().is_empty());
    }
}

#[tokio::test]
async fn every_failure_costs_one_hash() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.user("gone").await;
    app.auth.disable_user("gone").await.unwrap();
    for username in ["ada", "nobody", "gone", "", "ada\u{202e}"] {
        let before = app.hasher.count();
        let name = if username.is_empty() { "x" } else { username };
        app.browser().login_with(name, "wrong").await.assert_status(400);
        assert_eq!(app.hasher.count() - before, 1, "{username}");
    }
}

#[tokio::test]
async fn a_new_sign_in_replaces_the_session_of_the_same_browser() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let before = browser.copy();
    let elsewhere = app.browser();
    elsewhere.login("ada").await.assert_status(200);

    browser.login("ada").await.assert_status(200);
    before.get("/api/data/").await.assert_status(401);
    before.refresh().await.assert_status(401);
    browser.get("/api/data/").await.assert_status(200);
    elsewhere.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn the_last_sign_in_is_noted() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let last = async || app.auth.store.find_user_by_name("ada").await.unwrap().unwrap();
    assert_eq!(last().await.last_login_at, None);
    app.advance(days(1));
    app.browser().login("ada").await.assert_status(200);
    assert_eq!(last().await.last_login_at, Some(app.auth.now()));
}

#[tokio::test]
async fn settings_change_the_body() {
    let app = TestApp::with(&["--jwt-auth-return-expiration=false"]).await;
    app.user("ada").await;
    let body = app.browser().login("ada").await.json();
    assert!(body.get("access_expiration").is_none() && body["access_expires_in"] == 900);

    let app = TestApp::with(&["--jwt-auth-access-in-body=true"]).await;
    app.user("ada").await;
    let body = app.browser().login("ada").await.json();
    assert!(body["access"].as_str().unwrap().starts_with("eyJ") && body["refresh"] == "");

    let app = TestApp::with(&["--jwt-auth-httponly=false"]).await;
    app.user("ada").await;
    let reply = app.browser().login("ada").await;
    assert!(reply.json()["refresh"].as_str().unwrap().starts_with("eyJ"));
    assert!(reply.cookies().iter().all(|cookie| cookie.http_only() != Some(true)));
}

#[tokio::test]
async fn a_native_client_gets_its_tokens_in_the_body_and_no_cookies() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    let mut headers = vec![("content-type", "application/json"), ("x-auth-transport", "bearer")];
    let path = "/api/auth/login/";
    let reply = app.browser().send(Method::POST, path, &headers, body.clone()).await;
    let tokens = reply.assert_status(200).json();
    assert!(reply.cookies().is_empty());

    let refreshed = app
        .browser()
        .post("/api/auth/token/refresh/", &json!({"refresh": tokens["refresh"]}))
        .await;
    assert!(refreshed.assert_status(200).cookies().is_empty());
    assert_eq!(refreshed.json()["refresh"], tokens["refresh"]);
    let bearer = format!("Bearer {}", refreshed.json()["access"].as_str().unwrap());
    let me =
        app.browser().send(Method::GET, "/api/auth/user/", &[("authorization", &bearer)], "").await;
    me.assert_status(200);

    headers.push(("origin", "http://localhost"));
    app.browser().send(Method::POST, path, &headers, body).await.assert_status(400);
}

#[tokio::test]
async fn behind_tls_the_cookies_are_secure_and_prefixed() {
    let app = TestApp::with(&["--public-url", "https://app.example.com"]).await;
    app.user("ada").await;
    let reply = app.browser().login("ada").await;
    assert_eq!(reply.cookie_names(), ["__Host-Http-access", "__Host-Http-refresh"]);
    assert!(reply.cookies().iter().all(|cookie| cookie.secure() == Some(true)));
    assert_eq!(reply.header("strict-transport-security").unwrap(), "max-age=31536000");
}
