//! The server's clock is put forward and back. Nobody loses a session or a cookie by that, and nobody
//! asks more often than before.

use app::wire::paths;

use crate::support::{
    Browser, TestApp,
    app::{mins, secs},
};

const HOUR: u64 = 60;

/// How often a page has to refresh within this many minutes, if it asks for data in each of them.
async fn refreshes(app: &TestApp, browser: &Browser, minutes: u64) -> usize {
    let mut refreshes = 0;
    for _ in 0..minutes {
        if browser.get(paths::DATA).await.status == 401 {
            browser.refresh().await.assert_status(200);
            browser.get(paths::DATA).await.assert_status(200);
            refreshes += 1;
        }
        app.advance(mins(1));
    }
    refreshes
}

#[tokio::test]
async fn an_hour_ahead_costs_one_refresh() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    assert_eq!(refreshes(&app, &browser, 14).await, 0);
    app.advance(mins(HOUR));
    assert_eq!(refreshes(&app, &browser, 15).await, 1);
    assert_eq!(refreshes(&app, &browser, 30).await, 2);
}

#[tokio::test]
async fn a_moment_back_is_not_noticed() {
    for step in [1, 20, 59] {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        app.clock.put_back(secs(step));
        browser.get(paths::DATA).await.assert_status(200);
        let reply = browser.refresh().await;
        assert!(reply.assert_status(200).cookie_names().contains(&"access".to_owned()));
        browser.get(paths::DATA).await.assert_status(200);
    }
}

/// Tokens that are dated ahead are refused, also our own, and nothing is done about them: the browser
/// keeps its cookies, and once the time has come they are good again.
#[tokio::test]
async fn an_hour_back_ends_no_session() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(2));
    browser.refresh().await.assert_status(200);
    app.clock.put_back(mins(HOUR));
    let before = app.database.dump().await;
    for _ in 0..3 {
        browser.get(paths::DATA).await.assert_status(401);
        assert!(browser.refresh().await.assert_status(401).all_cookies().is_empty());
        browser.open(paths::ACCOUNT_PAGE).await.assert_status(303);
    }
    app.auth.write_sightings().await.unwrap();
    assert_eq!(app.database.dump().await, before, "no session was ended");
    app.advance(mins(HOUR));
    assert_eq!(refreshes(&app, &browser, 30).await, 1);
}
