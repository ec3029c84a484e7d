//! Where sessions end by themselves: unused for too long, or old.
//!
//! A token counts in whole seconds, its family in milliseconds, and every sign-in here happens
//! 217 ms past a second. With a leeway the family's end comes first, without it the token's.

use std::time::Duration;

use super::{CARRIED, HALF, KEPT, MILLISECOND, WINDOW, refresh, rotated};
use crate::support::{
    Browser, Reply, TestApp,
    app::{days, mins, secs},
};

const EXPIRED: &str = r#"{"detail":"Token is expired","code":"token_not_valid"}"#;
/// Settings, and how long before the family's end a session is over with them.
const ENDS: [(&str, Duration); 2] =
    [("--leeway=0s", Duration::from_millis(217)), ("--leeway=10s", Duration::ZERO)];
const TEN_DAYS: &str = "--session-absolute-lifetime=10d";
const NINETY_DAYS: &str = "--session-absolute-lifetime=90d";

/// After this beginning the session goes on until a millisecond before `end`, and is over at it.
async fn assert_ends(absolute: &str, end: Duration, begin: impl AsyncFn(&TestApp) -> Browser) {
    for (leeway, earlier) in ENDS {
        for (left, status) in [(MILLISECOND, 200), (Duration::ZERO, 401)] {
            let app = TestApp::with(&[leeway, absolute]).await;
            let browser = begin(&app).await;
            app.advance(end - earlier - left);
            let reply = browser.refresh().await;
            reply.assert_status(status);
            if status == 401 {
                assert_eq!(reply.body, EXPIRED);
                browser.forget("access");
                let page = browser.open("/account").await;
                page.assert_status(303);
                assert!(reply.cookies().is_empty() && page.cookies().is_empty());
            }
        }
    }
}

#[tokio::test]
async fn an_unused_session_ends_a_refresh_lifetime_after_the_sign_in() {
    assert_ends(NINETY_DAYS, days(7), async |app| app.signed_in("ada").await).await;
}

#[tokio::test]
async fn answers_that_carry_no_refresh_token_extend_nothing() {
    assert_ends(NINETY_DAYS, days(4), async |app| {
        let browser = app.signed_in("ada").await;
        app.advance(days(3));
        assert_eq!(refresh(&browser).await, KEPT);
        browser.forget("access");
        assert_eq!(browser.open("/account").await.assert_status(200).cookie_names(), KEPT);
        browser
    })
    .await;
}

#[tokio::test]
async fn a_rotation_begins_a_new_lifetime() {
    assert_ends(NINETY_DAYS, days(7) - WINDOW, async |app| {
        let (browser, _) = rotated(app).await;
        app.advance(WINDOW);
        assert_eq!(refresh(&browser).await, KEPT);
        browser
    })
    .await;
}

#[tokio::test]
async fn a_reissue_begins_none() {
    assert_ends(NINETY_DAYS, days(6), async |app| {
        let (_, behind) = rotated(app).await;
        app.advance(days(1));
        assert_eq!(refresh(&behind).await, CARRIED);
        behind
    })
    .await;
}

/// A browser whose first generation was renewed just now.
async fn renewed(app: &TestApp) -> Browser {
    let browser = app.signed_in("ada").await;
    app.advance(HALF);
    assert_eq!(refresh(&browser).await, CARRIED);
    assert_eq!(app.generation_of(&browser).await, 1);
    browser
}

#[tokio::test]
async fn a_renewal_begins_a_new_lifetime() {
    assert_ends(NINETY_DAYS, days(7), renewed).await;
    // By itself it would live until 10.5 days after the sign-in.
    assert_ends(TEN_DAYS, days(10) - HALF, renewed).await;
}

#[tokio::test]
async fn no_activity_moves_the_absolute_limit() {
    assert_ends(TEN_DAYS, mins(30), async |app| {
        let browser = app.signed_in("ada").await;
        let mut left = days(10);
        for step in [days(3), days(3), days(3), days(1) - mins(30)] {
            app.advance(step);
            left -= step;
            refresh(&browser).await;
        }
        assert_eq!(left, mins(30));
        browser
    })
    .await;
}

/// The seconds for which an answer has this cookie kept.
fn kept_for(reply: &Reply, name: &str) -> Option<i64> {
    let cookies = reply.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.name() == name)?;
    Some(cookie.max_age().unwrap().whole_seconds())
}

#[tokio::test]
async fn cookies_last_no_longer_than_the_session() {
    const DAY: i64 = 86_400;
    let app = TestApp::with(&[TEN_DAYS]).await;
    app.user("ada").await;
    let browser = app.browser();
    let login = browser.login("ada").await;
    assert_eq!(kept_for(&login, "access"), Some(900));
    assert_eq!(kept_for(&login, "refresh"), Some(7 * DAY));
    for (passed, access, kept) in [
        (HALF, 900, Some(7 * DAY - DAY / 2)),
        (HALF, 900, Some(3 * DAY)),
        (days(3) - mins(10), 600, None),
        (mins(9), 60, Some(60)),
        (secs(59), 1, None),
    ] {
        app.advance(passed);
        let reply = browser.refresh().await;
        assert_eq!(kept_for(reply.assert_status(200), "access"), Some(access));
        assert_eq!(kept_for(&reply, "refresh"), kept);
        assert_eq!(reply.json()["access_expires_in"], access);
    }
}

#[tokio::test]
async fn an_access_token_ends_with_its_session() {
    let app = TestApp::with(&[TEN_DAYS, "--refresh-token-lifetime=20d"]).await;
    let browser = app.signed_in("ada").await;
    app.advance(days(10) - mins(1));
    refresh(&browser).await;
    app.advance(mins(1) - Duration::from_millis(217) - MILLISECOND);
    browser.get("/api/data/").await.assert_status(200);
    app.advance(MILLISECOND);
    browser.get("/api/data/").await.assert_status(401);
    browser.refresh().await.assert_status(401);
}
