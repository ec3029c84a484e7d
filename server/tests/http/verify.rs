//! Looking at a token.

use axum::http::Method;
use serde_json::json;

use crate::support::{TestApp, app::mins};

#[tokio::test]
async fn good_tokens_of_either_kind_are_good() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for name in ["access", "refresh"] {
        let token = browser.cookie(name).unwrap();
        for path in ["/api/auth/token/verify/", "/api/auth/token/verify"] {
            let reply = app.browser().post(path, &json!({"token": token})).await;
            assert_eq!(reply.assert_status(200).body, "{}");
        }
    }
    // Without a token in the body the access cookie is looked at.
    browser.post("/api/auth/token/verify/", &json!({})).await.assert_status(200);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let path = "/api/auth/token/verify/";
    for (token, text) in [
        (json!(""), "This field may not be blank."),
        (json!(null), "This field may not be null."),
        (json!({}), "Not a valid string."),
        (json!(true), "Not a valid string."),
    ] {
        let reply = app.browser().post(path, &json!({"token": token})).await;
        assert_eq!(reply.assert_status(400).json(), json!({"token": [text]}));
    }
    let missing = app.browser().post(path, &json!({})).await;
    assert_eq!(missing.assert_status(400).json(), json!({"token": ["This field is required."]}));
    for token in [json!(7), json!("garbage")] {
        let reply = app.browser().post(path, &json!({"token": token})).await;
        let body = json!({"detail": "Token is invalid", "code": "token_not_valid"});
        assert_eq!(reply.assert_status(401).json(), body);
    }
    let (access, refresh) = (browser.cookie("access"), browser.cookie("refresh"));
    browser.logout().await.assert_status(200);
    for token in [access, refresh] {
        let reply = app.browser().post(path, &json!({"token": token})).await;
        let body = json!({"non_field_errors": ["Token is blacklisted"]});
        assert_eq!(reply.assert_status(400).json(), body);
    }
}

#[tokio::test]
async fn looking_at_an_old_copy_punishes_nobody() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let old = browser.cookie("refresh").unwrap();
    for _ in 0..4 {
        app.advance(mins(15));
        browser.refresh().await.assert_status(200);
    }
    assert_ne!(browser.cookie("refresh").unwrap(), old);
    let reply = app.browser().post("/api/auth/token/verify/", &json!({"token": old})).await;
    reply.assert_status(400);
    browser.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn of_several_access_cookies_the_best_is_looked_at() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let cookies = format!("access=garbage; access={}", browser.cookie("access").unwrap());
    let headers = [("cookie", cookies.as_str())];
    let stranger = app.browser();
    let path = "/api/auth/token/verify/";
    stranger.send(Method::POST, path, &headers, "").await.assert_status(200);
    let garbage = [("cookie", "access=garbage; access=more")];
    stranger.send(Method::POST, path, &garbage, "").await.assert_status(401);
}

#[tokio::test]
async fn a_refresh_token_is_bad_before_the_database_hears_of_the_sign_out() {
    let (app, store) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    let token = browser.cookie("refresh").unwrap();
    store.set_gone(true);
    browser.logout().await.assert_status(200);
    store.set_gone(false);
    let reply = app.browser().post("/api/auth/token/verify/", &json!({"token": token})).await;
    assert_eq!(
        reply.assert_status(400).json(),
        json!({"non_field_errors": ["Token is blacklisted"]})
    );
}
