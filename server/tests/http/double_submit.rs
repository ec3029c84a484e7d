//! `JWT_AUTH_COOKIE_USE_CSRF` and `JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED`: the cookie
//! `csrftoken` and its header.

use axum::http::Method;
use latchkey::http::Access;
use serde_json::json;

use crate::support::{Browser, Reply, TestApp, app::PASSWORD, errands::Scene, routes};

const SIGNED_IN: [&str; 2] = ["--jwt-auth-cookie-use-csrf", "true"];
const EVERYBODY: [&str; 2] = ["--jwt-auth-cookie-enforce-csrf-on-unauthenticated", "true"];
const HEADER: &str = "x-csrftoken";

/// How a page of ours sends a form.
const FORM: [(&str, &str); 2] =
    [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];

fn signing_in() -> String {
    format!("username=ada&password={PASSWORD}")
}

async fn patch(browser: &Browser, headers: &[(&str, &str)]) -> Reply {
    let headers = [&[("content-type", "application/json")], headers].concat();
    browser.send(Method::PATCH, "/api/auth/user/", &headers, r#"{"first_name":"Ada"}"#).await
}

#[track_caller]
fn refused(reply: &Reply, why: &str) {
    let told = json!({"detail": format!("CSRF Failed: {why}")});
    assert_eq!(reply.assert_status(403).json(), told);
}

#[tokio::test]
async fn a_change_by_cookie_needs_the_header() {
    let app = TestApp::with(&SIGNED_IN).await;
    let browser = app.signed_in("ada").await;
    let token = browser.cookie("csrftoken").expect("a sign-in hands it out");
    patch(&browser, &[(HEADER, &token)]).await.assert_status(200);
    browser.get("/api/auth/user/").await.assert_status(200);

    refused(&patch(&browser, &[]).await, "CSRF token missing.");
    let header = "CSRF token from the 'X-Csrftoken' HTTP header";
    let other = "a".repeat(32);
    for (value, fault) in [
        (other.as_str(), "incorrect."),
        (&other[1..], "has incorrect length."),
        (&token.replace(&token[..1], "-"), "has invalid characters."),
    ] {
        let reply = patch(&browser, &[(HEADER, value)]).await;
        refused(&reply, &format!("{header} {fault}"));
    }
    browser.forget("csrftoken");
    refused(&patch(&browser, &[(HEADER, &token)]).await, "CSRF cookie not set.");
}

/// `token/*` look at nobody's cookie but the refresh token, and never ask; pages' forms show by their
/// origin that they are ours.
#[tokio::test]
async fn every_other_change_asks_for_it() {
    let app = TestApp::with(&EVERYBODY).await;
    app.user("ada").await;
    let browser = app.browser();
    browser.send(Method::POST, "/login", &FORM, signing_in()).await.assert_status(303);
    let nothing = String::new;
    let (elsewhere, key, reset) = (nothing(), nothing(), (nothing(), nothing()));
    let scene = Scene { app, browser, elsewhere, key, reset };
    let before = scene.app.database.dump().await;
    let asking =
        || routes::mutating().into_iter().filter(|operation| operation.path.starts_with("/api"));
    for operation in asking() {
        let errand = scene.errand(&operation);
        if operation.access != Some(Access::Open) {
            refused(&errand.send(&scene.browser, &[]).await, "CSRF token missing.");
        }
    }
    assert_eq!(scene.app.database.dump().await, before);
    for operation in asking() {
        // A sign-in hands out another one.
        let token = scene.browser.cookie("csrftoken").unwrap();
        let reply = scene.errand(&operation).send(&scene.browser, &[(HEADER, &token)]).await;
        assert!(!reply.body.contains("CSRF Failed"), "{operation:?}: {}", reply.body);
    }
}

#[tokio::test]
async fn it_is_asked_for_before_the_token_is_looked_at() {
    let app = TestApp::with(&SIGNED_IN).await;
    let browser = app.browser();
    browser.set_cookie("access", "nonsense");
    refused(&patch(&browser, &[]).await, "CSRF cookie not set.");
    app.user("ada").await;
    refused(&browser.login("ada").await, "CSRF cookie not set.");
    // Nobody's cookie: nothing could be done in anybody's name.
    app.browser().login("ada").await.assert_status(200);
    // These never ask.
    for operation in routes::api().into_iter().filter(|served| served.access == Some(Access::Open))
    {
        let reply = browser.send(operation.method, operation.path, &[], "").await;
        assert_ne!(reply.status, 403, "{}", operation.path);
    }
}

#[tokio::test]
async fn who_sends_a_header_of_their_own_is_no_browser() {
    for flags in [SIGNED_IN, EVERYBODY] {
        let app = TestApp::with(&flags).await;
        app.user("ada").await;
        let client = app.browser();
        let bearer = [("x-auth-transport", "bearer"), ("content-type", "application/json")];
        let bearer = [&bearer[..], &[("authorization", "")]].concat();
        let body = json!({"username": "ada", "password": PASSWORD}).to_string();
        let login = client.send(Method::POST, "/api/auth/login/", &bearer, body).await;
        let token = login.assert_status(200).json()["access"].as_str().unwrap().to_owned();
        let authorization = format!("Bearer {token}");
        let changed = patch(&client, &[("authorization", &authorization)]).await;
        changed.assert_status(200);
    }
}

#[tokio::test]
async fn everybody_may_be_asked() {
    let app = TestApp::with(&EVERYBODY).await;
    app.user("ada").await;
    let browser = app.browser();
    refused(&browser.login("ada").await, "CSRF cookie not set.");
    let told = browser.get("/api/csrf/").await;
    let token = browser.cookie("csrftoken").unwrap();
    assert_eq!(told.assert_status(200).json(), json!({"csrfToken": token}));
    let cookie = &told.cookies()[0];
    assert_eq!((cookie.http_only(), cookie.path()), (None, Some("/")), "scripts read it");
    assert_eq!(cookie.max_age().unwrap().whole_days(), 364);

    let headers = [("content-type", "application/json"), (HEADER, token.as_str())];
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    let login = browser.send(Method::POST, "/api/auth/login/", &headers, body).await;
    login.assert_status(200);
    let fresh = browser.cookie("csrftoken").unwrap();
    assert_ne!(fresh, token, "one that was planted is worth nothing after a sign-in");
    browser.get("/api/csrf/").await.assert_status(200);
    assert_eq!(browser.cookie("csrftoken").unwrap(), fresh, "asking changes nothing");
}

#[tokio::test]
async fn our_own_pages_work_with_it() {
    let app = TestApp::with(&EVERYBODY).await;
    app.user("ada").await;
    let browser = app.browser();
    browser.open("/login").await.assert_status(200);
    assert!(browser.cookie("csrftoken").is_some(), "a page brings it");
    assert!(!browser.open("/login").await.cookie_names().contains(&"csrftoken".to_owned()));
    // A form has no header; where it comes from was looked at.
    browser.send(Method::POST, "/login", &FORM, signing_in()).await.assert_status(303);
}

#[tokio::test]
async fn nobody_is_asked_by_default() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    assert_eq!(browser.cookie("csrftoken"), None);
    patch(&browser, &[]).await.assert_status(200);
    browser.get("/api/csrf/").await.assert_status(404);
}
