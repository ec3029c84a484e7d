//! The edges of the rotation rule: a millisecond before each, and at it.

#![expect(clippy::unchecked_time_subtraction, reason = "spans that are written down here")]

mod limits;
mod pages;

use std::time::Duration;

use crate::support::{
    Browser, TestApp,
    app::{days, mins, secs},
};

/// What an answer sets that leaves the refresh token as it is.
const KEPT: [&str; 1] = ["access"];
/// What an answer sets that carries a refresh token.
const CARRIED: [&str; 2] = ["access", "refresh"];
/// `STORE_DELAY` and `RACE_WINDOW` both.
const WINDOW: Duration = mins(1);
const MILLISECOND: Duration = Duration::from_millis(1);
/// Half of `REFRESH_TOKEN_LIFETIME`.
const HALF: Duration = secs(7 * 86_400 / 2);

/// The cookies that a refresh sets.
async fn refresh(browser: &Browser) -> Vec<String> {
    browser.refresh().await.assert_status(200).cookie_names()
}

/// A browser whose first generation was seen just now.
async fn seen(app: &TestApp) -> Browser {
    let browser = app.signed_in("ada").await;
    app.advance(WINDOW);
    assert_eq!(refresh(&browser).await, KEPT);
    browser
}

/// Two browsers after a rotation: one that holds the second generation, and one to which the
/// answer was lost, so that it holds the first.
async fn rotated(app: &TestApp) -> (Browser, Browser) {
    let browser = seen(app).await;
    app.advance(WINDOW);
    let behind = browser.copy();
    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!((browser.generation("refresh"), behind.generation("refresh")), (2, 1));
    (browser, behind)
}

#[tokio::test]
async fn what_is_presented_before_the_cookie_can_be_stored_is_no_sighting() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT);
    // The window of a sighting then would be over; this is the first one.
    app.advance(WINDOW);
    assert_eq!(refresh(&browser).await, KEPT);
    app.advance(WINDOW);
    assert_eq!(refresh(&browser).await, CARRIED);
}

#[tokio::test]
async fn a_window_after_its_sighting_a_generation_is_replaced() {
    let app = TestApp::new().await;
    let browser = seen(&app).await;
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT);
    app.advance(MILLISECOND);
    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!((browser.generation("access"), browser.generation("refresh")), (2, 2));
}

#[tokio::test]
async fn a_new_generation_starts_again_with_both_windows() {
    let app = TestApp::new().await;
    let (browser, _) = rotated(&app).await;
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT, "no sighting");
    app.advance(MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT, "the sighting");
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT);
    app.advance(MILLISECOND);
    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!(browser.generation("refresh"), 3);
}

#[tokio::test]
async fn the_parent_is_refused_a_window_after_its_successor_was_seen() {
    for (late, status) in [(WINDOW - MILLISECOND, 200), (WINDOW, 401)] {
        let app = TestApp::new().await;
        let (browser, behind) = rotated(&app).await;
        app.advance(WINDOW);
        refresh(&browser).await;
        app.advance(late);
        behind.refresh().await.assert_status(status);
        // The family lives, or is over for everybody.
        browser.get("/api/data/").await.assert_status(status);
    }
}

#[tokio::test]
async fn what_the_parent_presents_is_no_sighting_of_its_successor() {
    let app = TestApp::new().await;
    let (browser, behind) = rotated(&app).await;
    for _ in 0..3 {
        app.advance(days(1));
        assert_eq!(refresh(&behind.copy()).await, CARRIED);
    }
    app.advance(WINDOW);
    assert_eq!(refresh(&browser).await, KEPT, "the first sighting");
}

#[tokio::test]
async fn a_reissue_puts_off_the_next_rotation() {
    let app = TestApp::new().await;
    let (browser, behind) = rotated(&app).await;
    app.advance(WINDOW);
    refresh(&browser).await;
    app.advance(secs(30));
    assert_eq!(refresh(&behind).await, CARRIED);
    assert_eq!(behind.cookie("refresh"), browser.cookie("refresh"));
    // The window of the sighting closes half a minute later, but this answer was the last.
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT);
    app.advance(MILLISECOND);
    assert_eq!(refresh(&behind).await, CARRIED);
    assert_eq!(behind.generation("refresh"), 3);
}

#[tokio::test]
async fn whoever_is_two_generations_behind_is_refused_at_once() {
    let app = TestApp::new().await;
    let (browser, behind) = rotated(&app).await;
    for _ in 0..2 {
        app.advance(WINDOW);
        refresh(&browser).await;
    }
    assert_eq!(browser.generation("refresh"), 3);
    behind.refresh().await.assert_status(401);
    browser.refresh().await.assert_status(401);
}

#[tokio::test]
async fn from_half_of_its_life_on_a_token_is_renewed() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(HALF - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT);
    app.advance(MILLISECOND);
    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!(app.generation_of(&browser).await, 1);
    // It was seen a window ago, but the renewal put off the rotation.
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(refresh(&browser).await, KEPT);
    app.advance(MILLISECOND);
    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!(app.generation_of(&browser).await, 2);
}

#[tokio::test]
async fn a_generation_that_the_database_has_lost_is_followed_by_the_next() {
    let app = TestApp::new().await;
    let (browser, _) = rotated(&app).await;
    let (page, tab) = (browser.copy(), browser.copy());
    app.database.execute("UPDATE sessions SET generation = 1").await;

    // A page changes nothing, and says nothing of what the browser does not hold.
    page.forget("access");
    assert_eq!(page.open("/account").await.assert_status(200).cookie_names(), KEPT);
    assert_eq!((page.generation("access"), app.generation_of(&page).await), (2, 1));

    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!((browser.generation("refresh"), app.generation_of(&browser).await), (3, 3));
    assert_eq!(refresh(&tab).await, CARRIED);
    assert_eq!(tab.cookie("refresh"), browser.cookie("refresh"), "one successor for all");
}
