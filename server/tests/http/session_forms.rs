//! Sessions, activity and the password that is asked for, by forms alone.

use url::form_urlencoded::Serializer;

use super::forms::submit;
use crate::support::{
    Browser, Reply, TestApp,
    app::{PASSWORD, mins},
};

const SESSIONS: &str = "/account/sessions";
const WRONG: &str = "Your password was entered incorrectly.";
const WHY: &str = "Enter your password once more, to show that it is you.";

async fn send(browser: &Browser, page: &str, fields: &[(&str, &str)]) -> Reply {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    submit(browser, page, &body).await
}

#[track_caller]
fn place(reply: &Reply) -> String {
    reply.assert_status(303).header("location").unwrap()
}

async fn tells(browser: &Browser, place: &str, words: &str) {
    let page = browser.open(place).await;
    assert!(page.assert_status(200).body.contains(words), "{place}: {}", page.body);
}

/// Ada, twice, and the id of the second one's session.
async fn ada_twice(app: &TestApp) -> (Browser, Browser, String) {
    let browser = app.signed_in("ada").await;
    let other = app.browser();
    other.login("ada").await.assert_status(200);
    let id = app.session_of(&other).to_string();
    (browser, other, id)
}

/// So much time passes that the password is asked for.
async fn grow_old(app: &TestApp, browser: &Browser) {
    app.advance(mins(20));
    browser.refresh().await.assert_status(200);
}

#[tokio::test]
async fn a_session_is_shown_and_ended() {
    let app = TestApp::new().await;
    let (browser, other, id) = ada_twice(&app).await;
    let page = browser.open(SESSIONS).await;
    let own = app.session_of(&browser).to_string();
    for part in ["This browser", "1 other browser.", "just now", &format!(r#"value="{id}""#)] {
        assert!(page.assert_status(200).body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains(&format!(r#"value="{own}""#)), "one's own is signed out of");

    // Of what is gone already the same is told.
    for _ in 0..2 {
        let reply = send(&browser, SESSIONS, &[("end", &id)]).await;
        assert_eq!(place(&reply), "/account/sessions?done");
    }
    tells(&browser, "/account/sessions?done", "That browser is signed out.").await;
    other.get("/api/data/").await.assert_status(401);
    browser.get("/api/data/").await.assert_status(200);
}

#[tokio::test]
async fn nobody_ends_what_is_not_theirs() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    let bob = app.signed_in("bob").await;
    let bobs = app.session_of(&bob).to_string();
    for end in [bobs.as_str(), "", "..", "x/../../account/delete", "\r\n", "all "] {
        let reply = send(&browser, SESSIONS, &[("end", end)]).await;
        assert_eq!(place(&reply), "/account/sessions?done", "{end:?}");
    }
    for stays in [&browser, &bob] {
        stays.get("/api/data/").await.assert_status(200);
    }
    let stranger = send(&app.browser(), SESSIONS, &[("end", "all")]).await;
    assert_eq!(place(&stranger), "/login?next=/account/sessions");
}

#[tokio::test]
async fn the_others_are_ended_and_then_all() {
    let app = TestApp::new().await;
    let (browser, other, _) = ada_twice(&app).await;
    let reply = send(&browser, SESSIONS, &[("end", "others")]).await;
    assert_eq!(place(&reply), "/account/sessions?others");
    tells(&browser, "/account/sessions?others", "All other browsers are signed out.").await;
    tells(&browser, SESSIONS, "You are signed in nowhere else.").await;
    other.get("/api/data/").await.assert_status(401);

    let reply = send(&browser, SESSIONS, &[("end", "all")]).await;
    assert_eq!(place(&reply), "/login?everywhere");
    assert_eq!((browser.cookie("access"), browser.cookie("refresh")), (None, None));
    tells(&browser, "/login?everywhere", "You are signed out everywhere.").await;
}

#[tokio::test]
async fn a_row_comes_back_with_a_question_where_the_sign_in_is_old() {
    let app = TestApp::new().await;
    let (browser, other, id) = ada_twice(&app).await;
    grow_old(&app, &browser).await;
    let value = format!(r#"value="{id}""#);
    let asked = send(&browser, SESSIONS, &[("end", &id)]).await;
    for part in ["Sign out Unknown browser?", WHY, r#"name="password""#, &value] {
        assert!(asked.assert_status(403).body.contains(part), "{part}: {}", asked.body);
    }
    assert_eq!(asked.body.matches(" autofocus").count(), 1, "{}", asked.body);

    let empty = send(&browser, SESSIONS, &[("end", &id), ("password", "")]).await;
    assert!(empty.assert_status(403).body.contains("Enter your password.<"), "{}", empty.body);
    let gone = send(&browser, SESSIONS, &[("end", "0193a-7f")]).await;
    assert!(gone.assert_status(403).body.contains("That was signed out already."), "{}", gone.body);
    let wrong = send(&browser, SESSIONS, &[("end", &id), ("password", "wrong-horse")]).await;
    assert!(wrong.assert_status(400).body.contains(WRONG), "{}", wrong.body);
    assert!(wrong.body.contains(&value) && !wrong.body.contains("wrong-horse"));
    app.session_of(&other);

    let right = send(&browser, SESSIONS, &[("end", &id), ("password", PASSWORD)]).await;
    assert_eq!(place(&right), "/account/sessions?done");
    // Whoever has given it is not asked again.
    let reply = send(&browser, SESSIONS, &[("end", "others")]).await;
    assert_eq!(place(&reply), "/account/sessions?others");
}

#[tokio::test]
async fn an_address_and_the_end_of_an_account_take_the_password_of_an_old_sign_in() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    grow_old(&app, &browser).await;
    let page = "/account/email";
    let address = ("email", "countess@example.com");
    let asked = send(&browser, page, &[address]).await;
    for part in [WHY, r#"name="password""#, r#"value="countess@example.com""#] {
        assert!(asked.assert_status(403).body.contains(part), "{part}: {}", asked.body);
    }
    let wrong = send(&browser, page, &[address, ("password", "wrong-horse")]).await;
    assert!(wrong.assert_status(400).body.contains(WRONG), "{}", wrong.body);

    let sure = ("sure", "on");
    let asked = send(&browser, "/account/delete", &[sure]).await;
    assert!(asked.assert_status(403).body.contains(WHY) && asked.body.contains(" checked"));
    let reply = send(&browser, page, &[address, ("password", PASSWORD)]).await;
    assert_eq!(place(&reply), "/account/email?done");
    let gone = send(&browser, "/account/delete", &[sure]).await;
    assert_eq!(place(&gone), "/login?done", "the password has been given a moment ago");
}

#[tokio::test]
async fn hundreds_of_sessions_are_shown() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for _ in 0..200 {
        app.browser().login("ada").await.assert_status(200);
    }
    let page = browser.open(SESSIONS).await;
    assert!(page.assert_status(200).body.contains("This browser"));
    assert!(page.body.contains("200 other browsers."), "{}", page.body);
}

#[tokio::test]
async fn what_happened_is_told_in_words_and_page_by_page() {
    let app = TestApp::new().await;
    let browser = app.signed_in("ada").await;
    for _ in 0..3 {
        app.browser().login_with("ada", "wrong-horse").await.assert_status(400);
    }
    app.auth.write_failures().await.unwrap();
    let page = browser.open("/account/activity").await;
    for part in ["Signed in", "Failed sign-in, 3 times", "just now"] {
        assert!(page.assert_status(200).body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("?before="), "that is all");
    tells(&browser, "/account/activity?before=0.0", "Nothing happened before that.").await;
    for odd in ["x", "9999999999999999999999"] {
        tells(&browser, &format!("/account/activity?before={odd}"), ">Latest<").await;
    }
    browser.open("/account/activity?before=%FF").await.assert_status(200);
}
