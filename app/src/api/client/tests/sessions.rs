//! The end of sessions, and what it does to the session of the tab.

use super::*;
use crate::{api::Method, session::Hint, wire::Ending};

fn end(tab: &Tab, ending: Ending) -> Slot<Result<(), ApiError>> {
    tab.call(move |api| async move { api.end_sessions(&ending, &"x").await })
}

#[test]
fn a_session_that_is_gone_has_ended_whoever_ended_it() {
    let gone = || json(204, "").map(|answer| ApiResponse { is_json: false, ..answer });
    for answer in [gone, || json(404, r#"{"detail":"Not found."}"#)] {
        let tab = Tab::open(ada_active());
        let call = end(&tab, Ending::One("b".to_owned()));
        tab.serve(|request| {
            assert_eq!(
                (request.method, request.path.as_str()),
                (Method::Delete, "/api/auth/sessions/b/")
            );
            answer()
        });
        assert_eq!((take(&call), tab.view()), (Ok(()), signed_in(false)));
    }
}

#[test]
fn a_session_that_goes_on_is_no_success() {
    let portal = || json(404, "<html>").map(|answer| ApiResponse { is_json: false, ..answer });
    let refused = || json(403, r#"{"detail":"x","code":"reauthentication_required"}"#);
    for answer in [portal, refused, || json(503, "{}"), || Err(NoAnswer)] {
        for ending in [Ending::One("b".to_owned()), Ending::Others, Ending::All] {
            let tab = Tab::open(ada_active());
            let call = end(&tab, ending);
            tab.serve(|_| answer());
            assert!(take(&call).is_err());
            assert!(matches!(tab.view(), SessionView::SignedIn { .. }));
        }
    }
}

#[test]
fn whoever_ends_all_sessions_is_out_in_every_tab() {
    let tab = Tab::open(ada_active());
    let call = end(&tab, Ending::All);
    tab.serve(|_| json(200, r#"{"detail":"All sessions have ended."}"#));
    assert_eq!(take(&call), Ok(()));
    assert_eq!(tab.view(), SessionView::Anonymous { why: Some(SessionEnd::SignedOut) });
    assert!(tab.port.told().contains(&Hint::SignedOut { offline: false }));

    let tab = Tab::open(ada_active());
    let call = end(&tab, Ending::Others);
    tab.serve(|_| json(200, r#"{"detail":"No other session."}"#));
    assert_eq!((take(&call), tab.view()), (Ok(()), signed_in(false)));
}
