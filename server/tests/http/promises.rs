//! What the suites of other session servers promise about replaced refresh tokens, by the names they
//! have there: the `RefreshTokenTest` of `SuperTokens`' core, and MAS.
//!
//! Supabase's have tests elsewhere: `TestConcurrentReuse` is `http::races`, `TestFailToSaveReuse`
//! and `TestMaliciousReuse` are `http::refresh`, `TestInvalidRefreshTokens` is there, too, and
//! `TestSessionTimebox` and `TestSessionInactivityTimeout` are `http::edges::limits`.
//! `TestSingleSessionPerUser` has no counterpart: any number of browsers may be signed in.

use crate::support::{Browser, TestApp, app::mins};

/// Three browsers that hold the first, the second and the third generation; the third was presented
/// `age` minutes ago.
async fn three_generations(app: &TestApp, age: u64) -> [Browser; 3] {
    let first = app.signed_in("ada").await;
    let second = after(app, &first).await;
    let third = after(app, &second).await;
    app.advance(mins(15));
    third.refresh().await.assert_status(200);
    app.advance(mins(age));
    [first, second, third]
}

/// A browser that holds the generation after that of `parent`.
async fn after(app: &TestApp, parent: &Browser) -> Browser {
    app.advance(mins(15));
    parent.refresh().await.assert_status(200);
    app.advance(mins(15));
    let child = parent.copy();
    child.refresh().await.assert_status(200);
    assert_eq!(child.generation("refresh"), parent.generation("refresh") + 1);
    child
}

#[tokio::test]
async fn double_refresh_brings_the_same_successor_twice() {
    let app = TestApp::new().await;
    let lost = app.signed_in("ada").await;
    let child = after(&app, &lost).await;
    lost.refresh().await.assert_status(200);
    assert_eq!(lost.cookie("refresh"), child.cookie("refresh"));
    for browser in [&lost, &child] {
        browser.get("/api/data/").await.assert_status(200);
        browser.refresh().await.assert_status(200);
    }
}

#[tokio::test]
async fn rotation_case_1_the_parent_of_a_child_that_was_never_used() {
    let app = TestApp::new().await;
    let parent = app.signed_in("ada").await;
    let child = after(&app, &parent).await;
    // Neither an hour nor the use of the access token makes a thief of anybody.
    child.get("/api/data/").await.assert_status(200);
    app.advance(mins(60));
    parent.refresh().await.assert_status(200);
    child.refresh().await.assert_status(200);
}

#[tokio::test]
async fn rotation_case_2_the_parent_of_a_child_that_was_used() {
    let app = TestApp::new().await;
    let [_, parent, child] = three_generations(&app, 1).await;
    parent.refresh().await.assert_status(401);
    child.refresh().await.assert_status(401);
}

#[tokio::test]
async fn rotation_case_3_the_grandparent() {
    let app = TestApp::new().await;
    let [grandparent, _, child] = three_generations(&app, 0).await;
    grandparent.refresh().await.assert_status(401);
    child.refresh().await.assert_status(401);
}

#[tokio::test]
async fn rotation_case_4_parent_and_child_in_turns_while_the_child_is_new() {
    let app = TestApp::new().await;
    let [_, parent, child] = three_generations(&app, 0).await;
    for _ in 0..3 {
        parent.copy().refresh().await.assert_status(200);
        child.refresh().await.assert_status(200);
    }
    assert_eq!(app.generation_of(&child).await, 3);
}
