//! What a page load makes of the rule: it leaves the refresh token alone in the first half of the
//! token's life, and is treated as by the API in the second.
//!
//! Which half it is says the token itself, in whole seconds: the second one begins 217 ms early.

use std::time::Duration;

use super::{CARRIED, HALF, KEPT, MILLISECOND, WINDOW, refresh, rotated, seen};
use crate::support::{Browser, TestApp, app::mins};

const PART: Duration = Duration::from_millis(217);

/// The cookies that a page sets for a browser whose access token is gone.
async fn open(browser: &Browser) -> Vec<String> {
    browser.forget("access");
    browser.open("/account").await.assert_status(200).cookie_names()
}

#[tokio::test]
async fn a_page_does_not_rotate_before_the_second_half() {
    let app = TestApp::new().await;
    let browser = seen(&app).await;
    app.advance(HALF - WINDOW - PART - MILLISECOND);
    assert_eq!(open(&browser).await, KEPT);
    assert_eq!((browser.generation("access"), app.generation_of(&browser).await), (1, 1));
    app.advance(MILLISECOND);
    assert_eq!(open(&browser).await, CARRIED);
    assert_eq!((browser.generation("access"), app.generation_of(&browser).await), (2, 2));
}

#[tokio::test]
async fn a_page_renews_in_the_second_half() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    // From here on as by the API: for the family it is still the first half.
    app.advance(HALF - PART);
    assert_eq!(open(&browser).await, KEPT);
    app.advance(PART - MILLISECOND);
    assert_eq!(open(&browser).await, KEPT);
    app.advance(MILLISECOND);
    assert_eq!(open(&browser).await, CARRIED);
    assert_eq!((browser.generation("refresh"), app.generation_of(&browser).await), (1, 1));
    // A renewed token begins its first half.
    app.advance(HALF - PART - MILLISECOND);
    assert_eq!(open(&browser).await, KEPT);
}

#[tokio::test]
async fn a_page_is_a_sighting_once_the_cookie_can_be_stored() {
    for (passed, then) in [(WINDOW - MILLISECOND, &KEPT[..]), (WINDOW, &CARRIED[..])] {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        app.advance(passed);
        assert_eq!(open(&browser).await, KEPT);
        app.advance(WINDOW);
        assert_eq!(refresh(&browser).await, then);
    }
}

#[tokio::test]
async fn the_parent_opens_pages_until_a_window_after_its_successor_was_seen() {
    let app = TestApp::new().await;
    let (browser, behind) = rotated(&app).await;
    app.advance(WINDOW);
    refresh(&browser).await;
    app.advance(WINDOW - MILLISECOND);
    assert_eq!(open(&behind).await, KEPT);
    assert_eq!((behind.generation("access"), behind.generation("refresh")), (1, 1));
    assert_eq!(app.generation_of(&behind).await, 2);
    app.advance(MILLISECOND);
    behind.forget("access");
    behind.open("/account").await.assert_status(303);
    browser.get("/api/data/").await.assert_status(401);
}

#[tokio::test]
async fn in_the_second_half_of_the_parents_life_a_page_hands_out_its_successor() {
    let app = TestApp::new().await;
    let (browser, behind) = rotated(&app).await;
    // The sign-in was two minutes ago.
    app.advance(HALF - mins(2) - PART - MILLISECOND);
    assert_eq!(open(&behind).await, KEPT);
    assert_eq!((behind.generation("access"), behind.generation("refresh")), (1, 1));
    app.advance(MILLISECOND);
    assert_eq!(open(&behind).await, CARRIED);
    assert_eq!((behind.generation("access"), behind.generation("refresh")), (2, 2));
    assert_eq!(behind.cookie("refresh"), browser.cookie("refresh"));
}
