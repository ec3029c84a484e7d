//! Revocation that works at once, whoever asked for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use latchkey::{
    auth::{Blacklist, Standing},
    domain::{SessionId, Timestamp, entropy::SeededEntropy},
};
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, app::mins};

#[tokio::test]
async fn disabling_an_account_ends_its_access_tokens() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.auth.disable_user("ada").await.unwrap();
    browser.get("/api/data/").await.assert_status(401);
    browser.refresh().await.assert_status(401);
    browser.login("ada").await.assert_status(400);
}

#[tokio::test]
async fn another_processs_revocation_bites_within_a_second() {
    let app = TestApp::new().await;
    let stop = CancellationToken::new();
    let following = tokio::spawn(Arc::clone(&app.auth).follow_revocations(stop.clone()));
    let browser = app.signed_in("ada").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.get("/api/data/").await.assert_status(200);

    app.database
        .execute("UPDATE sessions SET revoked_at = 1795465963217, revoke_cause = 'logout'")
        .await;
    let started = Instant::now();
    while browser.get("/api/data/").await.status == 200 {
        assert!(started.elapsed() < Duration::from_secs(1), "still accepted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    following.await.unwrap();
}

#[tokio::test]
async fn a_restart_remembers_what_was_ended() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.database
        .execute("UPDATE sessions SET revoked_at = 1795465963217, revoke_cause = 'logout'")
        .await;
    browser.get("/api/data/").await.assert_status(200);
    app.auth.load_blacklist().await.unwrap();
    browser.get("/api/data/").await.assert_status(401);
}

#[tokio::test]
async fn a_feed_that_is_silent_for_too_long_is_503_and_never_401() {
    let app = TestApp::with(&["--revocation-max-staleness", "1s"]).await;
    let browser = app.signed_in("ada").await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let reply = browser.get("/api/data/").await;
    reply.assert_status(503);
    assert!(reply.header("retry-after").is_some() && reply.cookies().is_empty());
    app.browser().get("/api/data/").await.assert_status(401);
}

#[tokio::test]
async fn leeway_revives_no_token() {
    let app = TestApp::with(&["--access-token-lifetime=1m", "--leeway=10m"]).await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    browser.logout().await.assert_status(200);
    for _ in 0..12 {
        copy.get("/api/data/").await.assert_status(401);
        app.advance(mins(1));
        app.auth.blacklist.absorb(Vec::new(), app.auth.now());
    }
}

#[test]
fn entries_outlive_every_access_token_of_their_family() {
    let at = Timestamp::from_millis;
    let minute = 60_000;
    let list = Blacklist::new(Duration::from_mins(15), Duration::from_mins(1));
    let id = SessionId::generate(at(0), &SeededEntropy::new(1)).unwrap();
    list.insert(id, at(0));
    list.absorb(Vec::new(), at(20 * minute - 1));
    assert_eq!(list.standing(id), Standing::Revoked);
    list.absorb(Vec::new(), at(20 * minute));
    assert_eq!(list.standing(id), Standing::Live);
}
