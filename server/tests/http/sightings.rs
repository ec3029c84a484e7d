//! Access tokens show that their refresh token was stored.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::support::{
    TestApp,
    app::{mins, secs},
};

/// Whether the next refresh replaces the refresh token.
async fn rotates(app: &TestApp, shown_after: Duration, then: Duration) -> bool {
    let browser = app.signed_in("ada").await;
    app.advance(shown_after);
    browser.get("/api/data/").await.assert_status(200);
    app.auth.write_sightings().await.unwrap();
    app.advance(then);
    let reply = browser.refresh().await;
    reply.assert_status(200).cookie_names().contains(&"refresh".to_owned())
}

#[tokio::test]
async fn a_window_after_a_call_that_showed_the_generation_a_refresh_rotates() {
    let app = TestApp::new().await;
    assert!(rotates(&app, secs(60), secs(60)).await);
}

#[tokio::test]
async fn a_call_that_came_before_the_cookie_can_have_reached_the_disk_shows_nothing() {
    let app = TestApp::new().await;
    assert!(!rotates(&app, Duration::from_millis(59_999), secs(61)).await);
}

#[tokio::test]
async fn the_window_begins_with_the_call_and_not_with_its_writing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(5));
    browser.get("/api/data/").await.assert_status(200);
    app.advance(secs(30));
    app.auth.write_sightings().await.unwrap();
    app.advance(Duration::from_millis(29_999));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access"]);
    app.advance(Duration::from_millis(1));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
}

#[tokio::test]
async fn what_waits_when_the_server_stops_is_written_then() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let stop = CancellationToken::new();
    let writing = tokio::spawn(Arc::clone(&app.auth).keep_writing_sightings(stop.clone()));
    app.advance(mins(2));
    browser.get("/api/data/").await.assert_status(200);
    stop.cancel();
    writing.await.unwrap();
    app.advance(mins(1));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
}

#[tokio::test]
async fn a_sighting_that_came_too_soon_after_an_answer_is_made_up_for_by_a_later_call() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(mins(2));
    // The successor is answered twice: the second time to whoever still holds the parent.
    let late = browser.copy();
    browser.refresh().await.assert_status(200);
    app.advance(secs(50));
    late.refresh().await.assert_status(200);
    for seconds in [30, 60] {
        app.advance(secs(seconds));
        browser.get("/api/data/").await.assert_status(200);
        app.auth.write_sightings().await.unwrap();
    }
    app.advance(secs(60));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
}

#[tokio::test]
async fn what_a_page_load_got_for_the_parent_does_not_confirm_the_successor() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(mins(2));
    let behind = browser.copy();
    browser.refresh().await.assert_status(200);
    assert_ne!(behind.cookie("refresh"), browser.cookie("refresh"));

    behind.forget("access");
    behind.open("/").await.assert_status(200);
    app.advance(mins(5));
    behind.get("/api/data/").await.assert_status(200);
    app.auth.write_sightings().await.unwrap();
    app.advance(mins(5));
    // The successor was not seen: its parent is still honoured.
    behind.refresh().await.assert_status(200);
    assert_eq!(behind.cookie("refresh"), browser.cookie("refresh"));
}

#[tokio::test]
async fn sightings_wait_for_a_database_that_is_away() {
    let (app, gate) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(2));
    gate.set_gone(true);
    browser.get("/api/data/").await.assert_status(200);
    app.auth.write_sightings().await.unwrap_err();
    gate.set_gone(false);
    app.auth.write_sightings().await.unwrap();
    app.advance(secs(60));
    assert_eq!(browser.refresh().await.assert_status(200).cookie_names(), ["access", "refresh"]);
}
