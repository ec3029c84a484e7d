//! Client, interceptor, driver and machine together, in a tab without a browser, against a server
//! made of a script.

mod account;
mod cookies;
mod meant_for;
mod promises;
mod sessions;
mod sign_out;
mod tab;
mod tabs;
mod uploads;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use self::tab::{Sent, Slot, Tab};
use super::*;
use crate::{
    api::{
        Body, NoAnswer,
        testing::{FakeServer, challenge, json, refused},
    },
    session::{
        BrowserPort, SessionView,
        testing::{FakePort, ada, ada_active},
    },
    wire::{ItemList, SessionEnd, SessionSnapshot},
};

const ITEMS: &str = r#"{"items":[{"id":1,"name":"first"}]}"#;
const TOKENS: &str = r#"{"access":"","access_expires_in":900}"#;
const NOT_VALID: &str = r#"{"detail":"Token is expired","code":"token_not_valid"}"#;
const LOGGED_IN: &str = r#"{"access":"","refresh":"","access_expires_in":900,"user":
    {"pk":1,"username":"ada","email":"","first_name":"","last_name":""}}"#;

/// A server whose access token has expired and whose refresh answers `refresh`; a good one makes
/// the access token good.
fn expired(refresh: impl Fn() -> Sent) -> impl Fn(&ApiRequest) -> Sent {
    let fresh = AtomicBool::new(false);
    move |request| match request.path.as_str() {
        paths::TOKEN_REFRESH => {
            let answer = refresh();
            fresh
                .store(answer.as_ref().is_ok_and(|answer| answer.status == 200), Ordering::Relaxed);
            answer
        }
        _ if fresh.load(Ordering::Relaxed) => json(200, ITEMS),
        _ => challenge(),
    }
}

fn take<T>(slot: &Slot<T>) -> T {
    slot.lock().unwrap().take().expect("the call is over")
}

fn status<T>(result: Result<T, ApiError>) -> Option<u16> {
    match result.err()? {
        ApiError::Refused { status, .. } => Some(status),
        ApiError::NoAnswer | ApiError::Unreadable => None,
    }
}

fn signed_in(reconnecting: bool) -> SessionView {
    SessionView::SignedIn { user: ada(), reconnecting }
}

#[test]
fn twenty_parallel_calls_share_one_refresh() {
    let tab = Tab::open(ada_active());
    let calls: Vec<_> = (0..20).map(|_| tab.data()).collect();
    tab.serve(expired(|| json(200, TOKENS)));
    assert!(calls.iter().all(|call| take(call).is_ok_and(|list| list.items.len() == 1)));
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 40));
    assert_eq!(tab.view(), signed_in(false));
}

#[test]
fn a_dead_session_is_asked_for_once_and_ends() {
    let tab = Tab::open(ada_active());
    let calls: Vec<_> = (0..20).map(|_| tab.data()).collect();
    tab.serve(expired(|| refused(NOT_VALID)));
    assert!(calls.iter().all(|call| status(take(call)) == Some(401)));
    assert_eq!((tab.refreshes(), tab.server.count(paths::DATA)), (1, 20));
    assert_eq!(tab.view(), SessionView::Anonymous { why: Some(SessionEnd::Ended) });

    let after = tab.data();
    tab.serve(expired(|| json(200, TOKENS)));
    assert_eq!((status(take(&after)), tab.refreshes()), (Some(401), 1));
}

#[test]
fn a_401_that_comes_after_the_refresh_needs_none_of_its_own() {
    let tab = Tab::open(ada_active());
    let slow = tab.data();
    let held = tab.server.hold(paths::DATA);
    let quick = tab.data();
    let rule = expired(|| json(200, TOKENS));
    tab.serve(&rule);
    assert!(take(&quick).is_ok());
    for sender in held {
        sender.send(challenge()).unwrap();
    }
    tab.serve(&rule);
    assert!(take(&slow).is_ok());
    assert_eq!(tab.refreshes(), 1);
}

#[test]
fn a_401_that_comes_after_another_sign_in_is_final() {
    let tab = Tab::open(ada_active());
    let slow = tab.data();
    let held = tab.server.hold(paths::DATA);
    _ = tab.login();
    tab.serve(|_| json(200, LOGGED_IN));
    for sender in held {
        sender.send(challenge()).unwrap();
    }
    tab.serve(|_| json(200, ITEMS));
    assert_eq!((status(take(&slow)), tab.server.count(paths::DATA)), (Some(401), 1));
}

#[test]
fn what_somebody_waited_for_is_not_sent_in_anothers_name() {
    let tab = Tab::open(ada_active());
    let waiting = tab.data();
    tab.server.answer(&|_| challenge());
    tab.port.run();
    // The refresh and the sign-in are answered at the same time, in this order.
    _ = tab.login();
    tab.server.answer(&|request| match request.path.as_str() {
        paths::LOGIN => json(200, LOGGED_IN),
        _ => json(200, TOKENS),
    });
    tab.serve(|_| json(200, ITEMS));
    assert_eq!((status(take(&waiting)), tab.server.count(paths::DATA)), (Some(401), 1));
    assert_eq!(tab.refreshes(), 1);
}

#[test]
fn a_call_that_waits_for_a_sign_out_which_fails_is_made_after_all() {
    let tab = Tab::open(ada_active());
    let logout = tab.logout();
    let held = tab.server.hold(paths::LOGOUT);
    let call = tab.data();
    let rule = expired(|| json(200, TOKENS));
    tab.serve(&rule);
    assert_eq!((call.lock().unwrap().is_none(), tab.refreshes()), (true, 0), "it waits");
    for sender in held {
        sender.send(json(403, "{}")).unwrap();
    }
    tab.serve(&rule);
    assert!(take(&logout).is_err() && take(&call).is_ok());
    assert_eq!((tab.refreshes(), tab.view()), (1, signed_in(false)));
}

#[test]
fn a_wrong_password_is_no_reason_to_refresh() {
    for snapshot in [SessionSnapshot::Anonymous { why: None }, ada_active()] {
        let tab = Tab::open(snapshot.clone());
        let login = tab.login();
        tab.serve(|_| json(400, r#"{"non_field_errors":["No."]}"#));
        assert_eq!(status(take(&login)), Some(400));
        assert_eq!((tab.refreshes(), tab.view()), (0, SessionView::from(&snapshot)));
    }
}

#[test]
fn the_endpoints_of_the_session_are_never_intercepted() {
    let tab = Tab::open(ada_active());
    let (login, logout) = (tab.login(), tab.logout());
    tab.serve(|_| challenge());
    assert_eq!((status(take(&login)), status(take(&logout))), (Some(401), Some(401)));
    assert_eq!((tab.refreshes(), tab.view()), (0, signed_in(false)));
}

#[test]
fn only_our_own_challenge_on_our_own_paths_counts() {
    for path in ["/api/data/", "/api/x?y=/api/auth/login/", "/api/auth/login/more"] {
        assert!(is_intercepted(path), "{path}");
    }
    let others =
        ["/api/auth/login/", "/api/auth/login", "/api/auth/token/refresh/?x=1", "/apix/", "/api"];
    for path in others.into_iter().chain(["//e.com/api/x", "https://e.com/api/x", ""]) {
        assert!(!is_intercepted(path), "{path}");
    }
    for header in [None, Some("Basic realm=\"api\""), Some("Bearer realm=\"other\"")] {
        let tab = Tab::open(ada_active());
        let call = tab.data();
        tab.serve(|_| {
            let www_authenticate = header.map(str::to_owned);
            refused(NOT_VALID).map(|answer| ApiResponse { www_authenticate, ..answer })
        });
        assert_eq!((status(take(&call)), tab.refreshes()), (Some(401), 0), "{header:?}");
    }
}

#[test]
fn trouble_signs_nobody_out() {
    let portal = || json(200, "<html>").map(|answer| ApiResponse { is_json: false, ..answer });
    let proxy = || json(401, "<html>").map(|answer| ApiResponse { is_json: false, ..answer });
    let troubles: [fn() -> Sent; 7] = [
        || Err(NoAnswer),
        || json(500, "{}"),
        || json(503, "{}"),
        || json(429, "{}"),
        || json(403, "{}"),
        portal,
        proxy,
    ];
    for trouble in troubles {
        let tab = Tab::open(ada_active());
        let calls: Vec<_> = (0..20).map(|_| tab.data()).collect();
        tab.serve(expired(trouble));
        assert!(calls.iter().all(|call| take(call) == Err(ApiError::NoAnswer)));
        assert_eq!((tab.refreshes(), tab.view()), (1, signed_in(true)));

        tab.port.pass(60_000);
        tab.serve(expired(|| json(200, TOKENS)));
        assert_eq!((tab.refreshes(), tab.view()), (2, signed_in(false)));
    }
}

#[test]
fn requests_keep_the_wait_that_the_server_asked_for() {
    let tab = Tab::open(ada_active());
    _ = tab.data();
    let throttled = || json(429, "{}").map(|a| ApiResponse { retry_after_s: Some(58), ..a });
    tab.serve(expired(throttled));
    let impatient = tab.data();
    tab.serve(expired(throttled));
    assert_eq!((take(&impatient), tab.refreshes()), (Err(ApiError::NoAnswer), 1));
    tab.port.pass(58_000);
    let patient = tab.data();
    tab.serve(expired(|| json(200, TOKENS)));
    assert!(take(&patient).is_ok());
    assert_eq!(tab.refreshes(), 2);
}

#[test]
fn a_sign_out_overtakes_a_refresh() {
    let tab = Tab::open(ada_active());
    let waiting = tab.data();
    tab.server.answer(&|_| challenge());
    tab.port.run();
    let refresh = tab.server.hold(paths::TOKEN_REFRESH).remove(0);
    let logout = tab.logout();
    tab.serve(|_| json(200, r#"{"detail":"Successfully logged out."}"#));
    assert_eq!((take(&logout), status(take(&waiting))), (Ok(()), Some(401)));
    _ = refresh.send(json(200, TOKENS));
    tab.serve(|_| challenge());
    let signed_out = SessionView::Anonymous { why: Some(SessionEnd::SignedOut) };
    assert_eq!((tab.view(), tab.port.timer_in_ms()), (signed_out, None));
}

#[test]
fn a_sign_in_starts_the_session_and_its_timer() {
    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    let login = tab.login();
    tab.serve(|_| json(200, LOGGED_IN));
    assert_eq!((take(&login), tab.view()), (Ok(ada()), signed_in(false)));
    assert_eq!(tab.port.timer_in_ms(), Some(840_000));
}

#[test]
fn a_server_that_tells_no_lifetime_is_lived_with() {
    let tab = Tab::open(SessionSnapshot::Anonymous { why: None });
    _ = tab.login();
    tab.serve(|_| json(200, &LOGGED_IN.replace(r#""access_expires_in":900,"#, "")));
    assert_eq!((tab.view(), tab.port.timer_in_ms()), (signed_in(false), None));
    let call = tab.data();
    tab.serve(expired(|| json(200, r#"{"access":""}"#)));
    assert!(take(&call).is_ok());
    assert_eq!((tab.refreshes(), tab.port.timer_in_ms()), (1, None));
}

#[test]
fn an_unknown_session_learns_who_it_is() {
    let tab = Tab::open(SessionSnapshot::Unknown);
    let call = tab.data();
    let user = serde_json::to_string(&ada()).unwrap();
    let rule = expired(|| json(200, TOKENS));
    tab.serve(|request| match request.path.as_str() {
        paths::USER => json(200, &user),
        _ => rule(request),
    });
    assert!(take(&call).is_ok());
    assert_eq!((tab.view(), tab.refreshes()), (signed_in(false), 1));
}

#[test]
fn the_request_is_sent_again_as_it_was() {
    let tab = Tab::open(ada_active());
    let call = tab.call(|api| async move { api.post::<ItemList>("/api/notes/", &7).await });
    let (bodies, rule) = (AtomicUsize::new(0), expired(|| json(200, TOKENS)));
    tab.serve(|request| {
        if request.path == "/api/notes/" {
            assert_eq!(request.body, Body::Json("7".to_owned()));
            bodies.fetch_add(1, Ordering::Relaxed);
        }
        rule(request)
    });
    assert!(take(&call).is_ok());
    assert_eq!(bodies.load(Ordering::Relaxed), 2);
}

#[test]
fn a_page_in_place_of_the_answer_is_unreadable() {
    let tab = Tab::open(ada_active());
    let (portal, odd) = (tab.data(), tab.data());
    let answered = AtomicUsize::new(0);
    tab.serve(|_| match answered.fetch_add(1, Ordering::Relaxed) {
        0 => json(200, ITEMS).map(|answer| ApiResponse { is_json: false, ..answer }),
        _ => json(200, r#"{"items":7}"#),
    });
    assert_eq!(take(&portal), Err(ApiError::Unreadable));
    assert_eq!(take(&odd), Err(ApiError::Unreadable));
}

#[test]
fn without_a_driver_the_answer_stands() {
    let (port, server) = (FakePort::new(), FakeServer::new());
    let api = Api::new(server.clone(), None);
    let slot: Slot<Option<u16>> = Slot::default();
    let result = Arc::clone(&slot);
    port.spawn(Box::pin(async move {
        *result.lock().unwrap() = Some(status(api.data().await));
    }));
    port.run();
    server.answer(&|_| challenge());
    port.run();
    assert_eq!((take(&slot), server.count(paths::TOKEN_REFRESH)), (Some(401), 0));
}
