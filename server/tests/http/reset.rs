//! A forgotten password, from the mail to the new one.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::support::{Reply, TestApp, app::days};

const RESET: &str = "/api/auth/password/reset/";
const CONFIRM: &str = "/api/auth/password/reset/confirm/";
const NEW: &str = "autumn-Lamp-77";
const SENT: &str = r#"{"detail":"Password reset e-mail has been sent."}"#;
const INVALID: &str = "Invalid value";

async fn ask(app: &TestApp, email: &str) -> Reply {
    app.browser().post(RESET, &json!({"email": email})).await
}

/// The two parts of the only link in the only mail that has come.
async fn link(app: &TestApp) -> (String, String) {
    app.auth.send_mails().await.unwrap();
    let [letter] = &app.letterbox.empty()[..] else { panic!("not one mail") };
    assert_eq!(letter.to, "ada@example.com");
    let link = letter.text.lines().find(|line| line.starts_with("https://")).unwrap();
    assert!(link.starts_with("https://app.example.com/reset-password?"), "{link}");
    let part = |name: &str| {
        let link = Url::parse(link).unwrap();
        link.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    (part("uid"), part("token"))
}

fn choice((uid, token): &(String, String), first: &str, second: &str) -> Value {
    json!({"uid": uid, "token": token, "new_password1": first, "new_password2": second})
}

/// Ada has an account, and a link to a new password.
async fn forgetful() -> (TestApp, (String, String)) {
    let app = TestApp::new().await;
    app.user("ada").await;
    ask(&app, "ada@example.com").await.assert_status(200);
    let link = link(&app).await;
    (app, link)
}

#[tokio::test]
async fn a_mail_leads_to_a_new_password_and_ends_all_sessions() {
    let app = TestApp::new().await;
    let thief = app.signed_in("ada").await;
    assert_eq!(ask(&app, "ADA@example.com").await.assert_status(200).body, SENT);
    let link = link(&app).await;
    let browser = app.browser();
    let reply = browser.post(CONFIRM, &choice(&link, NEW, NEW)).await;
    assert_eq!(
        reply.assert_status(200).body,
        r#"{"detail":"Password has been reset with the new password."}"#
    );
    assert_eq!(reply.cookie_names(), ["access", "refresh"]);
    browser.get("/api/data/").await.assert_status(200);
    thief.get("/api/data/").await.assert_status(401);
    thief.refresh().await.assert_status(401);
    app.browser().login("ada").await.assert_status(400);
    browser.login_with("ada", NEW).await.assert_status(200);
    // The owner is told.
    app.auth.send_mails().await.unwrap();
    let told: Vec<_> = app.letterbox.empty().into_iter().map(|letter| letter.subject).collect();
    assert_eq!(told, ["Your password was changed"]);
}

#[tokio::test]
async fn a_link_can_be_used_once() {
    let (app, link) = forgetful().await;
    let token = json!({"token": [INVALID]});
    app.browser().post(CONFIRM, &choice(&link, NEW, NEW)).await.assert_status(200);
    for password in [NEW, "winter-Lamp-42"] {
        let again = app.browser().post(CONFIRM, &choice(&link, password, password)).await;
        assert_eq!(again.assert_status(400).json(), token);
    }
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_wins() {
    let (app, link) = forgetful().await;
    let (one, two) = (app.browser(), app.browser());
    // Neither is the present one: to choose that changes nothing, and the link stays good.
    let other = "winter-Lamp-42";
    let (first, second) = (choice(&link, NEW, NEW), choice(&link, other, other));
    let (one, two) = tokio::join!(one.post(CONFIRM, &first), two.post(CONFIRM, &second));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn whoever_signs_in_meanwhile_has_not_forgotten_it() {
    let (app, link) = forgetful().await;
    app.browser().login("ada").await.assert_status(200);
    let refused = app.browser().post(CONFIRM, &choice(&link, NEW, NEW)).await;
    assert_eq!(refused.assert_status(400).json(), json!({"token": [INVALID]}));
}

#[tokio::test]
async fn a_link_lasts_for_three_days() {
    // The link knows whole seconds: it was made 217 ms after one.
    for (age_ms, status) in [(3 * 86_400_000 - 217, 200), (3 * 86_400_000 - 216, 400)] {
        let (app, link) = forgetful().await;
        app.advance(Duration::from_millis(age_ms));
        let reply = app.browser().post(CONFIRM, &choice(&link, NEW, NEW)).await;
        reply.assert_status(status);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_and_changes_nothing() {
    let (app, link) = forgetful().await;
    let blank = "This field may not be blank.";
    let required = "This field is required.";
    let all = |words: &str| {
        json!({
            "new_password1": [words], "new_password2": [words], "uid": [words], "token": [words],
        })
    };
    let own = |uid: &str, token: &str| (uid.to_owned(), token.to_owned());
    let nobody = json!({"uid": [INVALID]});
    let second = |words: &[&str]| json!({"new_password2": words});
    let rows = [
        (json!({}), all(required)),
        (choice(&own("", ""), "", ""), all(blank)),
        (choice(&own("zzzzzz", &link.1), NEW, NEW), nobody.clone()),
        (choice(&own("-1", &link.1), NEW, NEW), nobody.clone()),
        (choice(&own("ö", &link.1), NEW, NEW), nobody),
        // Checked before the passwords.
        (choice(&own(&link.0, "abc-def"), "a", "b"), json!({"token": [INVALID]})),
        (choice(&link, NEW, "other"), second(&["The two password fields didn’t match."])),
        (choice(&link, "password123", "password123"), second(&["This password is too common."])),
        (
            choice(&link, "lovelace1", "lovelace1"),
            second(&["The password is too similar to the last name."]),
        ),
    ];
    for (body, wrong) in rows {
        let reply = app.browser().post(CONFIRM, &body).await;
        assert_eq!(reply.assert_status(400).json(), wrong, "{body}");
        assert!(reply.cookies().is_empty());
    }
    app.browser().post(CONFIRM, &choice(&link, NEW, NEW)).await.assert_status(200);
}

#[tokio::test]
async fn the_link_of_one_account_opens_no_other() {
    let (app, (_, token)) = forgetful().await;
    app.user("bob").await;
    let bobs = ("2".to_owned(), token);
    let reply = app.browser().post(CONFIRM, &choice(&bobs, NEW, NEW)).await;
    assert_eq!(reply.assert_status(400).json(), json!({"token": [INVALID]}));
}

#[tokio::test]
async fn the_answer_is_the_same_for_all_addresses_and_mails_go_to_some() {
    let app = TestApp::new().await;
    app.user("ada").await;
    app.user("eve").await;
    app.auth.disable_user("eve").await.unwrap();
    let hashes = app.hasher.count();
    let replies = [
        ask(&app, "ada@example.com").await,
        ask(&app, "nobody@example.com").await,
        ask(&app, "eve@example.com").await,
    ];
    for reply in &replies {
        assert_eq!(reply.assert_status(200).body, SENT);
        let mut headers = reply.headers.clone();
        headers.remove("x-request-id");
        let mut first = replies[0].headers.clone();
        first.remove("x-request-id");
        assert_eq!(headers, first);
    }
    assert_eq!(app.hasher.count(), hashes);
    link(&app).await;
    assert!(app.auth.store.waiting_mails(app.auth.now() + days(9), 10).await.unwrap().is_empty());
    for (body, wrong) in [
        (json!({}), "This field is required."),
        (json!({"email": ""}), "This field may not be blank."),
        (json!({"email": null}), "This field may not be null."),
        (json!({"email": "nope"}), "Enter a valid email address."),
    ] {
        let reply = app.browser().post(RESET, &body).await;
        assert_eq!(reply.assert_status(400).json(), json!({"email": [wrong]}));
    }
}
