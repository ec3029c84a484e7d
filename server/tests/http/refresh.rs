//! Refreshing: the rotation rule as a browser meets it.

use axum::http::Method;
use serde_json::json;

use crate::support::{
    Browser, TestApp,
    app::{days, mins},
};

const BLACKLISTED: &str = r#"{"detail":"Token is blacklisted","code":"token_not_valid"}"#;

#[tokio::test]
async fn a_young_refresh_token_stays_and_only_access_is_set() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(14));
    let reply = browser.refresh().await;
    assert_eq!(reply.assert_status(200).cookie_names(), ["access"]);
    assert_eq!(
        reply.body,
        r#"{"access":"","access_expiration":"2026-11-23T21:01:43.217000Z","refresh_expiration":"2026-11-30T20:32:43.217000Z","access_expires_in":900,"refresh_expires_in":603960}"#
    );
    browser.get("/api/data/").await.assert_status(200);
}

/// A browser whose first generation has been seen for longer than the window.
async fn settled(app: &TestApp) -> Browser {
    let browser = app.signed_in("ada").await;
    app.advance(mins(15));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access"]);
    app.advance(mins(15));
    browser
}

#[tokio::test]
async fn a_seen_refresh_token_is_replaced_and_its_parent_honoured_until_the_successor_is_seen() {
    let app = TestApp::new().await;
    let browser = settled(&app).await;
    let lost = browser.copy();
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
    assert_ne!(browser.cookie("refresh"), lost.cookie("refresh"));

    // The answer was lost; days later the same successor is handed out.
    app.advance(days(2));
    lost.refresh().await.assert_status(200);
    assert_eq!(lost.cookie("refresh"), browser.cookie("refresh"));
}

#[tokio::test]
async fn an_old_copy_ends_the_family_once_the_successor_was_seen() {
    let app = TestApp::new().await;
    let browser = settled(&app).await;
    let stolen = browser.copy();
    browser.refresh().await.assert_status(200);
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    // Within the window the parent still leads to the same successor.
    app.advance(mins(1).checked_sub(std::time::Duration::from_millis(1)).unwrap());
    stolen.copy().refresh().await.assert_status(200);
    // The successor was answered again just now; its own window is over all the same.
    app.advance(std::time::Duration::from_millis(1));
    assert_eq!(stolen.refresh().await.assert_status(401).body, BLACKLISTED);
    assert!(stolen.cookie("refresh").is_some(), "a failed refresh deletes nothing");

    browser.get("/api/data/").await.assert_status(401);
    assert_eq!(browser.refresh().await.assert_status(401).body, BLACKLISTED);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_for_too_long() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(days(7));
    let reply = browser.refresh().await;
    assert_eq!(
        reply.assert_status(401).body,
        r#"{"detail":"Token is expired","code":"token_not_valid"}"#
    );
    assert!(reply.cookies().is_empty());
}

#[tokio::test]
async fn activity_extends_a_session_up_to_the_absolute_limit() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for _ in 0..22 {
        app.advance(days(4));
        browser.refresh().await.assert_status(200);
    }
    app.advance(days(2));
    browser.refresh().await.assert_status(401);
}

#[tokio::test]
async fn a_token_renewed_past_half_of_its_life_is_the_same_generation() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let before = browser.copy();
    app.advance(days(4));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
    before.refresh().await.assert_status(200);
    browser.refresh().await.assert_status(200);
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_said() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let access = browser.cookie("access").unwrap();
    let path = "/api/auth/token/refresh/";
    let refused = |text: &str| format!(r#"{{"detail":"{text}","code":"token_not_valid"}}"#);

    let none = app.browser().refresh().await;
    assert_eq!(none.assert_status(401).body, refused("No valid refresh token found."));
    assert_eq!(none.header("www-authenticate").unwrap(), r#"Bearer realm="api""#);
    for (value, text) in [("garbage", "Token is invalid"), (&access, "Token has wrong type")] {
        let reply = app.browser().post(path, &json!({"refresh": value})).await;
        assert_eq!(reply.assert_status(401).body, refused(text));
        let cookie = app.browser();
        cookie.set_cookie("refresh", value);
        assert_eq!(cookie.refresh().await.assert_status(401).body, refused(text));
        assert!(cookie.cookie("refresh").is_some());
    }
    for (value, text) in [
        (json!(""), "This field may not be blank."),
        (json!(null), "This field may not be null."),
        (json!(["a"]), "Not a valid string."),
    ] {
        let reply = browser.post(path, &json!({"refresh": value})).await;
        assert_eq!(reply.assert_status(400).json(), json!({"refresh": [text]}));
    }
}

#[tokio::test]
async fn access_tokens_and_headers_play_no_part() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    browser.set_cookie("access", "garbage");
    let headers = [("authorization", "Bearer garbage")];
    let path = "/api/auth/token/refresh";
    browser.send(Method::POST, path, &headers, "").await.assert_status(200);
}

#[tokio::test]
async fn a_disabled_account_is_named() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.auth.disable_user("ada").await.unwrap();
    let reply = browser.refresh().await;
    assert_eq!(
        reply.assert_status(401).body,
        r#"{"detail":"No active account found for the given token."}"#
    );
}

#[tokio::test]
async fn with_rotation_off_the_refresh_token_never_changes() {
    let app = TestApp::with(&["--rotate-refresh-tokens=false"]).await;
    let browser = app.signed_in("ada").await;
    for _ in 0..6 {
        app.advance(days(1));
        assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access"]);
    }
    app.advance(days(1));
    browser.refresh().await.assert_status(401);
}

#[tokio::test]
async fn with_the_blacklist_off_old_tokens_go_on_until_they_expire() {
    let app = TestApp::with(&["--blacklist-after-rotation=false"]).await;
    let browser = app.signed_in("ada").await;
    let old = browser.copy();
    for _ in 0..3 {
        app.advance(days(1));
        assert_eq!(
            browser.refresh().await.assert_status(200).cookie_names(),
            ["access", "refresh"]
        );
    }
    old.copy().refresh().await.assert_status(200);
    app.advance(days(4));
    old.refresh().await.assert_status(401);
    browser.refresh().await.assert_status(200);
}
