//! Sessions in the hands of their owner.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Browser, Reply, TestApp,
    app::{days, mins, secs},
};

const SESSIONS: &str = "/api/auth/sessions/";
const OTHERS: &str = "/api/auth/sessions/revoke-others/";
const ALL: &str = "/api/auth/sessions/revoke-all/";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

async fn list(browser: &Browser) -> Value {
    browser.get(SESSIONS).await.assert_status(200).json()
}

async fn end(browser: &Browser, id: &str) -> Reply {
    browser.send(Method::DELETE, &format!("{SESSIONS}{id}/"), &[], "").await
}

async fn elsewhere(app: &TestApp) -> Browser {
    let other = app.browser();
    other.login("ada").await.assert_status(200);
    other
}

fn ids(list: &Value) -> Vec<&str> {
    list["sessions"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn they_are_listed_the_latest_used_first() {
    let app = TestApp::new().await;
    let first = app.signed_in("ada").await;
    app.signed_in("bob").await;
    app.advance(secs(10));
    let second = app.browser();
    let (kind, body) =
        ("application/json", json!({"username": "ada", "password": "correct-horse-9"}));
    let headers = [("content-type", kind), ("user-agent", FIREFOX)];
    let login = second.send(Method::POST, "/api/auth/login/", &headers, body.to_string()).await;
    login.assert_status(200);
    let list = list(&first).await;
    let (one, two) = (app.session_of(&first).to_string(), app.session_of(&second).to_string());
    assert_eq!((ids(&list), &list["total"]), (vec![two.as_str(), one.as_str()], &json!(2)));
    assert_eq!(
        list["sessions"][0],
        json!({
            "id": two, "browser": "Firefox", "device": "Linux", "ip": "",
            "created_at": "2026-11-23T20:32:53.217000Z",
            "last_used_at": "2026-11-23T20:32:53.217000Z",
            "expires_at": "2026-11-30T20:32:53.217000Z",
            "is_current": false,
        })
    );
    assert_eq!(list["sessions"][1]["is_current"], true);
    assert_eq!(list["sessions"][1]["browser"], "");
    app.browser().get(SESSIONS).await.assert_status(401);
}

#[tokio::test]
async fn those_that_are_over_are_left_out() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let idle = app.session_of(&elsewhere(&app).await).to_string();
    elsewhere(&app).await.logout().await.assert_status(200);
    app.advance(days(4));
    browser.refresh().await.assert_status(200);
    assert_eq!(list(&browser).await["total"], 2);
    app.advance(days(3));
    browser.refresh().await.assert_status(200);
    assert_eq!(ids(&list(&browser).await), [app.session_of(&browser).to_string()]);
    let password = json!({"password": "correct-horse-9"}).to_string();
    let (path, kind) = (format!("{SESSIONS}{idle}/"), [("content-type", "application/json")]);
    browser.send(Method::DELETE, &path, &kind, password).await.assert_status(404);
}

#[tokio::test]
async fn a_browser_that_opens_pages_alone_is_seen_to_use_its_session() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for _ in 0..4 {
        app.advance(mins(20));
        browser.forget("access");
        browser.open("/account").await.assert_status(200);
        app.auth.write_sightings().await.unwrap();
        let used = app.auth.sessions(None).await.unwrap()[0].last_used_at;
        assert_eq!(used, app.auth.now());
    }
}

#[tokio::test]
async fn of_very_many_the_last_ones_are_listed_and_always_ones_own() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(secs(1));
    for _ in 0..201 {
        elsewhere(&app).await;
    }
    let list = list(&browser).await;
    assert_eq!((ids(&list).len(), &list["total"]), (200, &json!(202)));
    assert_eq!(*ids(&list).last().unwrap(), app.session_of(&browser).to_string());
    assert_eq!(list["sessions"][199]["is_current"], true);
}

#[tokio::test]
async fn one_is_ended_at_once_and_told_why() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for slash in ["/", ""] {
        let other = elsewhere(&app).await;
        let path = format!("{SESSIONS}{}{slash}", app.session_of(&other));
        let reply = browser.send(Method::DELETE, &path, &[], "").await;
        assert_eq!(reply.assert_status(204).body, "");
        assert!(reply.cookies().is_empty());
        other.get("/api/data/").await.assert_status(401);
        let refused = other.refresh().await;
        assert_eq!(
            refused.assert_status(401).header("latchkey-session-end").unwrap(),
            "signed_out"
        );
    }
    browser.get("/api/data/").await.assert_status(200);
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH] {
        let path = format!("{SESSIONS}{}/", app.session_of(&browser));
        let reply = browser.send(method, &path, &[], "").await;
        assert_eq!(reply.assert_status(405).header("allow").unwrap(), "DELETE, OPTIONS");
    }
}

#[tokio::test]
async fn what_is_not_ones_own_is_not_there() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let (bob, ended) = (app.signed_in("bob").await, elsewhere(&app).await);
    ended.logout().await.assert_status(200);
    let (bobs, mine) = (app.session_of(&bob).to_string(), app.session_of(&browser).to_string());
    let unknown = mine.replace('7', "8");
    let upper = mine.to_uppercase();
    let rows = [
        &*bobs,
        &unknown,
        &upper,
        "nonsense",
        "1",
        "%00",
        "%ff",
        "%2e%2e",
        "a%2fb",
        "'%20OR%201=1--",
    ];
    let mut first = end(&browser, rows[0]).await;
    first.headers.remove("x-request-id");
    assert_eq!(first.assert_status(404).body, r#"{"detail":"Not found."}"#);
    for id in rows {
        let mut reply = end(&browser, id).await;
        reply.headers.remove("x-request-id");
        assert_eq!(reply.assert_status(404).body, first.body, "{id}");
        assert_eq!(reply.headers, first.headers, "{id}");
    }
    bob.get("/api/data/").await.assert_status(200);
    // With an old sign-in the password comes first, whatever the id.
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
    for id in rows {
        end(&browser, id).await.assert_status(403);
    }
}

#[tokio::test]
async fn ones_own_ends_as_by_a_sign_out() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
    let reply = end(&browser, &app.session_of(&browser).to_string()).await;
    assert_eq!(reply.assert_status(204).cookie_names(), ["access", "refresh"]);
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    copy.refresh().await.assert_status(401);
}

#[tokio::test]
async fn ones_own_ends_here_even_while_the_database_is_gone() {
    let (app, store) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    store.set_gone(true);
    end(&browser, &app.session_of(&browser).to_string()).await.assert_status(204);
    store.set_gone(false);
    copy.get("/api/data/").await.assert_status(401);
    app.auth.finish_logouts().await.unwrap();
    assert!(app.auth.sessions(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn all_others_are_ended() {
    let app = TestApp::new().await;
    let (browser, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let others = [elsewhere(&app).await, elsewhere(&app).await];
    for words in ["2 other sessions have been ended.", "There were no other sessions."] {
        let reply = browser.post(OTHERS, &json!({})).await;
        assert_eq!(reply.assert_status(200).json(), json!({"detail": words}));
        assert!(reply.cookies().is_empty());
    }
    elsewhere(&app).await;
    let reply = browser.post(OTHERS, &json!({})).await;
    assert_eq!(reply.json(), json!({"detail": "1 other session has been ended."}));
    for other in others {
        other.get("/api/data/").await.assert_status(401);
        other.refresh().await.assert_status(401);
    }
    browser.get("/api/data/").await.assert_status(200);
    bob.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn all_are_ended_and_the_cookies_go() {
    let app = TestApp::new().await;
    let (browser, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let (copy, other) = (browser.copy(), elsewhere(&app).await);
    let reply = browser.post(ALL, &json!({})).await;
    let words = r#"{"detail":"All your sessions have been ended."}"#;
    assert_eq!(reply.assert_status(200).body, words);
    assert_eq!(reply.header("vary").unwrap(), "Accept, Cookie, origin");
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    for ended in [copy, other] {
        ended.get("/api/data/").await.assert_status(401);
        ended.refresh().await.assert_status(401);
    }
    bob.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn a_client_that_keeps_its_tokens_itself_does_it_as_well() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let body = json!({"username": "ada", "password": "correct-horse-9"}).to_string();
    let headers = [("content-type", "application/json"), ("x-auth-transport", "bearer")];
    let native = app.browser();
    let login = native.send(Method::POST, "/api/auth/login/", &headers, body).await;
    let bearer = format!("Bearer {}", login.json()["access"].as_str().unwrap());
    let bearer = [("authorization", bearer.as_str())];
    let other = elsewhere(&app).await;
    let list = native.send(Method::GET, SESSIONS, &bearer, "").await.json();
    let current = |s: &&Value| s["is_current"] == true;
    assert_eq!(list["sessions"].as_array().unwrap().iter().filter(current).count(), 1);
    native.send(Method::POST, OTHERS, &bearer, "").await.assert_status(200);
    other.get("/api/data/").await.assert_status(401);
    native.send(Method::GET, "/api/data/", &bearer, "").await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn beside_a_sign_in_the_others_end_or_it_comes_after() {
    for _ in 0..10 {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        let late = app.browser();
        let (ended, login) = tokio::join!(browser.post(OTHERS, &Value::Null), late.login("ada"));
        // No body is no body; `null` is one, and is refused.
        ended.assert_status(400);
        login.assert_status(200);
        let empty = json!({});
        let (ended, again) = tokio::join!(browser.post(OTHERS, &empty), late.login("ada"));
        ended.assert_status(200);
        again.assert_status(200);
        let lives = late.get("/api/data/").await.status == 200;
        assert_eq!(app.auth.sessions(None).await.unwrap().len(), 1 + usize::from(lives));
    }
}
