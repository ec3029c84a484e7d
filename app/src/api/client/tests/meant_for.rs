//! Cookies that became another's, in a tab that told this one nothing.

use super::*;
use crate::{
    session::{Fresh, Hint},
    wire::{Ending, User},
};

const BOBS: &str = r#"{"pk":2,"username":"bob","email":"","first_name":"","last_name":""}"#;
const ANOTHER: &str = r#"{"detail":"Nothing was done.","code":"another_user"}"#;

fn bobs(answer: Sent) -> Sent {
    answer.map(|answer| ApiResponse { user: Some(2), ..answer })
}

/// A server that Bob is signed in to, and that refuses what is not meant for him.
fn of_bob(request: &ApiRequest) -> Sent {
    match request.path.as_str() {
        paths::TOKEN_REFRESH => bobs(json(200, TOKENS)),
        paths::USER if request.user.is_none() => bobs(json(200, BOBS)),
        _ if request.user.is_some_and(|user| user != 2) => bobs(json(409, ANOTHER)),
        _ => bobs(json(200, r#"{"detail":"Done."}"#)),
    }
}

fn bob() -> SessionView {
    let user = User { pk: 2, username: "bob".to_owned(), ..User::default() };
    SessionView::SignedIn { user, reconnecting: false }
}

/// A change that was asked for, and what comes of it.
type Asked = Slot<Result<(), ApiError>>;

/// Each thing by which a page changes something.
const CHANGES: [fn(&Tab) -> Asked; 7] = [
    |tab| tab.call(|api| async move { api.say(paths::EMAIL_CHANGE, &"x").await }),
    |tab| tab.call(|api| async move { api.rename(&"x").await }),
    |tab| tab.call(|api| async move { api.delete_account(&"x").await }),
    |tab| {
        let path = paths::PASSWORD_CHANGE;
        tab.call(move |api| async move { api.replace_password(path, &"x").await.map(drop) })
    },
    |tab| end(tab, Ending::One("b".to_owned())),
    |tab| end(tab, Ending::Others),
    |tab| end(tab, Ending::All),
];

fn end(tab: &Tab, ending: Ending) -> Asked {
    tab.call(move |api| async move { api.end_sessions(&ending, &"x").await })
}

/// Answers all, and what the tab asks when its timer rings.
fn settle(tab: &Tab, rule: impl Fn(&ApiRequest) -> Sent) {
    tab.serve(&rule);
    tab.port.pass(0);
    tab.serve(&rule);
}

#[test]
fn what_is_asked_of_one_is_not_done_to_another_and_the_page_shows_who_it_is() {
    for (n, change) in CHANGES.into_iter().enumerate() {
        let tab = Tab::open(ada_active());
        let call = change(&tab);
        settle(&tab, of_bob);
        assert!(take(&call).is_err(), "{n}");
        assert_eq!((tab.view(), tab.refreshes()), (bob(), 1), "{n}");
        assert_eq!(tab.undone_for(), Some(1), "{n}");
    }
}

#[test]
fn every_change_names_who_it_is_for_and_nothing_else_does() {
    let tab = Tab::open(ada_active());
    let calls = CHANGES.map(|change| change(&tab));
    _ = (tab.data(), tab.logout(), tab.login());
    tab.serve(|_| Err(NoAnswer));
    assert!(calls.iter().all(|call| take(call).is_err()));
    let one = "/api/auth/sessions/b/";
    let private = [
        paths::EMAIL_CHANGE,
        paths::USER,
        paths::ACCOUNT_DELETE,
        paths::PASSWORD_CHANGE,
        one,
        paths::REVOKE_OTHERS,
        paths::REVOKE_ALL,
    ];
    for path in private {
        assert_eq!(tab.server.users(path).first(), Some(&Some(1)), "{path}");
    }
    for path in [paths::DATA, paths::LOGIN, paths::LOGOUT, paths::TOKEN_REFRESH] {
        assert!(tab.server.users(path).iter().all(Option::is_none), "{path}");
    }
}

#[test]
fn where_nobody_is_known_nobody_is_named() {
    for snapshot in [SessionSnapshot::Anonymous { why: None }, SessionSnapshot::Unknown] {
        let tab = Tab::open(snapshot);
        let call = tab.call(|api| async move { api.say(paths::PASSWORD_RESET, &"x").await });
        tab.serve(|_| json(200, r#"{"detail":"Sent."}"#));
        assert_eq!((take(&call), tab.server.users(paths::PASSWORD_RESET)), (Ok(()), vec![None]));
    }
}

#[test]
fn a_refresh_that_brings_another_sends_nothing_in_their_name() {
    // The refresh tells whose session it is, or does not.
    for told in [true, false] {
        for (n, change) in CHANGES.into_iter().enumerate() {
            let tab = Tab::open(ada_active());
            let call = change(&tab);
            let fresh = AtomicBool::new(false);
            settle(&tab, |request| match request.path.as_str() {
                paths::TOKEN_REFRESH => {
                    fresh.store(true, Ordering::Relaxed);
                    if told { of_bob(request) } else { json(200, TOKENS) }
                }
                _ if fresh.load(Ordering::Relaxed) => of_bob(request),
                _ => challenge(),
            });
            assert!(take(&call).is_err(), "{told} {n}");
            assert_eq!((tab.view(), tab.undone_for()), (bob(), Some(1)), "{told} {n}");
        }
    }
}

#[test]
fn what_waits_for_another_tabs_sign_in_is_still_for_whoever_asked() {
    let tab = Tab::open(ada_active());
    let lock = tab.port.hold_lock();
    let call = tab.call(|api| async move { api.delete_account(&"x").await });
    assert_eq!(tab.server.count(paths::ACCOUNT_DELETE), 0, "it waits for the lock");
    let fresh = Fresh { user: 2, expires_in_s: Some(900) };
    tab.port.hear(Hint::SignedIn(fresh));
    drop(lock);
    settle(&tab, of_bob);
    assert_eq!(status(take(&call)), Some(409));
    assert_eq!(tab.server.users(paths::ACCOUNT_DELETE), [Some(1)]);
    assert_eq!((tab.view(), tab.undone_for()), (bob(), Some(1)));
}

#[test]
fn what_is_refused_or_done_or_only_read_is_nothing_undone() {
    let tab = Tab::open(ada_active());
    for (n, change) in CHANGES.into_iter().enumerate() {
        let call = change(&tab);
        settle(&tab, |_| json(400, r#"{"detail":"No."}"#));
        assert!(take(&call).is_err(), "{n}");
        assert_eq!(tab.undone_for(), None, "{n}");
    }
    let reading = tab.data();
    settle(&tab, |request| {
        bobs(if request.path == paths::USER { json(200, BOBS) } else { json(200, TOKENS) })
    });
    assert!(take(&reading).is_err());
    assert_eq!((tab.view(), tab.undone_for()), (bob(), None));
}

#[test]
fn whose_session_has_ended_is_told_that_and_nothing_of_another() {
    let tab = Tab::open(ada_active());
    let call = CHANGES[0](&tab);
    settle(&tab, expired(|| refused(NOT_VALID)));
    assert_eq!((status(take(&call)), tab.undone_for()), (Some(401), None));
}

#[test]
fn what_one_does_next_is_not_undone_any_more() {
    let tab = Tab::open(ada_active());
    _ = CHANGES[0](&tab);
    settle(&tab, of_bob);
    let call = CHANGES[0](&tab);
    settle(&tab, of_bob);
    assert_eq!((take(&call), tab.undone_for()), (Ok(()), None));
}
