//! `ACCOUNT_EMAIL_VERIFICATION`: with `mandatory` nobody signs in before their address is shown to be
//! theirs, and nobody learns whose address is known; with `none` no mail asks.

use axum::http::Method;
use serde_json::json;
use url::Url;

use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

const MANDATORY: [&str; 2] = ["--account-email-verification", "mandatory"];
const OTHER: &str = "winter-Lamp-42";
const SENT: &str = r#"{"detail":"Verification e-mail sent."}"#;

async fn register(app: &TestApp, username: &str, email: &str) -> (Browser, Reply) {
    let browser = app.browser();
    let body = json!({
        "username": username, "email": email, "password1": PASSWORD, "password2": PASSWORD,
    });
    let reply = browser.post("/api/auth/registration/", &body).await;
    (browser, reply)
}

async fn is_refused(app: &TestApp, username: &str) {
    let reply = app.browser().login(username).await;
    let told = json!({"non_field_errors": ["E-mail is not verified."]});
    assert_eq!(reply.assert_status(400).json(), told);
}

fn link(text: &str) -> Url {
    text.lines().find_map(|line| Url::parse(line).ok().filter(Url::has_host)).unwrap()
}

#[tokio::test]
async fn nobody_signs_in_before_their_address_is_verified() {
    let app = TestApp::with(&MANDATORY).await;
    let (browser, reply) = register(&app, "ada", "ada@example.com").await;
    assert_eq!(reply.assert_status(201).body, SENT);
    assert!(reply.cookies().is_empty());
    browser.get("/api/data/").await.assert_status(401);
    is_refused(&app, "ada").await;
    let wrong = app.browser().login_with("ada", "another").await;
    let told = json!({"non_field_errors": ["Unable to log in with provided credentials."]});
    assert_eq!(wrong.assert_status(400).json(), told, "only who knows the password is told");

    app.auth.send_mails().await.unwrap();
    let [letter] = &app.letterbox.empty()[..] else { panic!("not one mail") };
    let link = link(&letter.text);
    let key = link.query_pairs().next().unwrap().1;
    let (path, body) = ("/api/auth/registration/verify-email/", json!({"key": key}));
    app.browser().post(path, &body).await.assert_status(200);
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn nobody_learns_whose_address_is_known() {
    let app = TestApp::with(&MANDATORY).await;
    app.user("ada").await;
    let before = app.hasher.count();
    let (_, free) = register(&app, "eve", "eve@example.com").await;
    let (_, taken) = register(&app, "mallory", "ADA@example.com").await;
    assert_eq!((free.status, &free.body), (taken.status, &taken.body));
    let same_for_all = |reply: &Reply| {
        let mut headers = reply.headers.clone();
        headers.remove("x-request-id");
        headers
    };
    assert_eq!(same_for_all(&free), same_for_all(&taken));
    assert_eq!(app.hasher.count() - before, 2, "one hash each");
    // Nor later: both names are taken now, and both wait for a mail.
    for name in ["eve", "mallory"] {
        is_refused(&app, name).await;
        let (_, again) = register(&app, name, "third@example.com").await;
        let told = json!({"username": ["A user with that username already exists."]});
        assert_eq!(again.assert_status(400).json(), told);
    }
    app.auth.send_mails().await.unwrap();
    let mut letters = app.letterbox.empty();
    letters.sort_by(|a, b| a.to.cmp(&b.to));
    let [notice, question] = &letters[..] else { panic!("not two mails: {}", letters.len()) };
    assert_eq!((notice.to.as_str(), question.to.as_str()), ("ada@example.com", "eve@example.com"));
    assert!(notice.text.contains("your user name is ada"), "{}", notice.text);
    assert!(!notice.text.contains("http"), "a notice leads nowhere");
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn nor_by_signing_in_with_an_address() {
    for methods in ["email", "username,email"] {
        let flags = [&MANDATORY[..], &["--account-login-methods", methods]].concat();
        let app = TestApp::with(&flags).await;
        app.user("ada").await;
        let mut told = Vec::new();
        for (name, email) in [("eve", "eve@example.com"), ("mallory", "ada@example.com")] {
            let body = json!({
                "username": name, "email": email, "password1": OTHER, "password2": OTHER,
            });
            app.browser().post("/api/auth/registration/", &body).await.assert_status(201);
            let body = json!({"email": email, "password": OTHER});
            let login = app.browser().post("/api/auth/login/", &body).await;
            told.push(login.assert_status(400).body.clone());
        }
        assert_eq!(told[0], told[1], "{methods}");
    }
}

#[tokio::test]
async fn a_reset_shows_whose_address_it_is() {
    let app = TestApp::with(&MANDATORY).await;
    register(&app, "squatter", "ada@example.com").await;
    app.auth.send_mails().await.unwrap();
    app.letterbox.empty();
    let body = json!({"email": "ada@example.com"});
    app.browser().post("/api/auth/password/reset/", &body).await.assert_status(200);
    app.auth.send_mails().await.unwrap();
    let link = link(&app.letterbox.empty()[0].text);
    let part = |name| link.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let new = "winter-Lamp-42";
    let body = json!({
        "uid": part("uid"), "token": part("token"), "new_password1": new, "new_password2": new,
    });
    app.browser().post("/api/auth/password/reset/confirm/", &body).await.assert_status(200);
    app.browser().login_with("squatter", new).await.assert_status(200);
    app.browser().login("squatter").await.assert_status(400);
}

#[tokio::test]
async fn the_pages_lead_through_it_without_a_script() {
    let app = TestApp::with(&MANDATORY).await;
    let browser = app.browser();
    let page = browser.open("/register").await;
    assert!(!page.body.contains("optional"), "the address is asked for");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body =
        format!("username=ada&email=ada@example.com&password1={PASSWORD}&password2={PASSWORD}");
    let sent = browser.send(Method::POST, "/register?next=/account", &form, body).await;
    assert_eq!(sent.assert_status(303).header("location").unwrap(), "/resend-email?done");
    let told = browser.open("/resend-email?done").await;
    assert!(told.body.contains("a mail is on its way"), "{}", told.body);
    let login = browser.open("/login").await;
    assert!(login.body.contains("/resend-email"));
    let body = format!("username=ada&password={PASSWORD}");
    let refused = browser.send(Method::POST, "/login", &form, body).await;
    assert!(refused.assert_status(400).body.contains("E-mail is not verified."));
}

#[tokio::test]
async fn everybody_has_to_give_an_address_then() {
    let app = TestApp::with(&MANDATORY).await;
    let body = json!({"username": "ada", "password1": PASSWORD, "password2": PASSWORD});
    let reply = app.browser().post("/api/auth/registration/", &body).await;
    assert_eq!(reply.assert_status(400).json(), json!({"email": ["This field is required."]}));
}

#[tokio::test]
async fn nobody_is_asked_where_nothing_is_verified() {
    let app = TestApp::with(&["--account-email-verification", "none"]).await;
    let (browser, reply) = register(&app, "ada", "ada@example.com").await;
    reply.assert_status(201);
    browser.get("/api/data/").await.assert_status(200);
    app.auth.send_mails().await.unwrap();
    assert!(app.letterbox.empty().is_empty());
}
