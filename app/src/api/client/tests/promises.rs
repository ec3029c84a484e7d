//! What the suites of other session libraries promise, by the names they have there: `SuperTokens`'
//! website suite above all. What is not here has a test of its own elsewhere: duplicate cookies
//! `http::candidates`, a sign-out with an expired access token `http::logout`.

use super::*;

#[test]
fn n_parallel_calls_with_an_expired_token_make_exactly_one_refresh_delayed_ones_too() {
    let tab = Tab::open(ada_active());
    let calls: Vec<_> = (0..10).map(|_| tab.data()).collect();
    let held = tab.server.hold(paths::DATA);
    let rule = expired(|| json(200, TOKENS));
    // Each 401 arrives on its own: before the refresh, during it, and long after it.
    for sender in held {
        sender.send(challenge()).unwrap();
        tab.serve(&rule);
    }
    assert!(calls.iter().all(|call| take(call).is_ok()));
    assert_eq!(tab.refreshes(), 1);
}

#[test]
fn a_refresh_that_is_answered_with_500_signs_nobody_out() {
    let tab = Tab::open(ada_active());
    let call = tab.data();
    tab.serve(expired(|| json(500, "{}")));
    assert_eq!((take(&call), tab.view()), (Err(ApiError::NoAnswer), signed_in(true)));
    assert_eq!(tab.refreshes(), 1);
}

#[test]
fn no_refresh_after_a_401_that_ended_the_session() {
    let tab = Tab::open(ada_active());
    _ = tab.data();
    tab.serve(expired(|| refused(NOT_VALID)));
    for _ in 0..5 {
        let call = tab.data();
        tab.serve(|_| challenge());
        assert_eq!(status(take(&call)), Some(401));
    }
    tab.port.pass(3_600_000);
    assert_eq!(tab.refreshes(), 1);
}

#[test]
fn a_loop_is_broken_when_cookie_writes_are_blocked() {
    let tab = Tab::open(ada_active());
    for _ in 0..50 {
        _ = tab.data();
        tab.serve(|request| match request.path.as_str() {
            paths::TOKEN_REFRESH => json(200, TOKENS),
            _ => challenge(),
        });
    }
    let named = SessionView::Anonymous { why: Some(SessionEnd::CookiesRefused) };
    assert_eq!((tab.refreshes(), tab.view()), (2, named));
}

#[test]
fn a_refresh_answer_that_a_proxy_has_stripped_is_trouble() {
    for body in ["", "<html>", "null", "[]"] {
        let tab = Tab::open(ada_active());
        let call = tab.data();
        tab.serve(expired(|| json(200, body)));
        assert_eq!((take(&call), tab.view()), (Err(ApiError::NoAnswer), signed_in(true)), "{body}");
    }
}

#[test]
fn cookies_that_were_cleared_are_noticed() {
    let tab = Tab::open(ada_active());
    let call = tab.data();
    tab.serve(expired(|| refused(r#"{"detail":"No valid refresh token found."}"#)));
    assert_eq!(status(take(&call)), Some(401));
    assert_eq!(tab.view(), SessionView::Anonymous { why: Some(SessionEnd::Ended) });
}

#[test]
fn a_session_whose_time_is_over_says_so_though_its_cookie_is_gone() {
    let gone = || refused(r#"{"detail":"No valid refresh token found."}"#);
    let told = |slept_ms| {
        let tab = Tab::open(ada_active());
        let call = tab.data();
        tab.serve(expired(|| {
            json(200, r#"{"access":"","access_expires_in":900,"refresh_expires_in":604800}"#)
        }));
        assert!(take(&call).is_ok());
        tab.port.hide();
        tab.port.pass(slept_ms);
        let call = tab.data();
        tab.serve(expired(gone));
        assert_eq!(status(take(&call)), Some(401));
        tab.view()
    };
    let out = |why| SessionView::Anonymous { why: Some(why) };
    assert_eq!(told(604_799_999), out(SessionEnd::Ended), "somebody has deleted it");
    assert_eq!(told(604_800_000), out(SessionEnd::Expired));
}

#[test]
fn other_domains_are_left_alone() {
    for address in ["https://api.example.com/api/data/", "//example.com/api/data/", "/other/api/"] {
        let tab = Tab::open(ada_active());
        tab.port.hide();
        tab.port.pass(3_600_000);
        let call = tab.call(move |api| async move { api.get::<ItemList>(address).await });
        assert_eq!((tab.refreshes(), tab.server.count(address)), (0, 1), "it waits for nothing");
        tab.serve(|_| challenge());
        assert_eq!((status(take(&call)), tab.refreshes()), (Some(401), 0), "{address}");
    }
}

#[test]
fn starting_twice_is_safe() {
    let tab = Tab::open(ada_active());
    tab.start();
    tab.port.pass(840_000);
    tab.port.hide();
    tab.port.show();
    assert_eq!(tab.refreshes(), 1);
    tab.serve(|_| json(200, TOKENS));
    assert_eq!((tab.refreshes(), tab.view()), (1, signed_in(false)));
}
