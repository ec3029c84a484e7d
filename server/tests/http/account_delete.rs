//! The end of an account, by its owner.

use axum::http::Method;
use serde_json::json;

use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

const DELETE: &str = "/api/auth/account/delete/";
const WRONG: &str = "Your password was entered incorrectly. Please enter it again.";

async fn delete(browser: &Browser, password: &str) -> Reply {
    browser.post(DELETE, &json!({"password": password})).await
}

#[tokio::test]
async fn the_account_goes_and_all_its_sessions_with_it() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let (copy, other) = (browser.copy(), app.browser());
    other.login("ada").await.assert_status(200);
    let bob = app.signed_in("bob").await;
    let reply = delete(&browser, PASSWORD).await;
    assert_eq!(reply.assert_status(200).body, r#"{"detail":"Account has been deleted."}"#);
    assert_eq!(reply.header("vary").unwrap(), "Accept, Cookie, origin");
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    for ended in [&copy, &other] {
        ended.get("/api/data/").await.assert_status(401);
        ended.refresh().await.assert_status(401);
    }
    bob.get("/api/data/").await.assert_status(200);
    app.browser().login("ada").await.assert_status(400);
    // Name and address are free again.
    app.signed_in("ada").await;
}

#[tokio::test]
async fn nothing_goes_with_another_password() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let rows = [
        (json!({"password": ""}), "This field may not be blank."),
        (json!({"password": null}), "This field may not be null."),
        (json!({"password": "wrong"}), WRONG),
        (
            json!({"password": "x".repeat(4097)}),
            "Ensure this field has no more than 4096 characters.",
        ),
    ];
    for (body, words) in rows {
        let reply = browser.post(DELETE, &body).await;
        assert_eq!(reply.assert_status(400).json(), json!({"password": [words]}));
        assert!(reply.cookies().is_empty());
    }
    delete(&app.browser(), PASSWORD).await.assert_status(401);
    let gone = browser.send(Method::DELETE, "/api/auth/user/", &[], "").await;
    gone.assert_status(405);
    browser.get("/api/auth/user/").await.assert_status(200);
    let get = browser.get(DELETE).await;
    assert_eq!(get.assert_status(405).header("allow").unwrap(), "POST, OPTIONS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_was_changed_meanwhile_deletes_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.hasher.close_gate();
    let deleting = tokio::spawn(async move { delete(&browser, PASSWORD).await });
    app.hasher.somebody_waits().await;
    app.auth.set_password("ada", "winter-Lamp-42".into()).await.unwrap();
    app.hasher.open_gate();
    let reply = deleting.await.unwrap();
    assert_eq!(reply.assert_status(400).json(), json!({"password": [WRONG]}));
    app.browser().login_with("ada", "winter-Lamp-42").await.assert_status(200);
}

#[tokio::test]
async fn while_the_database_is_gone_one_is_told_and_keeps_ones_cookies() {
    let (app, store) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    store.set_gone(true);
    assert!(delete(&browser, PASSWORD).await.assert_status(503).cookies().is_empty());
    store.set_gone(false);
    browser.get("/api/auth/user/").await.assert_status(200);
}
