//! Another address, from the wish to the mail that confirms it.

use std::time::Duration;

use latchkey::mail::Letter;
use serde_json::{Value, json};
use url::Url;

use crate::support::{
    Browser, Reply, TestApp,
    app::{PASSWORD, secs},
};

const CHANGE: &str = "/api/auth/email/";
const VERIFY: &str = "/api/auth/registration/verify-email/";
const SENT: &str = r#"{"detail":"Verification e-mail sent."}"#;
const WRONG: &str = "Your password was entered incorrectly. Please enter it again.";
const NEW: &str = "Countess@example.com";

fn entry(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

async fn ask(browser: &Browser, email: &str) -> Reply {
    browser.post(CHANGE, &entry(email, PASSWORD)).await
}

async fn letters(app: &TestApp) -> Vec<Letter> {
    app.auth.send_mails().await.unwrap();
    app.letterbox.empty()
}

/// The key in the letter to this address.
fn key(letters: &[Letter], to: &str) -> String {
    let letter = letters.iter().find(|letter| letter.to == to).expect("a letter to them");
    let link = letter.text.lines().find(|line| line.starts_with("https://")).unwrap();
    assert!(link.starts_with("https://app.example.com/verify-email?key="), "{link}");
    Url::parse(link).unwrap().query_pairs().next().unwrap().1.into_owned()
}

async fn verify(app: &TestApp, key: &str) -> Reply {
    app.browser().post(VERIFY, &json!({"key": key})).await
}

async fn address(browser: &Browser) -> Value {
    browser.get("/api/auth/user/").await.assert_status(200).json()["email"].clone()
}

/// Ada is signed in and wants another address; the key is in her hands.
async fn wishful() -> (TestApp, Browser, String) {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    ask(&browser, NEW).await.assert_status(200);
    let key = key(&letters(&app).await, NEW);
    (app, browser, key)
}

#[tokio::test]
async fn an_address_changes_once_a_mail_to_the_new_one_was_answered() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let reply = ask(&browser, NEW).await;
    assert_eq!(reply.assert_status(200).body, SENT);
    assert!(reply.cookies().is_empty());
    let letters = letters(&app).await;
    let to: Vec<_> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(to, [NEW, "ada@example.com"]);
    let notice = &letters[1].text;
    assert!(notice.contains(NEW) && !notice.contains("https://"), "{notice}");
    assert_eq!(address(&browser).await, "ada@example.com");

    let key = key(&letters, NEW);
    let reply = verify(&app, &key).await;
    assert_eq!(reply.assert_status(200).body, r#"{"detail":"ok"}"#);
    assert!(reply.cookies().is_empty(), "it signs nobody in");
    assert_eq!(address(&browser).await, NEW);
    let ada = app.auth.store.find_user_by_email("countess@example.com").await.unwrap().unwrap();
    assert!(ada.email_verified_at.is_some());
    assert_eq!(verify(&app, &key).await.assert_status(404).body, r#"{"detail":"Not found."}"#);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field_and_sends_nothing() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let (required, blank) = ("This field is required.", "This field may not be blank.");
    let invalid = "Enter a valid email address.";
    let too_long = "Ensure this field has no more than 4096 characters.";
    let rows = [
        (json!({}), json!({"email": [required]})),
        (entry("", ""), json!({"email": [blank], "password": [blank]})),
        (entry("nope", PASSWORD), json!({"email": [invalid]})),
        (entry("nope", "wrong"), json!({"email": [invalid]})),
        (
            json!({"email": null, "password": []}),
            json!({
                "email": ["This field may not be null."], "password": ["Not a valid string."],
            }),
        ),
        (entry(NEW, &"x".repeat(4097)), json!({"password": [too_long]})),
        (entry(NEW, "wrong"), json!({"password": [WRONG]})),
    ];
    for (body, wrong) in rows {
        let reply = browser.post(CHANGE, &body).await;
        assert_eq!(reply.assert_status(400).json(), wrong, "{body}");
    }
    assert!(letters(&app).await.is_empty());
    app.browser().post(CHANGE, &entry(NEW, PASSWORD)).await.assert_status(401);
    let get = browser.get(CHANGE).await;
    assert_eq!(get.assert_status(405).header("allow").unwrap(), "POST, OPTIONS");
}

#[tokio::test]
async fn whose_address_it_is_already_is_told_there_and_nowhere_else() {
    let app = TestApp::new().await;
    app.user("bob").await;
    let browser = app.signed_in("ada").await;
    assert_eq!(ask(&browser, "Bob@example.com").await.assert_status(200).body, SENT);
    let letters = letters(&app).await;
    let [to_bob, to_ada] = &letters[..] else { panic!("two letters") };
    assert_eq!((to_bob.to.as_str(), to_ada.to.as_str()), ("Bob@example.com", "ada@example.com"));
    assert!(to_bob.subject.contains("in use") && to_bob.text.contains("another account"));
    assert!(!to_bob.text.contains("https://"), "{}", to_bob.text);
    // A name that may be anything is not written into anybody's letter box.
    assert!(to_bob.text.starts_with("Hello,\n"), "{}", to_bob.text);
}

#[tokio::test]
async fn who_comes_first_has_the_address() {
    let (app, ada, key) = wishful().await;
    app.user("countess").await;
    verify(&app, &key).await.assert_status(404);
    assert_eq!(address(&ada).await, "ada@example.com");
}

#[tokio::test]
async fn of_two_who_want_an_address_one_gets_it() {
    let (app, ada, first) = wishful().await;
    let bob = app.signed_in("bob").await;
    ask(&bob, NEW).await.assert_status(200);
    let second = key(&letters(&app).await, NEW);
    let (one, two) = tokio::join!(verify(&app, &first), verify(&app, &second));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let owners = [address(&ada).await, address(&bob).await];
    assert_eq!(owners.iter().filter(|address| **address == NEW).count(), 1);
}

#[tokio::test]
async fn a_key_is_for_the_last_wish_alone() {
    let (app, browser, first) = wishful().await;
    app.advance(secs(1));
    ask(&browser, "lovelace@example.com").await.assert_status(200);
    verify(&app, &first).await.assert_status(404);
    let second = key(&letters(&app).await, "lovelace@example.com");
    verify(&app, &second).await.assert_status(200);
    assert_eq!(address(&browser).await, "lovelace@example.com");
    // Not even for the same wish once more.
    app.advance(secs(1));
    ask(&browser, NEW).await.assert_status(200);
    verify(&app, &first).await.assert_status(404);
}

#[tokio::test]
async fn a_key_lasts_for_three_days() {
    // The key knows whole seconds: it was made 217 ms after one.
    for (age_ms, status) in [(3 * 86_400_000 - 217, 200), (3 * 86_400_000 - 216, 404)] {
        let (app, _, key) = wishful().await;
        app.advance(Duration::from_millis(age_ms));
        verify(&app, &key).await.assert_status(status);
    }
}

#[tokio::test]
async fn a_new_password_calls_the_change_off() {
    let (app, browser, key) = wishful().await;
    app.auth.set_password("ada", "winter-Lamp-42".into()).await.unwrap();
    verify(&app, &key).await.assert_status(404);
    let _ = browser;

    // A mail that could not leave before leads nowhere either.
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.letterbox.set_closed(true);
    ask(&browser, NEW).await.assert_status(200);
    assert!(letters(&app).await.is_empty());
    app.auth.set_password("ada", "winter-Lamp-42".into()).await.unwrap();
    app.letterbox.set_closed(false);
    app.advance(Duration::from_mins(2));
    assert!(letters(&app).await.iter().all(|letter| letter.to != NEW));
}

#[tokio::test]
async fn the_notice_goes_to_the_former_address_even_when_it_is_late() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    ask(&browser, NEW).await.assert_status(200);
    let now = app.auth.now();
    // Both letters are on their way, and the second meets a closed door.
    let both = app.auth.store.waiting_mails(now, 10).await.unwrap();
    assert!(app.auth.store.claim_mail(&both[1], now + Duration::from_mins(1)).await.unwrap());
    let key = key(&letters(&app).await, NEW);
    verify(&app, &key).await.assert_status(200);
    app.advance(Duration::from_mins(1));
    let late = letters(&app).await;
    let [notice] = &late[..] else { panic!("one letter") };
    assert_eq!(notice.to, "ada@example.com");
    assert!(notice.text.contains(NEW), "{}", notice.text);
}

#[tokio::test]
async fn a_link_to_a_new_password_does_not_outlive_the_address_it_was_sent_to() {
    let (app, _, key) = wishful().await;
    app.advance(secs(1));
    let reset = json!({"email": "ada@example.com"});
    app.browser().post("/api/auth/password/reset/", &reset).await.assert_status(200);
    let sent = letters(&app).await;
    let link = sent[0].text.lines().find(|line| line.starts_with("https://")).unwrap();
    let link = Url::parse(link).unwrap();
    let part = |name: &str| link.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    verify(&app, &key).await.assert_status(200);
    let choice = json!({
        "uid": part("uid"), "token": part("token"),
        "new_password1": "winter-Lamp-42", "new_password2": "winter-Lamp-42",
    });
    app.browser().post("/api/auth/password/reset/confirm/", &choice).await.assert_status(400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_with_the_old_password_does_not_outlive_its_change() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.hasher.close_gate();
    let asking = tokio::spawn(async move { ask(&browser, NEW).await });
    app.hasher.somebody_waits().await;
    app.auth.set_password("ada", "winter-Lamp-42".into()).await.unwrap();
    app.hasher.open_gate();
    let reply = asking.await.unwrap();
    assert_eq!(reply.assert_status(400).json(), json!({"password": [WRONG]}));
    assert!(letters(&app).await.iter().all(|letter| letter.to != NEW));
}

/// A thief who knows the password changes the address twice while the owner's mail server is down.
#[tokio::test]
async fn a_notice_that_waits_goes_to_the_owner_however_often_the_address_changes() {
    let app = TestApp::new().await;
    let thief = app.signed_in("ada").await;
    for new in ["first@evil.example", "second@evil.example"] {
        ask(&thief, new).await.assert_status(200);
        // The owner's server takes nothing, the thief's does.
        let user = app.auth.store.find_user_by_name("ada").await.unwrap().unwrap();
        let asked = user.new_email.unwrap();
        let mut tx = app.auth.store.begin().await.unwrap();
        let now = app.auth.now();
        assert!(tx.change_email(user.id, &asked, now).await.unwrap());
        tx.commit().await.unwrap();
    }
    ask(&thief, "third@evil.example").await.assert_status(200);
    let told: Vec<_> = letters(&app).await.into_iter().map(|letter| letter.to).collect();
    assert!(told.contains(&"ada@example.com".to_owned()), "{told:?}");
}
