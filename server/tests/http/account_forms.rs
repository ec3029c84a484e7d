//! The forms of mailed links and of the account area, without a script.

use axum::http::Method;
use url::{Url, form_urlencoded::Serializer};

use super::forms::submit;
use crate::support::{
    Browser, Reply, TestApp,
    app::{PASSWORD, mins},
};

const NEW: &str = "winter-Lamp-42";
const DEAD_LINK: &str = "This link was used already, is too old, or is not complete.";

fn body(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn send(browser: &Browser, page: &str, fields: &[(&str, &str)]) -> Reply {
    submit(browser, page, &body(fields)).await
}

/// The page that a form led to, opened; it must say these words.
#[track_caller]
fn place(reply: &Reply) -> String {
    reply.assert_status(303).header("location").unwrap()
}

async fn tells(browser: &Browser, place: &str, words: &str) {
    let page = browser.open(place).await;
    assert!(page.assert_status(200).body.contains(words), "{place}: {}", page.body);
}

/// Path, query and its values of the link in the only letter with one.
async fn link(app: &TestApp) -> (String, Vec<(String, String)>) {
    app.auth.send_mails().await.unwrap();
    let texts: Vec<_> = app.letterbox.empty().into_iter().map(|letter| letter.text).collect();
    let mut links = texts.iter().flat_map(|text| text.lines());
    let link = links.find(|line| line.starts_with("https://")).expect("a link");
    let url = Url::parse(link).unwrap();
    let page = format!("{}?{}", url.path(), url.query().unwrap());
    (page, url.query_pairs().into_owned().collect())
}

#[tokio::test]
async fn an_address_is_confirmed_by_a_press_of_a_button_and_not_by_opening_the_page() {
    let app = TestApp::new().await;
    let browser = app.browser();
    let registration = [
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    send(&browser, "/register", &registration).await.assert_status(303);
    let (page, values) = link(&app).await;
    let scanner = app.browser();
    for _ in 0..2 {
        let opened = scanner.open(&page).await;
        assert!(opened.assert_status(200).body.contains("Confirm this address"));
        assert_eq!(opened.header("referrer-policy").as_deref(), Some("same-origin"));
        assert_eq!(opened.header("cache-control").as_deref(), Some("no-store"));
    }
    let key = [("key", values[0].1.as_str())];
    let reply = send(&scanner, &page, &key).await;
    assert_eq!(place(&reply), "/verify-email?done");
    tells(&scanner, "/verify-email?done", "Your e-mail address is confirmed.").await;

    let again = send(&scanner, &page, &key).await;
    assert!(again.assert_status(404).body.contains(DEAD_LINK), "{}", again.body);
    assert!(again.body.contains(r#"href="/resend-email""#));
    let none = submit(&scanner, "/verify-email", "").await;
    assert!(none.assert_status(400).body.contains(DEAD_LINK), "{}", none.body);
}

#[tokio::test]
async fn where_an_address_has_to_be_confirmed_first_a_page_tells_of_the_mail() {
    let app = TestApp::with(&["--account-email-verification", "mandatory"]).await;
    let registration = [
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    let browser = app.browser();
    let reply = send(&browser, "/register", &registration).await;
    assert_eq!(place(&reply), "/resend-email?done");
    assert!(reply.cookies().is_empty());
    tells(&browser, "/resend-email?done", "a mail is on its way.").await;
    let (page, values) = link(&app).await;
    send(&browser, &page, &[("key", values[0].1.as_str())]).await.assert_status(303);
    browser.login("ada").await.assert_status(200);
}

#[tokio::test]
async fn mails_are_asked_for_with_the_same_answer_for_all() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for page in ["/forgot-password", "/resend-email"] {
        for email in ["ada@example.com", "nobody@example.com"] {
            let reply = send(&app.browser(), page, &[("email", email)]).await;
            assert_eq!(place(&reply), format!("{page}?done"));
        }
        tells(&app.browser(), &format!("{page}?done"), "is on its way.").await;
        let reply = send(&app.browser(), page, &[("email", "nope")]).await;
        assert!(reply.assert_status(400).body.contains("Enter a valid email address."));
        assert!(reply.body.contains(r#"value="nope""#));
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_forms_alone() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let browser = app.browser();
    send(&browser, "/forgot-password", &[("email", "ada@example.com")]).await.assert_status(303);
    let (page, values) = link(&app).await;
    let choice = |first: &str, second: &str| {
        let mut fields = values.clone();
        fields.push(("new_password1".to_owned(), first.to_owned()));
        fields.push(("new_password2".to_owned(), second.to_owned()));
        Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let opened = browser.open(&page).await;
    for (name, value) in &values {
        let part = format!(r#"value="{value}""#);
        assert!(opened.body.contains(&part), "{name}: {}", opened.body);
    }
    let refused = submit(&browser, &page, &choice("12345", "12345")).await;
    assert!(refused.assert_status(400).body.contains("This password is too short."));
    assert!(refused.body.contains(&values[1].1) && !refused.body.contains("12345\""));

    let reply = submit(&browser, &page, &choice(NEW, NEW)).await;
    assert_eq!(place(&reply), "/account/password?done");
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    tells(&browser, "/account/password?done", "Your new password is saved.").await;
    let again = submit(&app.browser(), &page, &choice(NEW, NEW)).await;
    assert!(again.assert_status(400).body.contains(DEAD_LINK));
    app.browser().login_with("ada", NEW).await.assert_status(200);
}

#[tokio::test]
async fn names_are_given_and_taken_back() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    app.user("bob").await;
    let page = "/account/profile";
    assert!(browser.open(page).await.body.contains(r#"value="Lovelace""#));
    let names =
        |username, first| [("username", username), ("first_name", first), ("last_name", "")];
    let reply = send(&browser, page, &names("countess", "")).await;
    assert_eq!(place(&reply), "/account/profile?done");
    tells(&browser, "/account/profile?done", "Your names are saved.").await;
    let user = browser.get("/api/auth/user/").await.json();
    assert_eq!((&user["username"], &user["first_name"]), (&"countess".into(), &"".into()));

    let reply = send(&browser, page, &names("Bob", "Augusta")).await;
    reply.assert_status(400);
    for part in
        ["A user with that username already exists.", r#"value="Bob""#, r#"value="Augusta""#]
    {
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
    let reply = send(&browser, page, &names("", "Augusta")).await;
    assert!(reply.assert_status(400).body.contains("This field may not be blank."));
}

#[tokio::test]
async fn an_address_changes_by_forms_alone() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let page = "/account/email";
    let wrong = [("email", "countess@example.com"), ("password", "wrong-horse")];
    let reply = send(&browser, page, &wrong).await;
    assert!(reply.assert_status(400).body.contains("Your password was entered incorrectly."));
    assert!(reply.body.contains("countess@example.com") && !reply.body.contains("wrong-horse"));
    let right = [("email", "countess@example.com"), ("password", PASSWORD)];
    assert_eq!(place(&send(&browser, page, &right).await), "/account/email?done");
    tells(&browser, "/account/email?done", "A mail is on its way to the new address.").await;
    let (page, values) = link(&app).await;
    send(&browser, &page, &[("key", values[0].1.as_str())]).await.assert_status(303);
    tells(&browser, "/account", "countess@example.com").await;
}

#[tokio::test]
async fn a_password_changes_by_a_form_alone() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let copy = browser.copy();
    let page = "/account/password";
    let choice = |old| [("old_password", old), ("new_password1", NEW), ("new_password2", NEW)];
    let reply = send(&browser, page, &choice("wrong-horse")).await;
    assert!(reply.assert_status(400).body.contains("Your old password was entered incorrectly."));
    let reply = send(&browser, page, &choice(PASSWORD)).await;
    assert_eq!(place(&reply), "/account/password?done");
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    tells(&browser, "/account/password?done", "Your new password is saved.").await;
    copy.get("/api/data/").await.assert_status(401);
}

#[tokio::test]
async fn an_account_ends_by_a_form_alone() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let reply = send(&browser, "/account/delete", &[("password", "wrong-horse")]).await;
    assert!(reply.assert_status(400).body.contains("Your password was entered incorrectly."));
    let reply = send(&browser, "/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!(place(&reply), "/login?done");
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    tells(&browser, "/login?done", "Your account has been deleted.").await;
    app.browser().login("ada").await.assert_status(400);
}

#[tokio::test]
async fn who_takes_their_time_over_a_form_is_still_signed_in() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let names = [("username", "ada"), ("first_name", "Augusta"), ("last_name", "King")];
    app.advance(mins(20));
    browser.forget("access");
    let reply = send(&browser, "/account/profile", &names).await;
    assert_eq!(place(&reply), "/account/profile?done");
    assert_eq!(reply.cookie_names(), ["access"]);
    // And the cookies of a new session are not overwritten by one for the old.
    app.advance(mins(20));
    browser.forget("access");
    let choice = [("old_password", PASSWORD), ("new_password1", NEW), ("new_password2", NEW)];
    let reply = send(&browser, "/account/password", &choice).await;
    assert_eq!(reply.assert_status(303).cookie_names(), ["access", "refresh"]);
    browser.get("/api/auth/user/").await.assert_status(200);
}

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to_sign_in() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let delete = [("password", PASSWORD)];
    let stranger = send(&app.browser(), "/account/delete", &delete).await;
    assert_eq!(place(&stranger), "/login?next=/account/delete");
    // A browser that has signed out offline counts as signed out.
    browser.set_cookie("latchkey-out", "1");
    let out = send(&browser, "/account/delete", &delete).await;
    assert_eq!(place(&out), "/login?next=/account/delete");
    browser.forget("latchkey-out");
    browser.get("/api/auth/user/").await.assert_status(200);
    // Nobody else's page can send it.
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-dest", "document"),
    ];
    let forged = browser.send(Method::POST, "/account/delete", &headers, body(&delete)).await;
    forged.assert_status(403);
    for page in ["/account/profile", "/account/email", "/account/password", "/account/delete"] {
        let opened = app.browser().open(page).await;
        assert_eq!(place(&opened), format!("/login?next={page}"));
    }
}

#[tokio::test]
async fn while_the_database_is_gone_nobody_is_sent_away() {
    let (app, store) = TestApp::gated(&[]).await;
    let browser = app.signed_in("ada").await;
    store.set_gone(true);
    let reply = send(&browser, "/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!(reply.assert_status(503).header("retry-after").as_deref(), Some("2"));
    assert!(reply.cookies().is_empty());
}

#[tokio::test]
async fn who_has_to_sign_in_with_a_new_password_is_told_so() {
    let app = TestApp::with(&["--logout-on-password-change", "true"]).await;
    app.user("ada").await;
    let browser = app.browser();
    send(&browser, "/forgot-password", &[("email", "ada@example.com")]).await.assert_status(303);
    let (page, values) = link(&app).await;
    let (uid, token) = (values[0].1.as_str(), values[1].1.as_str());
    let new = "winter-Lamp-42";
    let fields = [("uid", uid), ("token", token), ("new_password1", new), ("new_password2", new)];
    let reply = send(&browser, &page, &fields).await;
    assert_eq!(place(&reply), "/login?new-password");
    tells(&browser, "/login?new-password", "Your new password is saved. Sign in with it.").await;
}
