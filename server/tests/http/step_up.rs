//! What asks for the account's owner: everything that does, with young sign-ins and old ones.

use std::time::Duration;

use axum::http::Method;
use latchkey::{auth::AuthError, storage::ClientInfo};
use serde_json::{Value, json};

use crate::support::{
    Browser, Reply, TestApp,
    app::{PASSWORD, mins},
};

const REAUTHENTICATE: &str = "/api/auth/reauthenticate/";
const WRONG: &str = "Your password was entered incorrectly. Please enter it again.";
const REQUIRED: &str = r#"{"detail":"Your sign-in is too old for this. Please enter your password.","code":"reauthentication_required"}"#;

/// The last moment at which a sign-in is young.
const JUST_YOUNG: Duration = Duration::from_millis(15 * 60_000 - 1);

/// What asks for the owner, and what it answers to them.
const ENDPOINTS: [(&str, &str, u16); 5] = [
    ("DELETE", "/api/auth/sessions/<other>/", 204),
    ("POST", "/api/auth/sessions/revoke-others/", 200),
    ("POST", "/api/auth/email/", 200),
    ("POST", "/api/auth/account/delete/", 200),
    ("POST", "/api/auth/sessions/revoke-all/", 200),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Password {
    None,
    Right,
    Wrong,
}

/// Ada, who signed in so long ago, asks for it; she is signed in elsewhere, too.
async fn ask(
    flags: &[&str],
    age: Duration,
    (method, path, _): (&str, &str, u16),
    password: Password,
) -> (TestApp, Browser, Reply) {
    let app = TestApp::with(flags).await;
    let browser = app.signed_in("ada").await;
    let other = app.browser();
    other.login("ada").await.assert_status(200);
    app.advance(age);
    browser.refresh().await.assert_status(200);
    let mut body = json!({"email": "countess@example.com"});
    match password {
        Password::None => {}
        Password::Right => body["password"] = PASSWORD.into(),
        Password::Wrong => body["password"] = "wrong".into(),
    }
    let path = path.replace("<other>", &app.session_of(&other).to_string());
    let reply = send(&browser, method, &path, &body).await;
    (app, browser, reply)
}

async fn send(browser: &Browser, method: &str, path: &str, body: &Value) -> Reply {
    let kind = [("content-type", "application/json")];
    browser.send(method.parse().unwrap(), path, &kind, body.to_string()).await
}

#[tokio::test]
async fn the_owner_is_asked_for_wherever_the_sign_in_is_old() {
    let (young, old) = (JUST_YOUNG, mins(15));
    let always: &[&str] = &["--reauthenticate-after", "0s"];
    let rows: [(&[&str], Duration, Password, Option<u16>); 9] = [
        (&[], Duration::ZERO, Password::None, None),
        (&[], young, Password::None, None),
        (&[], old, Password::None, Some(403)),
        (&[], old, Password::Right, None),
        (&[], old, Password::Wrong, Some(400)),
        (&[], Duration::ZERO, Password::Wrong, Some(400)),
        (always, Duration::ZERO, Password::None, Some(403)),
        (always, Duration::ZERO, Password::Right, None),
        (&["--reauthenticate-after", "1h"], old, Password::None, None),
    ];
    for endpoint in ENDPOINTS {
        for (flags, age, password, refused) in rows {
            let (_app, browser, reply) = ask(flags, age, endpoint, password).await;
            let row = format!("{endpoint:?} {flags:?} {age:?} {password:?}: {}", reply.body);
            assert_eq!(reply.status.as_u16(), refused.unwrap_or(endpoint.2), "{row}");
            match refused {
                Some(403) => assert_eq!(reply.body, REQUIRED, "{row}"),
                Some(_) => assert_eq!(reply.json(), json!({"password": [WRONG]}), "{row}"),
                None => continue,
            }
            assert!(reply.cookies().is_empty(), "{row}");
            browser.get("/api/auth/user/").await.assert_status(200);
        }
    }
}

#[tokio::test]
async fn a_password_that_is_none_is_said_by_field() {
    let too_long = "Ensure this field has no more than 4096 characters.";
    let rows = [
        (json!(""), "This field may not be blank."),
        (json!(null), "This field may not be null."),
        (json!([]), "Not a valid string."),
        (json!("x".repeat(4097)), too_long),
    ];
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let paths = ENDPOINTS.map(|(method, path, _)| (method, path));
    for (method, path) in paths.into_iter().chain([("POST", REAUTHENTICATE)]) {
        for (password, words) in &rows {
            let body = json!({"email": "countess@example.com", "password": password});
            let path = path.replace("<other>", "1");
            let reply = send(&browser, method, &path, &body).await;
            assert_eq!(reply.assert_status(400).json(), json!({"password": [words]}), "{path}");
        }
    }
    let missing = browser.post(REAUTHENTICATE, &json!({})).await;
    let words = "This field is required.";
    assert_eq!(missing.assert_status(400).json(), json!({"password": [words]}));
}

#[tokio::test]
async fn who_has_shown_the_password_is_not_asked_again_in_that_session() {
    for through in [REAUTHENTICATE, "/api/auth/sessions/revoke-others/"] {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        app.advance(mins(20));
        browser.refresh().await.assert_status(200);
        let late = app.browser();
        let body = json!({"password": PASSWORD});
        browser.post(through, &body).await.assert_status(200);
        late.login("ada").await.assert_status(200);
        app.advance(JUST_YOUNG);
        browser.refresh().await.assert_status(200);
        let others = "/api/auth/sessions/revoke-others/";
        browser.post(others, &json!({})).await.assert_status(200);
        late.get("/api/data/").await.assert_status(401);
        // It has not counted anew.
        app.advance(Duration::from_millis(1));
        browser.post(others, &json!({})).await.assert_status(403);
    }
}

#[tokio::test]
async fn a_password_counts_for_the_session_that_it_was_shown_in_alone() {
    let app = TestApp::new().await;
    let (browser, other) = (app.signed_in("ada").await, app.browser());
    other.login("ada").await.assert_status(200);
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
    other.refresh().await.assert_status(200);
    let reply = browser.post(REAUTHENTICATE, &json!({"password": PASSWORD})).await;
    let words = r#"{"detail":"Your password has been confirmed."}"#;
    assert_eq!(reply.assert_status(200).body, words);
    assert!(reply.cookies().is_empty());
    let others = "/api/auth/sessions/revoke-others/";
    other.post(others, &json!({})).await.assert_status(403);
    browser.post(others, &json!({})).await.assert_status(200);
}

#[tokio::test]
async fn a_wrong_password_shows_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
    let reply = browser.post(REAUTHENTICATE, &json!({"password": "wrong"})).await;
    assert_eq!(reply.assert_status(400).json(), json!({"password": [WRONG]}));
    browser.post("/api/auth/sessions/revoke-others/", &json!({})).await.assert_status(403);
    app.browser().post(REAUTHENTICATE, &json!({"password": PASSWORD})).await.assert_status(401);
    browser.send(Method::GET, REAUTHENTICATE, &[], "").await.assert_status(405);
}

#[tokio::test]
async fn a_session_that_came_from_elsewhere_has_shown_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.database.execute("UPDATE sessions SET authenticated_at = NULL").await;
    let others = "/api/auth/sessions/revoke-others/";
    browser.post(others, &json!({})).await.assert_status(403);
    browser.post(REAUTHENTICATE, &json!({"password": PASSWORD})).await.assert_status(200);
    browser.post(others, &json!({})).await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_shown_has_to_hold_when_it_is_done() {
    // The password is checked; before anything is done the session ends.
    for (method, path, _) in ENDPOINTS {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        let session = app.session_of(&browser);
        let path = path.replace("<other>", &session.to_string().replace('7', "8"));
        app.hasher.close_gate();
        let body = json!({"email": "countess@example.com", "password": PASSWORD});
        let asking = tokio::spawn(async move { send(&browser, method, &path, &body).await });
        app.hasher.somebody_waits().await;
        app.auth.end_session(session).await.unwrap();
        app.hasher.open_gate();
        asking.await.unwrap().assert_status(401);
        assert!(app.auth.store.find_user_by_name("ada").await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_sign_in_has_to_hold_when_it_is_done() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let other = app.browser();
    other.login("ada").await.assert_status(200);
    let caller = app.auth.authenticate(&browser.cookie("access").unwrap()).unwrap();
    let client = ClientInfo::default();
    let confirm = async || app.auth.confirm(&caller, None, &client).await.unwrap();
    let (one, others, account) = (confirm().await, confirm().await, confirm().await);
    app.auth.end_session(caller.session).await.unwrap();
    let refused = [
        app.auth.end_own_session(one, app.session_of(&other), &client).await.map(drop),
        app.auth.end_other_sessions(others, &client).await.map(drop),
        app.auth.delete_own_account(account).await,
    ];
    for refused in refused {
        assert!(matches!(refused, Err(AuthError::Ended(_))), "{refused:?}");
    }
    other.get("/api/data/").await.assert_status(200);
}
