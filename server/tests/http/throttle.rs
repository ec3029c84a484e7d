//! `DEFAULT_THROTTLE_RATES`: how often one caller may sign in, and so on.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use crate::support::{TestApp, app::PASSWORD};

const FLAGS: [&str; 2] = ["--default-throttle-rates", "dj_rest_auth=3/min"];

#[tokio::test]
async fn the_fourth_attempt_within_a_minute_waits() {
    let app = TestApp::with(&FLAGS).await;
    app.user("ada").await;
    app.browser().login("ada").await.assert_status(200);
    app.advance(Duration::from_millis(2_500));
    app.browser().login_with("ada", "wrong").await.assert_status(400);
    app.browser().post("/api/auth/password/reset/", &json!({})).await.assert_status(400);
    let refused = app.browser().login("ada").await;
    let told = json!({"detail": "Request was throttled. Expected available in 58 seconds."});
    assert_eq!(refused.assert_status(429).json(), told);
    assert_eq!(refused.header("retry-after").unwrap(), "58");
    assert_eq!(refused.header("allow").unwrap(), "POST, OPTIONS");
    app.advance(Duration::from_millis(56_500));
    let refused = app.browser().login("ada").await;
    assert_eq!(refused.header("retry-after").unwrap(), "1");
    assert!(refused.body.contains("in 1 second."), "{}", refused.body);
    app.advance(Duration::from_secs(1));
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn who_is_signed_in_is_counted_apart() {
    let app = TestApp::with(&FLAGS).await;
    let ada = app.signed_in("ada").await;
    let bob = app.signed_in("bob").await;
    app.browser().login("nobody").await.assert_status(400);
    app.browser().login("nobody").await.assert_status(429);
    for _ in 0..3 {
        ada.post("/api/auth/password/change/", &json!({})).await.assert_status(400);
    }
    ada.post("/api/auth/password/change/", &json!({})).await.assert_status(429);
    bob.post("/api/auth/password/change/", &json!({})).await.assert_status(400);
}

#[tokio::test]
async fn a_stolen_session_can_try_no_more_passwords_elsewhere() {
    let app = TestApp::with(&FLAGS).await;
    let ada = app.signed_in("ada").await;
    let wrong = json!({"password": "wrong", "email": "new@example.com"});
    for path in ["/api/auth/email/", "/api/auth/account/delete/", "/api/auth/email/"] {
        ada.post(path, &wrong).await.assert_status(400);
    }
    ada.post("/api/auth/account/delete/", &wrong).await.assert_status(429);
}

#[tokio::test]
async fn the_button_that_signs_out_always_does() {
    let app = TestApp::with(&FLAGS).await;
    let ada = app.signed_in("ada").await;
    for _ in 0..4 {
        ada.post("/api/auth/password/change/", &json!({})).await;
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let out = ada.send(Method::POST, "/logout", &form, "").await;
    assert_eq!(out.assert_status(303).header("location").unwrap(), "/login");
    assert_eq!((ada.cookie("access"), ada.cookie("refresh")), (None, None));
}

#[tokio::test]
async fn what_keeps_people_signed_in_is_not_throttled() {
    let app = TestApp::with(&FLAGS).await;
    let ada = app.signed_in("ada").await;
    for _ in 0..5 {
        ada.refresh().await.assert_status(200);
        ada.get("/api/auth/user/").await.assert_status(200);
        ada.post("/api/auth/token/verify/", &json!({})).await.assert_status(200);
        ada.post("/api/auth/registration/verify-email/", &json!({})).await.assert_status(400);
        ada.post("/api/auth/registration/resend-email/", &json!({})).await.assert_status(200);
    }
}

#[tokio::test]
async fn it_comes_after_who_is_calling_and_before_what_is_asked() {
    let app = TestApp::with(&FLAGS).await;
    for _ in 0..3 {
        app.browser().get("/api/auth/login/").await.assert_status(405);
        app.browser().post("/api/auth/password/change/", &json!({})).await.assert_status(401);
    }
    app.browser().get("/api/auth/login/").await.assert_status(429);
}

#[tokio::test]
async fn a_form_is_told_so_on_its_page() {
    let app = TestApp::with(&FLAGS).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send = async || {
        let body = format!("username=nobody&password={PASSWORD}");
        app.browser().send(Method::POST, "/login", &form, body).await
    };
    for _ in 0..3 {
        send().await.assert_status(400);
    }
    let refused = send().await;
    refused.assert_status(429);
    assert_eq!(refused.header("retry-after").unwrap(), "60");
    assert!(refused.body.contains("<form"), "the page is there again");
}
