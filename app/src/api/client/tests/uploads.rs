//! Large bodies, files and streams.

use super::*;
use crate::api::{ApiRequest, ApiResponse, NativeBody};

const FILES: &str = "/api/files/";

/// A file of the browser's own.
fn file(size: u64) -> NativeBody {
    NativeBody::new("a file", size)
}

type Sending = Slot<Result<ItemList, ApiError>>;

fn upload(tab: &Tab, body: NativeBody) -> Sending {
    tab.call(move |api| async move { api.upload(FILES, body).await })
}

fn good(request: &ApiRequest) -> Sent {
    json(200, if request.path == paths::TOKEN_REFRESH { TOKENS } else { ITEMS })
}

#[test]
fn a_large_body_waits_for_a_token_that_lasts() {
    let json_body = |tab: &Tab| {
        let text = "x".repeat(1_000_001);
        tab.call(move |api| async move { api.post::<ItemList>(FILES, &text).await })
    };
    let bodies: [&dyn Fn(&Tab) -> Sending; 3] = [
        &|tab| upload(tab, file(1_000_001)),
        &|tab| upload(tab, NativeBody::stream("a stream")),
        &json_body,
    ];
    for send in bodies {
        for (left_ms, refreshes) in [(60_001, 0), (60_000, 1)] {
            let tab = Tab::open(ada_active());
            tab.port.hide();
            tab.port.pass(900_000 - left_ms);
            let sent = send(&tab);
            assert_eq!((tab.refreshes(), tab.server.count(FILES)), (refreshes, 1 - refreshes));
            tab.serve(good);
            assert!(take(&sent).is_ok());
            assert_eq!((tab.refreshes(), tab.server.count(FILES)), (refreshes, 1));
        }
    }
}

#[test]
fn a_small_body_does_not() {
    let tab = Tab::open(ada_active());
    tab.port.hide();
    tab.port.pass(900_000 - 1);
    _ = upload(&tab, file(1_000_000));
    assert_eq!((tab.refreshes(), tab.server.count(FILES)), (0, 1));
}

#[test]
fn a_file_is_sent_again_by_reference_and_a_stream_never() {
    let tab = Tab::open(ada_active());
    let body = file(10);
    let sent = upload(&tab, body.clone());
    tab.serve(expired(|| json(200, TOKENS)));
    assert!(take(&sent).is_ok());
    assert_eq!(tab.server.bodies(FILES), [Body::Native(body.clone()), Body::Native(body)]);

    let tab = Tab::open(ada_active());
    let sent = upload(&tab, NativeBody::stream("a stream"));
    tab.serve(expired(|| json(200, TOKENS)));
    assert_eq!((status(take(&sent)), tab.server.count(FILES)), (Some(401), 1));
    assert_eq!(tab.view(), signed_in(false));
}

#[test]
fn a_body_goes_nowhere_while_the_server_cannot_be_reached() {
    let tab = Tab::open(ada_active());
    tab.port.hide();
    tab.port.pass(900_000);
    let sent = upload(&tab, file(5_000_000));
    tab.serve(|_| Ok(ApiResponse { status: 502, ..ApiResponse::default() }));
    assert_eq!((take(&sent), tab.server.count(FILES)), (Err(ApiError::NoAnswer), 0));
}
