//! Many at once.

use std::collections::HashSet;

use axum::http::Method;

use crate::support::{Browser, TestApp, app::mins};

/// Settings with both windows shortened, as on a clock that is moved by hand.
const SHORT: [&str; 2] = ["--race-window=2s", "--store-delay=2s"];

async fn refresh_64_times(browser: &Browser) -> Vec<(u16, Option<String>)> {
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let tab = browser.copy();
        requests.spawn(async move {
            let status = tab.refresh().await.status.as_u16();
            (status, tab.cookie("refresh"))
        });
    }
    requests.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_refreshes_of_one_token_are_one_rotation() {
    let app = TestApp::with(&SHORT).await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(1));
    browser.refresh().await.assert_status(200);
    app.advance(mins(1));
    let presented = browser.cookie("refresh").unwrap();

    let answers = refresh_64_times(&browser).await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    let held: HashSet<_> = answers.into_iter().filter_map(|(_, refresh)| refresh).collect();
    assert_eq!(held.len(), 1, "one successor for all");
    let successor = held.into_iter().next().unwrap();
    assert_ne!(successor, presented);

    // The successor works; once it has been seen for longer than the window its parent is refused
    // and the family is over, access tokens included.
    let parent = browser.copy();
    browser.set_cookie("refresh", &successor);
    app.advance(mins(1));
    browser.refresh().await.assert_status(200);
    browser.get("/api/data/").await.assert_status(200);
    app.advance(mins(1));
    parent.refresh().await.assert_status(401);
    browser.get("/api/data/").await.assert_status(401);
    browser.refresh().await.assert_status(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_blacklist_racing_refreshes_all_succeed_too() {
    let app = TestApp::with(&["--blacklist-after-rotation=false"]).await;
    let browser = app.signed_in("ada").await;
    for _ in 0..5 {
        let answers = refresh_64_times(&browser).await;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        browser.set_cookie("refresh", &answers[0].1.clone().unwrap());
        browser.refresh().await.assert_status(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_page_loads_with_an_expired_access_token_rotate_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(16));
    browser.refresh().await.assert_status(200);
    app.advance(mins(16));
    browser.forget("access");

    let mut loads = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let tab = browser.copy();
        loads.spawn(async move { tab.open("/account").await });
    }
    for page in loads.join_all().await {
        assert_eq!(page.assert_status(200).cookie_names(), ["access"]);
        assert!(page.body.contains("Ada"), "signed in");
    }
    assert_eq!(app.generation_of(&browser).await, 1);
    // Nothing rotated: the API makes the second generation now.
    browser.refresh().await.assert_status(200);
    assert_eq!(browser.generation("refresh"), 2);
    assert_eq!(app.generation_of(&browser).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_cannot_revive_what_a_logout_ended() {
    let app = TestApp::with(&["--race-window=0s", "--store-delay=0s"]).await;
    app.user("ada").await;
    for _ in 0..20 {
        let browser = app.browser();
        browser.login("ada").await.assert_status(200);
        let (late, out) = (browser.copy(), browser.copy());
        let (_, logout) = tokio::join!(late.refresh(), out.logout());
        logout.assert_status(200);
        late.get("/api/data/").await.assert_status(401);
        let path = "/api/auth/token/refresh/";
        late.send(Method::POST, path, &[], "").await.assert_status(401);
    }
}
