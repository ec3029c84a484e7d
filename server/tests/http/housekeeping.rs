//! Families that nobody can use any more are removed; those that still matter stay.

use crate::support::{
    TestApp,
    app::{days, mins},
};

async fn sessions(app: &TestApp) -> usize {
    let mut after = None;
    loop {
        after = app.auth.clean_up(after).await.unwrap();
        if after.is_none() {
            break;
        }
    }
    let left = app.auth.store.list_sessions(None).await.unwrap().len();
    let ended = app.auth.store.revoked_since(latchkey::domain::Timestamp::default()).await;
    left + ended.unwrap().len()
}

#[tokio::test]
async fn an_ended_session_stays_as_long_as_an_access_token_of_it_could_be_in_force() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let stolen = browser.copy();
    browser.logout().await.assert_status(200);
    app.advance(mins(20));
    assert_eq!(sessions(&app).await, 1);
    stolen.get("/api/data/").await.assert_status(401);
    app.advance(mins(1));
    assert_eq!(sessions(&app).await, 0);
    stolen.refresh().await.assert_status(401);
}

#[tokio::test]
async fn a_session_stays_until_it_was_idle_for_too_long() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.advance(days(6));
    app.advance(mins(1439));
    assert_eq!(sessions(&app).await, 1);
    browser.refresh().await.assert_status(200);
    app.advance(days(7) + mins(20));
    assert_eq!(sessions(&app).await, 1);
    app.advance(mins(1));
    assert_eq!(sessions(&app).await, 0);
}
