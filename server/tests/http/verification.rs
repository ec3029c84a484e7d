//! Whose address is it? A mail asks.

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::support::{
    Reply, TestApp,
    app::{PASSWORD, secs},
};

const REGISTER: &str = "/api/auth/registration/";
const VERIFY: &str = "/api/auth/registration/verify-email/";
const RESEND: &str = "/api/auth/registration/resend-email/";

async fn register(app: &TestApp) {
    let body = json!({
        "username": "ada", "email": "ada@example.com", "password1": PASSWORD, "password2": PASSWORD,
    });
    app.browser().post(REGISTER, &body).await.assert_status(201);
}

/// The key in the only mail that has come.
async fn key(app: &TestApp) -> String {
    app.auth.send_mails().await.unwrap();
    let [letter] = &app.letterbox.empty()[..] else { panic!("not one mail") };
    assert_eq!(letter.to, "ada@example.com");
    let link = letter.text.lines().find(|line| line.starts_with("https://")).unwrap();
    assert!(link.starts_with("https://app.example.com/verify-email?key="), "{link}");
    Url::parse(link).unwrap().query_pairs().next().unwrap().1.into_owned()
}

async fn verify(app: &TestApp, key: &str) -> Reply {
    app.browser().post(VERIFY, &json!({"key": key})).await
}

async fn is_verified(app: &TestApp) -> bool {
    let user = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap();
    user.email_verified_at.is_some()
}

#[tokio::test]
async fn the_mail_of_a_registration_shows_the_address_once() {
    let app = TestApp::new().await;
    register(&app).await;
    let key = key(&app).await;
    // Neither changes whose address it is.
    app.browser().login("ada").await.assert_status(200);
    app.auth.set_password("ada", "winter-Lamp-42".into()).await.unwrap();
    let reply = verify(&app, &key).await;
    assert_eq!(reply.assert_status(200).body, r#"{"detail":"ok"}"#);
    assert!(reply.cookies().is_empty(), "it signs nobody in");
    assert_eq!(reply.header("allow").unwrap(), "POST, OPTIONS, HEAD");
    assert!(is_verified(&app).await);
    assert_eq!(verify(&app, &key).await.assert_status(404).body, r#"{"detail":"Not found."}"#);
}

#[tokio::test]
async fn what_is_no_key_shows_nothing() {
    let app = TestApp::new().await;
    register(&app).await;
    let key = key(&app).await;
    let bent = format!("{}0", &key[..key.len() - 1]);
    for other in ["MQ:1abcde:abcdefghijklmnop", "x", "::", &key[1..], &bent, "1:zzzzzz:00"] {
        if other != key {
            verify(&app, other).await.assert_status(404);
        }
    }
    let required = json!({"key": ["This field is required."]});
    let missing = app.browser().post(VERIFY, &json!({})).await;
    assert_eq!(missing.assert_status(400).json(), required);
    let blank = verify(&app, "").await;
    assert_eq!(blank.assert_status(400).json(), json!({"key": ["This field may not be blank."]}));
    assert!(!is_verified(&app).await);
}

#[tokio::test]
async fn a_key_lasts_for_three_days() {
    // The key knows whole seconds: it was made 217 ms after one.
    for (age_ms, status) in [(3 * 86_400_000 - 217, 200), (3 * 86_400_000 - 216, 404)] {
        let app = TestApp::new().await;
        register(&app).await;
        let key = key(&app).await;
        app.advance(Duration::from_millis(age_ms));
        verify(&app, &key).await.assert_status(status);
    }
}

#[tokio::test]
async fn it_is_sent_again_to_who_needs_it() {
    let app = TestApp::new().await;
    register(&app).await;
    let first = key(&app).await;
    app.user("bob").await;
    let resend = async |email| app.browser().post(RESEND, &json!({"email": email})).await;
    app.advance(secs(5));
    for email in ["Ada@example.com", "bob@example.com", "nobody@example.com"] {
        assert_eq!(resend(email).await.assert_status(200).body, r#"{"detail":"ok"}"#);
    }
    // Bob's is known to be his.
    let second = key(&app).await;
    assert_ne!(first, second);
    app.browser().post(RESEND, &json!({})).await.assert_status(200);
    let invalid = resend("nope").await;
    assert_eq!(
        invalid.assert_status(400).json(),
        json!({"email": ["Enter a valid email address."]})
    );
    verify(&app, &second).await.assert_status(200);
    verify(&app, &first).await.assert_status(404);
}
