//! Mails that wait.

use axum::http::Method;
use serde_json::json;

use crate::support::{
    TestApp,
    app::{PASSWORD, mins},
};

async fn ask(app: &TestApp) {
    let body = json!({"email": "ada@example.com"});
    app.browser().post("/api/auth/password/reset/", &body).await.assert_status(200);
}

async fn sent(app: &TestApp) -> usize {
    app.auth.send_mails().await.unwrap();
    app.letterbox.empty().len()
}

#[tokio::test]
async fn a_mail_that_did_not_leave_is_tried_again_later_and_later() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.letterbox.set_closed(true);
    ask(&app).await;
    for wait in [1, 2, 4] {
        assert_eq!(sent(&app).await, 0);
        app.letterbox.set_closed(false);
        assert_eq!(sent(&app).await, 0, "not yet");
        app.letterbox.set_closed(true);
        app.advance(mins(wait));
    }
    app.letterbox.set_closed(false);
    assert_eq!((sent(&app).await, sent(&app).await), (1, 0));
    app.advance(mins(60 * 24));
    assert_eq!(sent(&app).await, 0);
}

#[tokio::test]
async fn several_nodes_send_a_mail_once() {
    let app = TestApp::new().await;
    app.user("ada").await;
    ask(&app).await;
    let nodes = (0..8).map(|_| app.auth.send_mails());
    for node in futures::future::join_all(nodes).await {
        node.unwrap();
    }
    assert_eq!(app.letterbox.empty().len(), 1);
}

#[tokio::test]
async fn who_asks_three_times_gets_one_mail_and_again_when_they_ask_again() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for _ in 0..3 {
        ask(&app).await;
    }
    assert_eq!(sent(&app).await, 1);
    ask(&app).await;
    assert_eq!(sent(&app).await, 1);
}

#[tokio::test]
async fn no_mail_goes_to_an_account_that_is_gone() {
    let app = TestApp::new().await;
    app.user("ada").await;
    ask(&app).await;
    app.auth.delete_user("ada").await.unwrap();
    assert_eq!(sent(&app).await, 0);
}

#[tokio::test]
async fn made_up_addresses_stand_in_nobodys_way() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for number in 0..100 {
        let body = json!({"email": format!("nobody-{number}@example.com")});
        app.browser().post("/api/auth/password/reset/", &body).await.assert_status(200);
    }
    ask(&app).await;
    assert_eq!(sent(&app).await, 1, "at the first look");
}

#[tokio::test]
async fn nobody_is_told_things_by_a_name() {
    let app = TestApp::new().await;
    let ada = app.browser();
    let body = json!({
        "username": "ada", "email": "victim@example.com",
        "password1": PASSWORD, "password2": PASSWORD,
    });
    ada.post("/api/auth/registration/", &body).await.assert_status(201);
    let name = json!({"username": "www.evil.example", "first_name": "Pay at https://evil.example"});
    let json = [("content-type", "application/json")];
    let renamed = ada.send(Method::PATCH, "/api/auth/user/", &json, name.to_string()).await;
    renamed.assert_status(200);
    let body = json!({"email": "victim@example.com"});
    ada.post("/api/auth/password/reset/", &body).await.assert_status(200);
    app.auth.send_mails().await.unwrap();
    let letters = app.letterbox.empty();
    assert_eq!(letters.len(), 2);
    for letter in letters {
        assert!(letter.text.starts_with("Hello,\n"), "{}", letter.text);
        assert!(!letter.text.contains("evil") && !letter.html.contains("evil"));
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_not_tried_again() {
    let app = TestApp::new().await;
    app.user("ada").await;
    ask(&app).await;
    app.letterbox.set_hopeless(true);
    assert_eq!(sent(&app).await, 0);
    app.letterbox.set_hopeless(false);
    app.advance(mins(60 * 24));
    assert_eq!(sent(&app).await, 0);
}

#[tokio::test]
async fn no_stranger_fills_a_mailbox() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let mut received = 0;
    for _ in 0..60 {
        ask(&app).await;
        received += sent(&app).await;
        app.advance(mins(1));
    }
    assert!((5..=12).contains(&received), "{received} in an hour");
    // What its owner has to hear of comes at once.
    let browser = app.browser();
    browser.login("ada").await.assert_status(200);
    let new = json!({"old_password": PASSWORD, "new_password1": "another-horse-9",
        "new_password2": "another-horse-9"});
    browser.post("/api/auth/password/change/", &new).await.assert_status(200);
    assert!(sent(&app).await >= 1);
    // Whoever asks a day later waits for nothing, and others never have.
    app.user("bob").await;
    let body = json!({"email": "bob@example.com"});
    app.browser().post("/api/auth/password/reset/", &body).await.assert_status(200);
    assert_eq!(sent(&app).await, 1);
    app.advance(mins(60 * 24));
    sent(&app).await;
    ask(&app).await;
    assert_eq!(sent(&app).await, 1);
}

#[tokio::test]
async fn who_has_notices_sent_to_somebody_keeps_no_link_back() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let mal = app.signed_in("mal").await;
    for _ in 0..9 {
        let taken = json!({"email": "ada@example.com"});
        mal.post("/api/auth/email/", &taken).await.assert_status(200);
        sent(&app).await;
    }
    ask(&app).await;
    app.auth.send_mails().await.unwrap();
    let letters = app.letterbox.empty();
    assert!(letters.iter().any(|letter| letter.text.contains("/reset-password?")));
}
