//! Several tabs, sleep, and trouble.

use super::*;
use crate::session::{Fresh, Hint, Wake};

const UNKNOWN: SessionView = SessionView::Unknown { reconnecting: false };
const FRESH: Fresh = Fresh { user: 1, expires_in_s: Some(900) };

/// An access token that lives, and a refresh token that does.
fn good(request: &ApiRequest) -> Sent {
    match request.path.as_str() {
        paths::TOKEN_REFRESH => json(200, TOKENS),
        paths::USER => json(200, BOB),
        _ => json(200, ITEMS),
    }
}

const BOB: &str = r#"{"pk":2,"username":"bob","email":"","first_name":"","last_name":""}"#;

#[test]
fn the_first_request_after_a_wake_up_refreshes_first() {
    let tab = Tab::open(ada_active());
    tab.port.hide();
    tab.port.pass(8 * 3_600_000);
    assert_eq!(tab.refreshes(), 0, "a hidden tab is quiet");
    let call = tab.data();
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 0));
    tab.serve(good);
    assert!(take(&call).is_ok());
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 1), "no 401 on the way");
}

#[test]
fn ten_requests_after_a_wake_up_wait_for_one_refresh() {
    let tab = Tab::open(ada_active());
    tab.port.hide();
    tab.port.pass(8 * 3_600_000);
    tab.port.show();
    let calls: Vec<_> = (0..10).map(|_| tab.data()).collect();
    tab.serve(good);
    assert!(calls.iter().all(|call| take(call).is_ok()));
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 10));
}

#[test]
fn a_refresh_ahead_of_time_holds_no_request_up() {
    let tab = Tab::open(ada_active());
    tab.port.pass(840_000);
    _ = tab.data();
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 1));
}

#[test]
fn another_tabs_refresh_saves_one_here() {
    let tab = Tab::open(ada_active());
    tab.port.pass(839_000);
    tab.port.hear(Hint::Refreshed(FRESH));
    tab.port.pass(839_000);
    assert_eq!(tab.refreshes(), 0);
    tab.port.pass(1_000);
    assert_eq!(tab.refreshes(), 1);
    tab.serve(good);
    assert_eq!(tab.port.told(), [Hint::Refreshed(FRESH)]);
}

#[test]
fn a_wrong_hint_costs_one_401() {
    let tab = Tab::open(ada_active());
    tab.port.hear(Hint::Refreshed(FRESH));
    let call = tab.data();
    tab.serve(expired(|| json(200, TOKENS)));
    assert!(take(&call).is_ok());
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 2));
}

#[test]
fn a_refresh_waits_for_the_lock_and_so_does_a_sign_in() {
    let tab = Tab::open(ada_active());
    let held = tab.port.hold_lock();
    tab.port.pass(840_000);
    let login = tab.login();
    assert_eq!((tab.refreshes(), tab.server.count(paths::LOGIN)), (0, 0));
    drop(held);
    tab.serve(|_| json(200, LOGGED_IN));
    assert!(take(&login).is_ok());
    assert_eq!(tab.refreshes(), 0, "given up for the sign-in");
    drop(tab.port.hold_lock());
}

#[test]
fn the_lock_is_free_again_whatever_comes_of_a_request() {
    for end in [|| Err(NoAnswer), || json(500, "{}"), || json(200, TOKENS)] {
        let tab = Tab::open(ada_active());
        tab.port.pass(840_000);
        tab.serve(|_| end());
        let login = tab.login();
        assert_eq!(tab.server.count(paths::LOGIN), 1);
        tab.serve(|_| json(400, "{}"));
        assert!(take(&login).is_err());
        _ = tab.logout();
        assert_eq!(tab.server.count(paths::LOGOUT), 1);
    }
}

#[test]
fn a_refresh_gives_way_to_another_tabs_sign_in() {
    let tab = Tab::open(ada_active());
    tab.port.pass(840_000);
    let late = tab.server.hold(paths::TOKEN_REFRESH).remove(0);
    let held = tab.port.hold_lock();
    tab.port.hear(Hint::ChangeBegins);
    assert!(late.is_canceled(), "its answer could come last");
    tab.port.pass(2_999);
    assert_eq!(tab.refreshes(), 1, "who asks for the lock again at once may get it first");
    tab.port.hear(Hint::ChangeFailed);
    assert_eq!(tab.refreshes(), 1, "it waits for the lock, too");
    drop(held);
    tab.port.run();
    assert_eq!(tab.refreshes(), 2, "it comes afterwards");
}

#[test]
fn another_account_in_another_tab_is_asked_for_and_nothing_of_this_one_is_shown_or_sent() {
    let tab = Tab::open(ada_active());
    let call = tab.data();
    tab.port.hear(Hint::SignedIn(Fresh { user: 2, ..FRESH }));
    assert_eq!(tab.view(), UNKNOWN);
    tab.server.answer(&|request| match request.path.as_str() {
        paths::DATA => challenge(),
        _ => good(request),
    });
    tab.port.pass(0);
    tab.serve(good);
    assert_eq!(status(take(&call)), Some(401), "it is not sent in Bob's name");
    let bob = serde_json::from_str(BOB).unwrap();
    assert_eq!(tab.view(), SessionView::SignedIn { user: bob, reconnecting: false });
}

#[test]
fn another_tabs_sign_out_is_the_end_here() {
    let tab = Tab::open(ada_active());
    tab.port.hear(Hint::SignedOut { offline: false });
    let out = SessionView::Anonymous { why: Some(SessionEnd::SignedOutElsewhere) };
    assert_eq!((tab.view(), tab.port.timer_in_ms(), tab.refreshes()), (out, None, 0));
    assert_eq!(tab.port.told(), [], "it is not passed on");
}

#[test]
fn a_restored_page_asks_who_is_signed_in() {
    let tab = Tab::open(ada_active());
    tab.port.wake(Wake::Restored);
    assert_eq!((tab.view(), tab.refreshes()), (UNKNOWN, 1));
    tab.serve(good);
    assert!(matches!(tab.view(), SessionView::SignedIn { user, .. } if user.pk == 2));
}

#[test]
fn without_a_network_nothing_is_sent_that_would_be_refused_and_it_comes_back_without_a_click() {
    let tab = Tab::open(ada_active());
    tab.port.pass(840_000);
    for _ in 0..10 {
        tab.serve(|_| Err(NoAnswer));
        tab.port.pass(60_000);
    }
    tab.serve(|_| Err(NoAnswer));
    assert_eq!(tab.view(), signed_in(true));
    let call = tab.data();
    tab.serve(|_| Err(NoAnswer));
    assert_eq!((take(&call), tab.server.count(paths::DATA)), (Err(ApiError::NoAnswer), 0));
    tab.port.wake(Wake::Online);
    tab.serve(good);
    assert_eq!(tab.view(), signed_in(false));
}

#[test]
fn a_request_without_an_answer_says_reconnecting_until_the_server_answers() {
    let tab = Tab::open(ada_active());
    let call = tab.data();
    tab.serve(|_| Err(NoAnswer));
    assert_eq!((take(&call), tab.view()), (Err(ApiError::NoAnswer), signed_in(true)));
    tab.port.pass(2_000);
    tab.serve(good);
    assert_eq!((tab.view(), tab.refreshes()), (signed_in(false), 1));
}

#[test]
fn a_page_that_is_restored_without_a_network_says_so() {
    let tab = Tab::open(ada_active());
    tab.port.wake(Wake::Restored);
    tab.serve(|_| Err(NoAnswer));
    assert_eq!(tab.view(), SessionView::Unknown { reconnecting: true });
    tab.port.pass(2_000);
    tab.serve(good);
    assert!(matches!(tab.view(), SessionView::SignedIn { reconnecting: false, .. }));
}

#[test]
fn a_request_that_waits_to_be_sent_is_not_sent_in_anothers_name() {
    let ends = [Hint::SignedIn(Fresh { user: 2, ..FRESH }), Hint::SignedOut { offline: false }];
    for end in ends {
        let tab = Tab::open(ada_active());
        tab.port.hide();
        tab.port.pass(3_600_000);
        let call = tab.data();
        tab.port.hear(end);
        tab.port.pass(0);
        tab.serve(good);
        assert_eq!((status(take(&call)), tab.server.count(paths::DATA)), (Some(401), 0));
    }
}

#[test]
fn what_was_given_to_somebody_else_is_not_shown_to_the_person_who_asked() {
    let bobs = |request: &ApiRequest| good(request).map(|a| ApiResponse { user: Some(2), ..a });
    // No hint has come: a form was sent without a script.
    let tab = Tab::open(ada_active());
    let call = tab.data();
    tab.server.answer(&bobs);
    tab.port.run();
    assert_eq!((status(take(&call)), tab.view()), (Some(401), UNKNOWN));
    tab.port.pass(0);
    tab.serve(bobs);
    assert!(matches!(tab.view(), SessionView::SignedIn { user, .. } if user.pk == 2));
    let call = tab.data();
    tab.serve(bobs);
    assert!(take(&call).is_ok());
}

#[test]
fn a_refresh_finds_out_whose_session_it_renewed() {
    let tab = Tab::open(ada_active());
    tab.port.pass(840_000);
    let bobs = |request: &ApiRequest| good(request).map(|a| ApiResponse { user: Some(2), ..a });
    tab.serve(bobs);
    assert_eq!(tab.view(), UNKNOWN, "what is Ada's has to go first");
    tab.port.pass(0);
    tab.serve(bobs);
    assert!(matches!(tab.view(), SessionView::SignedIn { user, .. } if user.pk == 2));
}

#[test]
fn a_page_says_whose_it_is_when_it_comes_to_life() {
    let told = |snapshot| Tab::introduction(snapshot);
    let ada = Hint::SignedIn(Fresh { user: 1, expires_in_s: Some(900) });
    assert_eq!(told(ada_active()), [ada]);
    assert_eq!(told(SessionSnapshot::Anonymous { why: None }), [Hint::Nobody]);
    assert_eq!(told(SessionSnapshot::Unknown), []);

    let tab = Tab::open(ada_active());
    tab.port.hear(Hint::Nobody);
    tab.port.pass(0);
    assert_eq!((tab.view(), tab.refreshes()), (signed_in(false), 1), "nothing changes before");
    tab.serve(|_| challenge());
    assert!(matches!(tab.view(), SessionView::Anonymous { .. }));
}

#[test]
fn a_401_of_somebody_else_ends_nothing() {
    let tab = Tab::open(ada_active());
    tab.port.pass(840_000);
    tab.serve(|_| json(401, r#"{"message":"Sign in to the network"}"#));
    assert_eq!(tab.view(), signed_in(true));
}
