//! When the browser is suspected of refusing our cookies, and when it is not.

use super::*;

#[test]
fn two_refreshes_without_effect_end_it_and_name_the_cause() {
    let tab = Tab::open(ada_active());
    let useless = |request: &ApiRequest| match request.path.as_str() {
        paths::TOKEN_REFRESH => json(200, TOKENS),
        _ => challenge(),
    };
    let first = tab.data();
    tab.serve(useless);
    assert_eq!((status(take(&first)), tab.view()), (Some(401), signed_in(false)));
    let second = tab.data();
    tab.serve(useless);
    assert_eq!(status(take(&second)), Some(401));
    let refused = SessionView::Anonymous { why: Some(SessionEnd::CookiesRefused) };
    assert_eq!((tab.view(), tab.refreshes(), tab.port.timer_in_ms()), (refused, 2, None));
    let third = tab.data();
    tab.serve(useless);
    assert_eq!((status(take(&third)), tab.refreshes()), (Some(401), 2));
}

#[test]
fn idle_refreshes_are_no_proof_against_the_browser() {
    let tab = Tab::open(ada_active());
    for _ in 0..4 {
        tab.port.pass(840_000);
        tab.serve(|_| json(200, TOKENS));
    }
    let call = tab.data();
    tab.serve(expired(|| json(200, TOKENS)));
    assert!(take(&call).is_ok());
    assert_eq!((tab.refreshes(), tab.view()), (5, signed_in(false)));
}

#[test]
fn one_token_that_was_refused_at_once_is_no_proof_either() {
    let tab = Tab::open(ada_active());
    for _ in 0..4 {
        tab.port.pass(840_000);
        tab.serve(|_| json(200, TOKENS));
    }
    // The lid was closed between the refresh and the second sending.
    let call = tab.data();
    tab.serve(|request| match request.path.as_str() {
        paths::TOKEN_REFRESH => json(200, TOKENS),
        _ => challenge(),
    });
    assert_eq!((status(take(&call)), tab.view()), (Some(401), signed_in(false)));
    let call = tab.data();
    tab.serve(expired(|| json(200, TOKENS)));
    assert!(take(&call).is_ok());
}

#[test]
fn a_browser_that_keeps_no_cookies_is_named_after_the_sign_in() {
    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    _ = tab.login();
    tab.serve(|_| json(200, LOGGED_IN));
    let call = tab.data();
    tab.serve(expired(|| refused(NOT_VALID)));
    assert_eq!(status(take(&call)), Some(401));
    let refused = SessionView::Anonymous { why: Some(SessionEnd::CookiesRefused) };
    assert_eq!((tab.view(), tab.refreshes()), (refused, 1));
}

#[test]
fn cookies_that_came_back_once_are_not_suspected() {
    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    _ = tab.login();
    tab.serve(|_| json(200, LOGGED_IN));
    _ = tab.data();
    tab.serve(|_| json(200, ITEMS));
    let call = tab.data();
    tab.serve(expired(|| refused(NOT_VALID)));
    assert_eq!(status(take(&call)), Some(401));
    assert_eq!(tab.view(), SessionView::Anonymous { why: Some(SessionEnd::Ended) });
}
