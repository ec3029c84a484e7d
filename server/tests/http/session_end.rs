//! Why a session ended, told to the one whose session it was.

use axum::http::Method;
use cookie::time::SignedDuration;
use latchkey::domain::RevokeCause;

use crate::support::{TestApp, app::mins, browser::Browser};

/// What a refresh and a page say of this browser's session.
async fn told(browser: &Browser) -> (Option<String>, String) {
    let refused = browser.refresh().await;
    refused.assert_status(401);
    assert!(refused.cookies().is_empty(), "a failure deletes nothing");
    let page = browser.open("/login").await;
    page.assert_status(200);
    (refused.header("latchkey-session-end"), page.body)
}

#[tokio::test]
async fn a_session_that_was_ended_says_why() {
    let rows = [
        (RevokeCause::Logout, "signed_out", "You were signed out in another tab or browser."),
        (RevokeCause::PasswordChanged, "password_changed", "Your password was changed"),
        (RevokeCause::Administrator, "administrator", "ended by an administrator"),
        (RevokeCause::Replay, "replayed", "change your password"),
        (RevokeCause::Superseded, "ended", "Your session has ended."),
    ];
    for (cause, name, words) in rows {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        let session = app.session_of(&browser);
        let mut tx = app.auth.store.begin().await.unwrap();
        assert!(tx.revoke_family(session, cause, app.auth.now()).await.unwrap());
        tx.commit().await.unwrap();
        browser.forget("access");
        let (header, page) = told(&browser).await;
        assert_eq!(header.as_deref(), Some(name));
        assert!(page.contains(words), "{name}");
    }
}

#[tokio::test]
async fn whoever_meets_a_replay_is_told_what_to_do() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let old = browser.copy();
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(mins(15));
    browser.refresh().await.assert_status(200);
    app.advance(mins(2));
    let caught = old.refresh().await;
    assert_eq!(
        caught.assert_status(401).header("latchkey-session-end").as_deref(),
        Some("replayed")
    );
    // Its owner hears it, too, by the refresh and by the page.
    browser.forget("access");
    let (header, page) = told(&browser).await;
    assert_eq!(header.as_deref(), Some("replayed"));
    assert!(
        page.contains("An old copy of your session was used")
            && page.contains("change your password")
    );
}

#[tokio::test]
async fn an_expired_session_says_so_and_a_stranger_is_told_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let (access, refresh) = (browser.cookie("access").unwrap(), browser.cookie("refresh").unwrap());
    app.advance(mins(8 * 24 * 60));
    browser.set_cookie("access", &access);
    browser.set_cookie("refresh", &refresh);
    let (header, page) = told(&browser).await;
    assert_eq!(header.as_deref(), Some("expired"));
    assert!(page.contains("your session has expired"));

    let (header, page) = told(&app.browser()).await;
    assert_eq!(header, None);
    assert!(!page.contains("session has"));
}

#[tokio::test]
async fn a_browser_that_is_marked_as_signed_out_is_nobodys_until_it_signs_out_or_in() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    browser.set_cookie("latchkey-out", "1");
    app.advance(mins(16));
    let page = browser.open("/account").await;
    assert_eq!(page.assert_status(303).header("location").as_deref(), Some("/login?next=/account"));
    assert!(page.cookies().is_empty(), "nothing is renewed");
    let page = browser.open("/login").await;
    assert!(!page.body.contains("Ada") && page.body.contains("as soon as it can be reached"));

    browser.logout().await.assert_status(200);
    assert_eq!(browser.cookie("latchkey-out"), None);
    assert_eq!(browser.cookie("refresh"), None);

    browser.set_cookie("latchkey-out", "1");
    browser.login("ada").await.assert_status(200);
    assert_eq!(browser.cookie("latchkey-out"), None);
    browser.open("/account").await.assert_status(200);
    let plain = app.signed_in("bob").await.logout().await;
    assert_eq!(plain.cookie_names(), ["access", "refresh"], "no mark, nothing to take away");
}

#[tokio::test]
async fn a_mark_that_another_host_has_set_keeps_nobody_out() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    browser.set_cookie("latchkey-out", "1");
    let host = [("host", "app.example.com:8443")];
    let reply = browser.send(Method::POST, "/api/auth/logout/", &host, "").await;
    let mut marks = reply.cookies();
    marks.retain(|cookie| cookie.name() == "latchkey-out");
    assert!(marks.iter().all(|mark| mark.max_age() == Some(SignedDuration::ZERO)));
    let domains: Vec<_> = marks.iter().map(|mark| mark.domain()).collect();
    assert_eq!(domains, [None, Some("app.example.com"), Some("example.com")]);
}

#[tokio::test]
async fn a_slow_page_brings_its_cookies_too() {
    let (app, gate) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(4 * 24 * 60));
    gate.close_gate();
    let tab = browser.clone();
    let load = tokio::spawn(async move { tab.open("/account").await });
    gate.somebody_waits().await;
    // Others come and go meanwhile.
    browser.copy().open("/account").await.assert_status(200);
    gate.open_gate();
    assert_eq!(load.await.unwrap().assert_status(200).cookie_names(), ["access", "refresh"]);
    browser.refresh().await.assert_status(200);
}

#[tokio::test]
async fn a_page_load_that_is_cancelled_while_it_renews_does_no_harm() {
    let (app, gate) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    // In the second half of its life the refresh token is renewed with the page.
    app.advance(mins(4 * 24 * 60));
    gate.close_gate();
    let tab = browser.copy();
    let load = tokio::spawn(async move { tab.open("/account").await });
    gate.somebody_waits().await;
    load.abort();
    gate.open_gate();
    let page = browser.open("/account").await;
    assert!(page.assert_status(200).body.contains("Hello, Ada"));
    assert_eq!(page.cookie_names(), ["access", "refresh"], "cookies come with the page");
    browser.refresh().await.assert_status(200);
}

#[tokio::test]
async fn a_hundred_pages_at_once_with_an_expired_access_token_are_a_hundred_signed_in_pages() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(mins(16));
    let pages = futures::future::join_all((0..100).map(|_| {
        let tab = browser.copy();
        async move { tab.open("/account").await }
    }));
    for page in pages.await {
        assert!(page.assert_status(200).body.contains("Hello, Ada"));
        assert_eq!(page.cookie_names(), ["access"]);
    }
    assert_eq!(app.generation_of(&browser).await, 1, "no rotation at all");
    browser.refresh().await.assert_status(200);
}
