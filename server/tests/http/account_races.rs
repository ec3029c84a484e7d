//! Changes of an account that meet in the gap between reading and writing.

use std::sync::Arc;

use latchkey::{domain::Timestamp, storage::Store};

use crate::support::{
    Browser, Engine, GatedStore, Reply, TestApp, TestDatabase,
    app::{PASSWORD, START},
};

const NEW_PASSWORD: &str = "another-horse-7";
/// Every refresh rotates, and so writes.
const NO_WINDOWS: [&str; 2] = ["--race-window=0s", "--store-delay=0s"];

async fn live_sessions(app: &TestApp) -> usize {
    app.auth.sessions(None).await.unwrap().len()
}

/// A sign-in that has read the account and checked the password while `change` happens.
async fn login_meets(app: &TestApp, change: impl AsyncFnOnce()) -> Reply {
    app.hasher.close_gate();
    let browser = app.browser();
    let login = tokio::spawn(async move { browser.login("ada").await });
    app.hasher.somebody_waits().await;
    change().await;
    app.hasher.open_gate();
    login.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_with_the_old_password_does_not_outlive_its_change() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let reply = login_meets(&app, async || {
        app.auth.set_password("ada", NEW_PASSWORD.into()).await.unwrap();
    })
    .await;
    assert!(reply.assert_status(400).cookies().is_empty());
    assert_eq!(live_sessions(&app).await, 0);
    app.browser().login_with("ada", PASSWORD).await.assert_status(400);
    app.browser().login_with("ada", NEW_PASSWORD).await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_does_not_outlive_the_disabling_of_its_account() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let reply = login_meets(&app, async || {
        app.auth.disable_user("ada").await.unwrap();
    })
    .await;
    assert!(reply.assert_status(400).cookies().is_empty());
    assert_eq!(live_sessions(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_does_not_outlive_the_deletion_of_its_account() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let reply = login_meets(&app, async || app.auth.delete_user("ada").await.unwrap()).await;
    assert!(reply.assert_status(400).cookies().is_empty());
    assert_eq!(live_sessions(&app).await, 0);
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let other = app.browser();
    other.login("ada").await.assert_status(200);
    assert_eq!(app.auth.set_password("ada", NEW_PASSWORD.into()).await.unwrap(), 2);
    for browser in [browser, other] {
        browser.get("/api/data/").await.assert_status(401);
        browser.refresh().await.assert_status(401);
    }
}

/// A refresh that has read the family and decided while `change` happens: it must not win.
async fn refresh_meets(change: impl AsyncFnOnce(&TestApp, &Browser)) {
    let (app, store) = TestApp::gated(&NO_WINDOWS).await;
    let browser = app.signed_in("ada").await;
    let tab = browser.copy();
    store.close_gate();
    let refresh = tokio::spawn({
        let tab = tab.clone();
        async move { tab.refresh().await }
    });
    store.somebody_waits().await;
    change(&app, &browser).await;
    store.open_gate();
    let reply = refresh.await.unwrap();
    assert!(reply.assert_status(401).cookies().is_empty());
    tab.get("/api/data/").await.assert_status(401);
    assert_eq!(live_sessions(&app).await, 0);
}

#[tokio::test]
async fn a_refresh_cannot_overtake_a_sign_out() {
    refresh_meets(async |_, browser| {
        browser.logout().await.assert_status(200);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_cannot_overtake_the_disabling_of_its_account() {
    refresh_meets(async |app, _| {
        app.auth.disable_user("ada").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_refresh_cannot_overtake_a_change_of_the_password() {
    refresh_meets(async |app, _| {
        app.auth.set_password("ada", NEW_PASSWORD.into()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_sign_out_that_cannot_be_written_keeps_no_others_waiting() {
    const REFUSES: &str = "CREATE TRIGGER refuses BEFORE UPDATE ON sessions WHEN old.user_id = \
         (SELECT id FROM users WHERE username = 'u3') BEGIN SELECT RAISE(ABORT, 'no'); END";
    let database = TestDatabase::new(Engine::Sqlite, Timestamp::from_millis(START)).await;
    let gate = GatedStore::new(database.open().await);
    let store: Arc<dyn Store> = Arc::<GatedStore>::clone(&gate);
    let app = TestApp::over(database, store, &NO_WINDOWS);
    let mut browsers = Vec::new();
    for n in 0..8 {
        browsers.push(app.signed_in(&format!("u{n}")).await);
    }
    gate.set_gone(true);
    for browser in &browsers {
        browser.logout().await.assert_status(200);
    }
    gate.set_gone(false);
    app.database.execute(REFUSES).await;
    app.auth.finish_logouts().await.unwrap();
    assert_eq!(live_sessions(&app).await, 1);
    // It was given up, and is not tried for ever.
    app.database.execute("DROP TRIGGER refuses").await;
    app.auth.finish_logouts().await.unwrap();
    assert_eq!(live_sessions(&app).await, 1);
}

#[tokio::test]
async fn a_sign_out_while_the_database_is_gone_is_made_good_for() {
    let (app, store) = TestApp::gated(&NO_WINDOWS).await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    store.set_gone(true);
    let reply = browser.logout().await;
    assert_eq!(reply.assert_status(200).cookie_names(), ["access", "refresh"]);
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    copy.get("/api/data/").await.assert_status(401);
    copy.refresh().await.assert_status(503);
    assert!(app.auth.finish_logouts().await.is_err());

    store.set_gone(false);
    copy.refresh().await.assert_status(401);
    assert_eq!(live_sessions(&app).await, 1, "the database has not heard of it yet");
    app.auth.finish_logouts().await.unwrap();
    assert_eq!(live_sessions(&app).await, 0);
}
