//! A hash that another program has made is replaced at the first right password, and nothing else
//! changes by it.

use serde_json::json;

use crate::support::{TestApp, app::PASSWORD};

const IMPORTED: &str = "UPDATE users SET password_hash = 'old$correct-horse-9', \
     password_decoy = 'old', new_email = 'new@example.com', new_email_asked_at = 1";

async fn hash(app: &TestApp) -> String {
    let user = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap();
    assert_eq!(user.new_email.unwrap().address, "new@example.com", "still wanted");
    user.password_hash.expose().to_owned()
}

#[tokio::test]
async fn a_sign_in_replaces_it_and_ends_nothing() {
    let app = TestApp::new().await;
    let before = app.signed_in("ada").await;
    app.database.execute(IMPORTED).await;
    app.browser().login_with("ada", "wrong-horse-9").await.assert_status(400);
    assert_eq!(hash(&app).await, "old$correct-horse-9");
    assert_eq!(app.auth.store.password_decoys().await.unwrap().len(), 1);
    let after = app.browser();
    after.login("ada").await.assert_status(200);
    assert_eq!(hash(&app).await, "plain$correct-horse-9");
    assert!(app.auth.store.password_decoys().await.unwrap().is_empty());
    for browser in [before, after] {
        browser.get("/api/data/").await.assert_status(200);
    }
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn a_password_shown_elsewhere_replaces_it_too() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.database.execute(IMPORTED).await;
    let body = json!({"email": "newer@example.com", "password": PASSWORD});
    browser.post("/api/auth/email/", &body).await.assert_status(200);
    let user = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap();
    assert_eq!(user.password_hash.expose(), "plain$correct-horse-9");
    assert_eq!(user.new_email.unwrap().address, "newer@example.com");
    browser.get("/api/data/").await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_another_request_has_replaced_meanwhile_is_looked_at_anew() {
    // As a right password that replaces it, and as another password.
    for (stored, status) in [
        ("UPDATE users SET password_hash = 'plain$correct-horse-9', password_decoy = NULL", 200),
        ("UPDATE users SET password_hash = 'plain$winter-Lamp-42', password_decoy = NULL", 400),
    ] {
        let app = TestApp::new().await;
        let browser = app.signed_in("ada").await;
        app.database.execute(IMPORTED).await;
        app.hasher.close_gate();
        let body = json!({"email": "newer@example.com", "password": PASSWORD});
        let asking = tokio::spawn(async move { browser.post("/api/auth/email/", &body).await });
        app.hasher.somebody_waits().await;
        app.database.execute(stored).await;
        app.hasher.open_gate();
        asking.await.unwrap().assert_status(status);
    }
}

#[tokio::test]
async fn whoever_comes_second_changes_nothing() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.database.execute(IMPORTED).await;
    let store = &app.auth.store;
    let ada = store.find_user_by_name("ada").await.unwrap().unwrap();
    app.browser().login("ada").await.assert_status(200);
    let late = latchkey::domain::PasswordHash::from_stored("plain$late".to_owned());
    assert!(!store.upgrade_password(ada.id, &ada.password_hash, &late).await.unwrap());
    assert_eq!(hash(&app).await, "plain$correct-horse-9");
}

#[tokio::test]
async fn a_password_may_be_longer_than_a_new_one_can_be() {
    const LONG: &str = "UPDATE users SET password_hash = 'old$' || replace('----------------', '-', \
         'correct-horse-9.')";
    let app = TestApp::new().await;
    app.user("ada").await;
    app.database.execute(LONG).await;
    let long = "correct-horse-9.".repeat(16);
    app.browser().login_with("ada", &format!("{long}.")).await.assert_status(400);
    let browser = app.browser();
    for _ in 0..2 {
        browser.login_with("ada", &long).await.assert_status(200);
    }
    let body = json!({"password": long});
    browser.post("/api/auth/account/delete/", &body).await.assert_status(200);
}
