//! Signing out, with the server's knowledge and without.

use super::*;
use crate::session::{Fresh, Hint, Wake};

const OFFLINE: Hint = Hint::SignedOut { offline: true };

fn portal() -> Sent {
    json(200, "<html>").map(|answer| ApiResponse { is_json: false, ..answer })
}

fn out(why: SessionEnd) -> SessionView {
    SessionView::Anonymous { why: Some(why) }
}

fn confirmed(_: &ApiRequest) -> Sent {
    json(200, r#"{"detail":"Successfully logged out."}"#)
}

#[test]
fn a_refused_sign_out_is_told_and_leaves_one_signed_in() {
    let tab = Tab::open(ada_active());
    let logout = tab.logout();
    tab.serve(|_| json(403, r#"{"detail":"CSRF Failed"}"#));
    assert_eq!(status(take(&logout)), Some(403));
    assert_eq!((tab.view(), tab.port.is_marked_out()), (signed_in(false), false));
}

#[test]
fn without_the_server_one_is_signed_out_here_and_other_tabs_hear_of_it() {
    let proxy = || portal().map(|answer| ApiResponse { status: 403, ..answer });
    let failures: [fn() -> Sent; 4] = [|| Err(NoAnswer), || json(503, "{}"), portal, proxy];
    for failure in failures {
        let tab = Tab::open(ada_active());
        let logout = tab.logout();
        tab.serve(|_| failure());
        assert_eq!(take(&logout), Ok(()));
        assert_eq!(tab.view(), out(SessionEnd::SignedOutOffline));
        assert!(tab.port.is_marked_out());
        assert_eq!(tab.port.told(), [Hint::ChangeBegins, OFFLINE]);
    }
}

#[test]
fn the_server_is_told_again_and_again_until_it_confirms() {
    let tab = Tab::open(ada_active());
    _ = tab.logout();
    tab.serve(|_| Err(NoAnswer));
    for attempt in 2..5 {
        tab.port.pass(60_000);
        tab.server.answer(&|_| json(502, "<html>"));
        tab.port.run();
        assert!(tab.server.count(paths::LOGOUT) >= attempt, "without a click");
    }
    tab.port.wake(Wake::Online);
    tab.serve(confirmed);
    assert!(!tab.port.is_marked_out());
    let sent = tab.server.count(paths::LOGOUT);
    tab.port.pass(3_600_000);
    tab.port.wake(Wake::Online);
    assert_eq!((tab.server.count(paths::LOGOUT), tab.refreshes()), (sent, 0));
    assert_eq!(tab.view(), out(SessionEnd::SignedOut), "which is said");
}

#[test]
fn a_page_that_is_opened_later_finishes_it() {
    let tab = Tab::marked_out();
    assert_eq!(tab.server.count(paths::LOGOUT), 1);
    tab.serve(confirmed);
    assert!(!tab.port.is_marked_out());
}

#[test]
fn a_sign_in_takes_the_place_of_a_sign_out_that_was_never_heard() {
    let tab = Tab::marked_out();
    let late = tab.server.hold(paths::LOGOUT).remove(0);
    let login = tab.login();
    assert!(late.is_canceled(), "it must not end what begins now");
    tab.serve(|_| json(200, LOGGED_IN));
    assert_eq!((take(&login), tab.view()), (Ok(ada()), signed_in(false)));
    assert!(!tab.port.is_marked_out());
    tab.port.wake(Wake::Online);
    assert_eq!(tab.server.count(paths::LOGOUT), 1);
}

#[test]
fn a_sign_in_of_another_tab_takes_its_place_too() {
    let tab = Tab::marked_out();
    let late = tab.server.hold(paths::LOGOUT).remove(0);
    tab.port.hear(Hint::ChangeBegins);
    assert!(late.is_canceled(), "its answer would delete the cookies of the new session");
    // It has failed: the mark is still there.
    tab.port.pass(2_000);
    assert_eq!(tab.server.count(paths::LOGOUT), 2);
    tab.port.hear(Hint::ChangeBegins);
    tab.port.mark_out(false);
    tab.port.pass(60_000);
    assert_eq!(tab.server.count(paths::LOGOUT), 2);
}

#[test]
fn a_tab_that_missed_the_hint_finds_the_mark() {
    let tab = Tab::open(ada_active());
    tab.port.mark_out(true);
    tab.port.show();
    assert_eq!(tab.view(), out(SessionEnd::SignedOutOffline));
}

#[test]
fn a_sign_in_that_fails_does_not_keep_the_server_from_being_told() {
    let tab = Tab::marked_out();
    let login = tab.login();
    tab.serve(|_| Err(NoAnswer));
    assert_eq!(take(&login), Err(ApiError::NoAnswer));
    let told = tab.server.count(paths::LOGOUT);
    tab.port.pass(2_000);
    assert_eq!(tab.server.count(paths::LOGOUT), told + 1);
    tab.serve(confirmed);
    assert_eq!((tab.port.is_marked_out(), tab.view()), (false, out(SessionEnd::SignedOut)));
}

#[test]
fn whoever_closes_the_tab_before_the_server_has_answered_is_out_all_the_same() {
    let tab = Tab::open(ada_active());
    _ = tab.logout();
    assert!(tab.port.is_marked_out());
    tab.port.show();
    assert_eq!(tab.server.count(paths::LOGOUT), 1, "one is enough");
    tab.serve(confirmed);
    assert!(!tab.port.is_marked_out());
}

#[test]
fn a_401_is_no_confirmation() {
    for answer in [|| refused(NOT_VALID), || json(401, r#"{"message":"Welcome"}"#)] {
        let tab = Tab::marked_out();
        tab.serve(|_| answer());
        assert!(tab.port.is_marked_out());
        tab.port.pass(5_000);
        assert_eq!(tab.server.count(paths::LOGOUT), 2);
    }
}

#[test]
fn no_farewell_is_sent_beside_a_sign_in() {
    let tab = Tab::marked_out();
    tab.server.hold(paths::LOGOUT);
    let login = tab.login();
    tab.port.wake(Wake::Online);
    tab.port.show();
    assert_eq!(tab.server.count(paths::LOGOUT), 1, "its answer would delete the new cookies");
    tab.serve(|_| json(200, LOGGED_IN));
    assert_eq!((take(&login), tab.view()), (Ok(ada()), signed_in(false)));
}

#[test]
fn a_browser_that_refuses_the_mark_tells_the_server_all_the_same() {
    let tab = Tab::open(ada_active());
    tab.port.refuse_mark();
    _ = tab.logout();
    tab.serve(|_| Err(NoAnswer));
    assert!(!tab.port.is_marked_out());
    tab.port.wake(Wake::Online);
    assert_eq!(tab.server.count(paths::LOGOUT), 2);
    tab.serve(confirmed);
    assert_eq!(tab.view(), out(SessionEnd::SignedOut));
}

#[test]
fn a_sign_out_that_was_never_heard_does_not_end_a_newer_sign_in_of_another_tab() {
    let bob = Hint::SignedIn(Fresh { user: 2, expires_in_s: Some(900) });
    for refuses_mark in [false, true] {
        let tab = Tab::open(ada_active());
        if refuses_mark {
            tab.port.refuse_mark();
        }
        _ = tab.logout();
        tab.serve(|_| Err(NoAnswer));
        // Its answer took the mark away.
        tab.port.mark_out(false);
        tab.port.hear(bob);
        tab.port.pass(60_000);
        tab.port.wake(Wake::Online);
        tab.port.show();
        assert_eq!(tab.server.count(paths::LOGOUT), 1, "refuses the mark: {refuses_mark}");
    }
    // Nor one of which this tab has not heard.
    let tab = Tab::open(ada_active());
    _ = tab.logout();
    tab.serve(|_| Err(NoAnswer));
    tab.port.mark_out(false);
    tab.port.wake(Wake::Restored);
    tab.port.pass(60_000);
    assert_eq!(tab.server.count(paths::LOGOUT), 1);
}

#[test]
fn other_tabs_are_out_before_the_server_has_answered() {
    let tab = Tab::open(ada_active());
    _ = tab.logout();
    assert_eq!(tab.port.told(), [Hint::ChangeBegins, OFFLINE]);
    tab.serve(confirmed);
    assert_eq!(tab.port.told(), [Hint::SignedOut { offline: false }], "and it has heard of it");

    let tab = Tab::open(ada_active());
    _ = tab.logout();
    tab.port.told();
    tab.serve(|_| json(403, r#"{"detail":"CSRF Failed"}"#));
    let back = Hint::SignedIn(Fresh { user: 1, expires_in_s: Some(900) });
    assert_eq!(tab.port.told(), [Hint::ChangeFailed, back], "they were out for nothing");
}

#[test]
fn who_tells_the_server_at_last_tells_the_other_tabs() {
    let tab = Tab::marked_out();
    tab.serve(confirmed);
    assert_eq!(tab.port.told(), [Hint::SignedOut { offline: false }]);
}
