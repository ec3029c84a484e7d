//! Changes of the account, and what they do to the session of the tab.

use super::*;
use crate::{
    session::{Fresh, Hint},
    wire::{RegisterRequest, User},
};

const SAVED: &str = r#"{"detail":"New password has been saved."}"#;
const ADA: &str = r#"{"pk":1,"username":"ada","email":"","first_name":"","last_name":""}"#;
const AUGUSTA: &str =
    r#"{"pk":1,"username":"ada","email":"a@b.example","first_name":"Augusta","last_name":""}"#;

fn augusta() -> SessionView {
    let (email, first_name) = ("a@b.example".to_owned(), "Augusta".to_owned());
    SessionView::SignedIn { user: User { email, first_name, ..ada() }, reconnecting: false }
}

/// A server that accepts everything.
fn accepting(request: &ApiRequest) -> Sent {
    match request.path.as_str() {
        paths::USER => json(200, ADA),
        paths::TOKEN_REFRESH => json(200, TOKENS),
        _ => json(200, SAVED),
    }
}

fn change_password(tab: &Tab) -> Slot<Result<(), ApiError>> {
    tab.call(
        |api| async move { api.replace_password(paths::PASSWORD_CHANGE, &"x").await.map(drop) },
    )
}

#[test]
fn a_new_name_is_seen_at_once_and_a_refresh_in_flight_does_not_undo_it() {
    let tab = Tab::open(ada_active());
    tab.port.pass(895_000);
    tab.port.run();
    let refresh = tab.server.hold(paths::TOKEN_REFRESH);
    assert_eq!(refresh.len(), 1);
    let call = tab.call(|api| async move { api.rename(&"x").await });
    tab.serve(|_| json(200, AUGUSTA));
    assert_eq!((take(&call), tab.view()), (Ok(()), augusta()));
    for sender in refresh {
        sender.send(json(200, TOKENS)).unwrap();
    }
    tab.port.run();
    assert_eq!(tab.view(), augusta());
}

#[test]
fn a_name_that_is_refused_changes_nothing() {
    let tab = Tab::open(ada_active());
    let call = tab.call(|api| async move { api.rename(&"x").await });
    tab.serve(|_| json(400, r#"{"username":["Taken."]}"#));
    assert_eq!((status(take(&call)), tab.view()), (Some(400), signed_in(false)));
}

#[test]
fn whoever_confirms_an_address_is_shown_with_it() {
    let rule = |request: &ApiRequest| match request.path.as_str() {
        paths::USER => json(200, AUGUSTA),
        _ => json(200, r#"{"detail":"ok"}"#),
    };
    let tab = Tab::open(ada_active());
    let call = tab.call(|api| async move { api.verify_email(&"x").await });
    tab.serve(rule);
    assert_eq!((take(&call), tab.view()), (Ok(()), augusta()));

    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    let call = tab.call(|api| async move { api.verify_email(&"x").await });
    tab.serve(rule);
    assert_eq!((take(&call), tab.server.count(paths::USER)), (Ok(()), 0));
}

#[test]
fn a_new_password_brings_a_new_session_and_its_times() {
    let tab = Tab::open(ada_active());
    let call = change_password(&tab);
    tab.serve(accepting);
    assert_eq!((take(&call), tab.view(), tab.refreshes()), (Ok(()), signed_in(false), 1));
    let told = tab.port.told();
    assert_eq!(
        told[..2],
        [Hint::ChangeBegins, Hint::SignedIn(Fresh { user: 1, expires_in_s: None })]
    );
    // The next refresh comes by itself.
    tab.port.pass(895_000);
    tab.serve(accepting);
    assert_eq!(tab.refreshes(), 2);
}

#[test]
fn an_expired_token_is_renewed_first_and_the_password_is_sent_again() {
    let tab = Tab::open(ada_active());
    let call = change_password(&tab);
    let fresh = AtomicBool::new(false);
    tab.serve(|request| match request.path.as_str() {
        paths::TOKEN_REFRESH => {
            fresh.store(true, Ordering::Relaxed);
            json(200, TOKENS)
        }
        _ if fresh.load(Ordering::Relaxed) => accepting(request),
        _ => challenge(),
    });
    assert_eq!((take(&call), tab.view()), (Ok(()), signed_in(false)));
    assert_eq!(tab.server.count(paths::PASSWORD_CHANGE), 2);
}

#[test]
fn where_the_server_wants_a_sign_in_after_a_new_password_the_session_is_over() {
    let tab = Tab::open(ada_active());
    let call = change_password(&tab);
    tab.serve(|request| match request.path.as_str() {
        paths::PASSWORD_CHANGE => json(200, SAVED),
        _ => refused(NOT_VALID),
    });
    assert_eq!(take(&call), Ok(()));
    assert_eq!(tab.view(), SessionView::Anonymous { why: Some(SessionEnd::Ended) });
}

#[test]
fn a_link_to_a_new_password_signs_in() {
    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    let path = paths::PASSWORD_RESET_CONFIRM;
    let call = tab.call(move |api| async move { api.replace_password(path, &"x").await });
    tab.serve(accepting);
    assert_eq!((take(&call), tab.view()), (Ok(true), signed_in(false)));
}

#[test]
fn an_account_whose_address_has_to_be_confirmed_first_signs_nobody_in() {
    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    let request = RegisterRequest {
        username: "ada".to_owned(),
        email: Some("ada@example.com".to_owned()),
        password1: "x".to_owned(),
        password2: "x".to_owned(),
    };
    let call = tab.call(|api| async move { api.register(request).await });
    tab.serve(|_| json(201, r#"{"detail":"Verification e-mail sent."}"#));
    assert_eq!(take(&call), Ok(None));
    assert_eq!(tab.view(), SessionView::Anonymous { why: None });
}

#[test]
fn a_password_that_is_refused_leaves_the_session_as_it_was() {
    for failure in [|| json(400, "{}"), || Err(NoAnswer), || json(503, "{}")] {
        let tab = Tab::open(ada_active());
        let call = change_password(&tab);
        tab.serve(|_| failure());
        assert!(take(&call).is_err());
        assert_eq!(tab.view(), signed_in(false));
        let data = tab.data();
        tab.serve(|_| json(200, ITEMS));
        assert!(take(&data).is_ok(), "and it goes on");
    }
}

#[test]
fn an_account_that_is_gone_has_no_session_and_one_that_stays_has() {
    let delete = |tab: &Tab| tab.call(|api| async move { api.delete_account(&"x").await });
    let tab = Tab::open(ada_active());
    let call = delete(&tab);
    tab.serve(accepting);
    assert_eq!(take(&call), Ok(()));
    assert_eq!(tab.view(), SessionView::Anonymous { why: Some(SessionEnd::SignedOut) });
    assert!(tab.port.told().contains(&Hint::SignedOut { offline: false }));

    let portal = || json(200, "<html>").map(|answer| ApiResponse { is_json: false, ..answer });
    for failure in [|| json(400, "{}"), || Err(NoAnswer), portal] {
        let tab = Tab::open(ada_active());
        let call = delete(&tab);
        tab.serve(|_| failure());
        assert!(take(&call).is_err());
        assert_eq!(tab.view(), signed_in(false));
    }
}
