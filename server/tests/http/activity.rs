//! What happened to an account, as its owner sees it.

use std::time::Duration;

use axum::http::Method;
use latchkey::storage::EventPlace;
use serde_json::{Value, json};

use crate::support::{
    Browser, TestApp,
    app::{PASSWORD, days, mins},
};

const ACTIVITY: &str = "/api/auth/activity/";
const CURL: &str = "curl/8.14.1";

async fn list(browser: &Browser, query: &str) -> Value {
    browser.get(&format!("{ACTIVITY}{query}")).await.assert_status(200).json()
}

/// What happened and how often, the latest first.
async fn kinds(browser: &Browser) -> Vec<(String, u64)> {
    let list = list(browser, "").await;
    let events = list["events"].as_array().unwrap().iter();
    let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
    events.map(|event| (kind(event), event["count"].as_u64().unwrap())).collect()
}

fn named<const N: usize>(kinds: [(&str, u64); N]) -> Vec<(String, u64)> {
    kinds.map(|(kind, count)| (kind.to_owned(), count)).into()
}

#[tokio::test]
async fn it_tells_what_happened_the_latest_first() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let bob = app.signed_in("bob").await;
    let other = app.browser();
    other.login("ada").await.assert_status(200);
    browser.post("/api/auth/sessions/revoke-others/", &json!({})).await.assert_status(200);
    other.login("ada").await.assert_status(200);
    other.logout().await.assert_status(200);
    let new_email = json!({"email": "countess@example.com"});
    browser.post("/api/auth/email/", &new_email).await.assert_status(200);
    let change = json!({
        "old_password": PASSWORD,
        "new_password1": "winter-Lamp-42", "new_password2": "winter-Lamp-42",
    });
    browser.post("/api/auth/password/change/", &change).await.assert_status(200);
    let expected = named([
        ("password_changed", 1),
        ("email_change_asked", 1),
        ("signed_out", 1),
        ("signed_in", 1),
        ("sessions_ended", 1),
        ("signed_in", 1),
        ("signed_in", 1),
        ("registered", 1),
    ]);
    assert_eq!(kinds(&browser).await, expected);
    assert_eq!(kinds(&bob).await, named([("signed_in", 1), ("registered", 1)]));
    app.browser().get(ACTIVITY).await.assert_status(401);
    browser.send(Method::POST, ACTIVITY, &[], "").await.assert_status(405);
}

#[tokio::test]
async fn a_replay_is_told_with_where_it_came_from() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let old = browser.copy();
    for _ in 0..3 {
        app.advance(mins(15));
        browser.refresh().await.assert_status(200);
    }
    app.advance(mins(2));
    let thief = [("user-agent", CURL)];
    let replay = old.send(Method::POST, "/api/auth/token/refresh/", &thief, "").await;
    replay.assert_status(401);
    browser.login("ada").await.assert_status(200);
    let list = list(&browser, "").await;
    assert_eq!(list["events"][1]["kind"], "replay_caught");
    assert_eq!(list["events"][1]["browser"], "curl");
    // Refreshing leaves no traces of its own.
    assert_eq!(list["events"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn failed_sign_ins_make_one_row_an_hour_and_strangers_none() {
    let app = TestApp::with(&["--login-limits", "false"]).await;
    app.user("ada").await;
    let (stranger, headers) =
        (app.browser(), [("content-type", "application/json"), ("user-agent", CURL)]);
    for round in 0..1_000 {
        for name in ["ada", "nobody", "ADA"] {
            let body = json!({"username": name, "password": "wrong"}).to_string();
            let reply = stranger.send(Method::POST, "/api/auth/login/", &headers, body).await;
            reply.assert_status(400);
        }
        if round % 100 == 0 {
            app.auth.write_failures().await.unwrap();
        }
    }
    app.auth.write_failures().await.unwrap();
    app.advance(mins(60));
    app.browser().login_with("ada", "wrong").await.assert_status(400);
    app.auth.write_failures().await.unwrap();
    let browser = app.browser();
    browser.login("ada").await.assert_status(200);
    let expected = [("signed_in", 1), ("sign_in_failed", 1), ("sign_in_failed", 2_000)];
    assert_eq!(kinds(&browser).await[..3], named(expected));
    assert_eq!(list(&browser, "").await["events"][2]["browser"], "curl");
}

#[tokio::test]
async fn a_wrong_password_of_ones_own_is_told_too() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let wrong = json!({"password": "wrong"});
    browser.post("/api/auth/reauthenticate/", &wrong).await.assert_status(400);
    app.auth.write_failures().await.unwrap();
    assert_eq!(kinds(&browser).await[0], ("sign_in_failed".to_owned(), 1));
}

#[tokio::test]
async fn failures_wait_while_the_database_is_gone() {
    let (app, store) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    app.browser().login_with("ada", "wrong").await.assert_status(400);
    store.set_gone(true);
    assert!(app.auth.write_failures().await.is_err());
    store.set_gone(false);
    app.auth.write_failures().await.unwrap();
    app.auth.write_failures().await.unwrap();
    assert_eq!(kinds(&browser).await[0], ("sign_in_failed".to_owned(), 1));
}

#[tokio::test]
async fn it_comes_in_pages() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for _ in 0..60 {
        app.browser().login("ada").await.assert_status(200);
    }
    let first = list(&browser, "").await;
    let next = first["next"].as_str().unwrap();
    let second = list(&browser, &format!("?before={next}")).await;
    let (one, two) = (first["events"].as_array().unwrap(), second["events"].as_array().unwrap());
    assert_eq!((one.len(), two.len(), &second["next"]), (50, 12, &Value::Null));
    assert!(one[0].get("id").is_none(), "it would tell what happens to others");
    for nothing in ["?before=0.0", "?before=-7.2"] {
        let nothing = list(&browser, nothing).await;
        assert_eq!((&nothing["events"], &nothing["next"]), (&json!([]), &Value::Null));
    }
    assert_eq!(list(&browser, "?before=").await, first);
    for odd in
        ["?before=x", "?before=99999999999999999999", "?before=%00", "?before=7", "?before=7.-1"]
    {
        let reply = browser.get(&format!("{ACTIVITY}{odd}")).await;
        let words = json!({"before": ["Invalid cursor."]});
        assert_eq!(reply.assert_status(400).json(), words);
    }
}

#[tokio::test]
async fn what_is_old_is_forgotten_the_browser_first() {
    let app = TestApp::new().await;
    let browser = app.browser();
    app.user("ada").await;
    let login = json!({"username": "ada", "password": PASSWORD}).to_string();
    let headers = [("content-type", "application/json"), ("user-agent", CURL)];
    browser.send(Method::POST, "/api/auth/login/", &headers, login).await.assert_status(200);
    let about = |user| app.auth.activity(user, EventPlace::START);
    let user = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap().id;
    let rows = [(days(30), 2, CURL), (Duration::from_millis(1), 2, "")];
    for (later, count, agent) in rows {
        app.advance(later);
        app.auth.clean_up_events().await.unwrap();
        let events = about(user).await.unwrap().events;
        assert_eq!((events.len(), events[0].client.user_agent.as_str()), (count, agent));
    }
    for (later, count) in
        [(Duration::from_millis(150 * 86_400_000 - 1), 2), (Duration::from_millis(1), 0)]
    {
        app.advance(later);
        app.auth.clean_up_events().await.unwrap();
        assert_eq!(about(user).await.unwrap().events.len(), count);
    }
}

#[tokio::test]
async fn nothing_is_noted_where_nothing_is_to_be_kept() {
    let app = TestApp::with(&["--audit-retention", "0s"]).await;
    let browser = app.signed_in("ada").await;
    app.browser().login_with("ada", "wrong").await.assert_status(400);
    app.auth.write_failures().await.unwrap();
    assert_eq!(list(&browser, "").await["events"], json!([]));
}

#[tokio::test]
async fn it_goes_with_the_account() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let user = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap().id;
    app.browser().login_with("ada", "wrong").await.assert_status(400);
    let body = json!({"password": PASSWORD});
    browser.post("/api/auth/account/delete/", &body).await.assert_status(200);
    // What waited is for nobody now.
    app.auth.write_failures().await.unwrap();
    assert!(app.auth.activity(user, EventPlace::START).await.unwrap().events.is_empty());
}

#[tokio::test]
async fn no_secret_and_nothing_that_was_typed_is_stored_with_it() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let stolen = browser.copy();
    app.browser().login_with("ada", "canary-wrong").await.assert_status(400);
    app.browser().login_with("canary-name", "canary-wrong").await.assert_status(400);
    let new_email = json!({"email": "canary@example.com", "password": PASSWORD});
    browser.post("/api/auth/email/", &new_email).await.assert_status(200);
    browser.logout().await.assert_status(200);
    app.auth.write_failures().await.unwrap();
    let stored = app.database.dump_events().await;
    assert!(stored.contains("signed_out") && stored.contains("sign_in_failed"), "{stored}");
    let tokens = ["access", "refresh"].map(|name| stolen.cookie(name).unwrap());
    let hash = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap().password_hash;
    let secrets = [&tokens[0], &tokens[1], PASSWORD, hash.expose(), "canary", "example.com"];
    for secret in secrets {
        assert!(!stored.contains(secret), "{secret} in {stored}");
    }
}
