//! Another password, and what comes of all sessions.

use axum::http::Method;
use serde_json::{Value, json};

use super::forms::submit;
use crate::support::{
    Browser, Reply, TestApp,
    app::{PASSWORD, mins},
};

const CHANGE: &str = "/api/auth/password/change/";
const NEW: &str = "summer-Lamp-43";
const REQUIRED: &str = "This field is required.";
const BLANK: &str = "This field may not be blank.";
const WRONG: &str = "Your old password was entered incorrectly. Please enter it again.";
const SHORT: &str = "This password is too short. It must contain at least 8 characters.";
const COMMON: &str = "This password is too common.";
const NUMERIC: &str = "This password is entirely numeric.";

fn entry(old: &str, first: &str, second: &str) -> Value {
    json!({"old_password": old, "new_password1": first, "new_password2": second})
}

async fn change(browser: &Browser) -> Reply {
    browser.post(CHANGE, &entry(PASSWORD, NEW, NEW)).await
}

#[tokio::test]
async fn all_sessions_end_and_one_begins_here() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let (old, other) = (browser.copy(), app.browser());
    other.login("ada").await.assert_status(200);
    let bob = app.signed_in("bob").await;
    let reply = change(&browser).await;
    assert_eq!(reply.assert_status(200).body, r#"{"detail":"New password has been saved."}"#);
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    assert_eq!(reply.header("vary").unwrap(), "Accept, Cookie, origin");
    for ended in [&old, &other] {
        ended.get("/api/data/").await.assert_status(401);
        let refused = ended.refresh().await;
        assert_eq!(
            refused.assert_status(401).header("latchkey-session-end").as_deref(),
            Some("password_changed")
        );
    }
    for living in [&browser, &bob] {
        living.get("/api/data/").await.assert_status(200);
        living.refresh().await.assert_status(200);
    }
    app.browser().login("ada").await.assert_status(400);
    app.browser().login_with("ada", NEW).await.assert_status(200);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field_and_changes_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let long = "x".repeat(129);
    let too_long = "Ensure this field has no more than 128 characters.";
    let second = |words: &[&str]| json!({"new_password2": words});
    let rows = [
        (
            json!({}),
            json!({"old_password": [REQUIRED], "new_password1": [REQUIRED], "new_password2": [REQUIRED]}),
        ),
        (
            entry("", "", ""),
            json!({"old_password": [BLANK], "new_password1": [BLANK], "new_password2": [BLANK]}),
        ),
        (entry("wrong", NEW, "another"), json!({"old_password": [WRONG]})),
        (entry("wrong", "", "another"), json!({"old_password": [WRONG], "new_password1": [BLANK]})),
        (
            entry(PASSWORD, &long, &long),
            json!({"new_password1": [too_long], "new_password2": [too_long]}),
        ),
        (
            entry(&"x".repeat(4097), NEW, NEW),
            json!({"old_password": ["Ensure this field has no more than 4096 characters."]}),
        ),
        // It hides what else there is to say.
        (entry(PASSWORD, "12345", "123456"), second(&["The two password fields didn’t match."])),
        (entry(PASSWORD, "aB3$xyz", "aB3$xyz"), second(&[SHORT])),
        (entry(PASSWORD, "password123", "password123"), second(&[COMMON])),
        (entry(PASSWORD, "12345", "12345"), second(&[SHORT, COMMON, NUMERIC])),
        (
            entry(PASSWORD, "lovelace1", "lovelace1"),
            second(&["The password is too similar to the last name."]),
        ),
        (
            entry(PASSWORD, "ada!", "ada!"),
            second(&["The password is too similar to the username.", SHORT]),
        ),
    ];
    for (body, wrong) in rows {
        let reply = browser.post(CHANGE, &body).await;
        assert_eq!(reply.assert_status(400).json(), wrong, "{body}");
        assert!(reply.cookies().is_empty());
    }
    browser.refresh().await.assert_status(200);
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn who_may_and_how() {
    let app = TestApp::new().await;
    let stranger = change(&app.browser()).await;
    assert_eq!(
        stranger.assert_status(401).body,
        r#"{"detail":"Authentication credentials were not provided."}"#
    );
    let browser = app.signed_in("ada").await;
    let get = browser.get(CHANGE).await;
    assert_eq!(get.assert_status(405).header("allow").unwrap(), "POST, OPTIONS");
}

#[tokio::test]
async fn passwords_are_taken_as_typed() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let spaced = " summer lamp ";
    browser.post(CHANGE, &entry(PASSWORD, spaced, spaced)).await.assert_status(200);
    app.browser().login_with("ada", "summer lamp").await.assert_status(400);
    app.browser().login_with("ada", spaced).await.assert_status(200);
}

#[tokio::test]
async fn who_keeps_tokens_themselves_gets_new_ones() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let bearer = format!("Bearer {}", browser.cookie("access").unwrap());
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
        ("x-auth-transport", "bearer"),
    ];
    let body = entry(PASSWORD, NEW, NEW).to_string();
    let reply = app.browser().send(Method::POST, CHANGE, &headers, body).await;
    assert!(reply.assert_status(200).cookies().is_empty());
    let body = reply.json();
    assert_eq!(body["detail"], "New password has been saved.");
    let refresh = json!({"refresh": body["refresh"]});
    let refreshed = app.browser().post("/api/auth/token/refresh/", &refresh).await;
    assert_ne!(refreshed.assert_status(200).json()["access"], "");
}

#[tokio::test]
async fn settings_of_dj_rest_auth_have_their_effect() {
    let app = TestApp::with(&["--old-password-field-enabled", "false"]).await;
    let browser = app.signed_in("ada").await;
    let without = json!({"new_password1": NEW, "new_password2": NEW});
    browser.post(CHANGE, &without).await.assert_status(200);
    app.browser().login_with("ada", NEW).await.assert_status(200);

    let app = TestApp::with(&["--logout-on-password-change", "true"]).await;
    let browser = app.signed_in("ada").await;
    assert!(change(&browser).await.assert_status(200).cookies().is_empty());
    browser.refresh().await.assert_status(401);
}

#[tokio::test]
async fn where_no_old_password_is_asked_for_an_old_sign_in_is() {
    const REQUIRED: &str = r#"{"detail":"Your sign-in is too old for this. Please enter your password.","code":"reauthentication_required"}"#;
    let app = TestApp::with(&["--old-password-field-enabled", "false"]).await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
    let mut body = json!({"new_password1": NEW, "new_password2": NEW});
    let refused = browser.post(CHANGE, &body).await;
    assert_eq!(refused.assert_status(403).body, REQUIRED);
    assert!(refused.cookies().is_empty());
    body["password"] = "wrong".into();
    let words = "Your password was entered incorrectly. Please enter it again.";
    let wrong = browser.post(CHANGE, &body).await;
    assert_eq!(wrong.assert_status(400).json(), json!({"password": [words]}));
    app.browser().login("ada").await.assert_status(200);
    body["password"] = PASSWORD.into();
    browser.post(CHANGE, &body).await.assert_status(200);
    app.browser().login_with("ada", NEW).await.assert_status(200);
    // That was the password: what asks for the owner does not ask again.
    let others = browser.post("/api/auth/sessions/revoke-others/", &json!({})).await;
    others.assert_status(200);
}

#[tokio::test]
async fn where_no_old_password_is_asked_for_the_page_asks_for_it_in_place() {
    let app = TestApp::with(&["--old-password-field-enabled", "false"]).await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
    let form = format!("new_password1={NEW}&new_password2={NEW}");
    let asks = submit(&browser, "/account/password", &form).await;
    let question = r#"name="password""#;
    assert!(asks.assert_status(403).body.contains(question), "{}", asks.body);
    let form = format!("{form}&password={PASSWORD}");
    submit(&browser, "/account/password", &form).await.assert_status(303);
    app.browser().login_with("ada", NEW).await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_password_that_is_not_asked_for_is_no_way_back_into_a_session_that_ended() {
    let app = TestApp::with(&["--old-password-field-enabled", "false"]).await;
    let browser = app.signed_in("ada").await;
    let session = app.session_of(&browser);
    app.hasher.close_gate();
    let body = json!({"new_password1": NEW, "new_password2": NEW, "password": PASSWORD});
    let asking = tokio::spawn(async move { browser.post(CHANGE, &body).await });
    app.hasher.somebody_waits().await;
    app.auth.end_session(session).await.unwrap();
    app.hasher.open_gate();
    asking.await.unwrap().assert_status(401);
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let other = browser.copy();
    let body = entry(PASSWORD, "winter-Lamp-42", "winter-Lamp-42");
    let (one, two) = tokio::join!(change(&browser), other.post(CHANGE, &body));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert!(matches!(statuses, [200, 400 | 401]), "{statuses:?}");
    let password = if one.status == 200 { NEW } else { "winter-Lamp-42" };
    app.browser().login_with("ada", password).await.assert_status(200);
}
