//! What a load balancer asks.

use std::{sync::Arc, time::Duration};

use latchkey::domain::{Clock as _, SystemClock, Timestamp};
use serde_json::json;

use crate::support::{
    Engine, TestApp, TestDatabase,
    database::{Place, open_postgres},
};

#[tokio::test]
async fn a_node_that_works_is_alive_and_ready() {
    let app = TestApp::new().await;
    let alive = app.browser().get("/healthz").await;
    assert_eq!(alive.assert_status(200).json(), json!({"status": "alive"}));
    let ready = app.browser().get("/readyz").await;
    assert_eq!(ready.assert_status(200).json(), json!({"status": "ready"}));
    assert_eq!(ready.header("cache-control").as_deref(), Some("no-store"));
}

#[tokio::test]
async fn a_node_that_does_not_know_who_has_signed_out_is_not_ready() {
    let app = TestApp::with(&["--revocation-max-staleness", "1s"]).await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let reply = app.browser().get("/readyz").await;
    assert_eq!(
        reply.assert_status(503).json(),
        json!({"status": "not ready", "reason": "revocations"})
    );
    app.browser().get("/healthz").await.assert_status(200);
}

/// A node whose clock is this far from the database's.
async fn node_with_skew(ahead: Duration, behind: Duration) -> TestApp {
    let now: Timestamp = SystemClock.now();
    let database = TestDatabase::new(Engine::Postgres, (now + ahead).before(behind)).await;
    let Place::Server { url } = &database.place else { panic!("it is on a server") };
    let store = Arc::new(open_postgres(url, None).await);
    TestApp::over(database, store, &[])
}

#[tokio::test]
async fn a_node_whose_clock_is_wrong_is_not_ready_and_signs_nobody_out() {
    let (none, some, much) = (Duration::ZERO, Duration::from_secs(2), Duration::from_secs(20));
    for (ahead, behind, status) in [
        (none, none, 200),
        (some, none, 200),
        (none, some, 200),
        (much, none, 503),
        (none, much, 503),
    ] {
        let app = node_with_skew(ahead, behind).await;
        let reply = app.browser().get("/readyz").await;
        reply.assert_status(status);
        if status == 503 {
            assert_eq!(reply.json()["reason"], "clock");
        }
        // Families are judged by the database's clock on every node.
        let browser = app.signed_in("ada").await;
        browser.get("/api/data/").await.assert_status(200);
        browser.refresh().await.assert_status(200);
        let session = app.auth.sessions(None).await.unwrap().remove(0);
        let opened = session.created_at;
        let theirs = app.auth.store.now().await.unwrap();
        assert!(theirs.since(opened) < Duration::from_secs(5) && opened <= theirs);
    }
}

#[tokio::test]
async fn without_its_file_a_node_is_not_ready() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let (file, away) = (app.database.file().clone(), app.folder.path().join("away.db"));
    std::fs::rename(&file, &away).unwrap();
    app.browser().get("/readyz").await.assert_status(503);
    std::fs::rename(&away, &file).unwrap();
    app.browser().get("/readyz").await.assert_status(200);
}
