//! What a new password may be, wherever one is set: nothing that is tried first, nothing about the
//! person or the site, and anything else.

use latchkey::auth::{CreateUser, SetPasswordError};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp, app::PASSWORD};

const COMMON: &str = "This password is too common.";
const SITE: &str = "The password is too similar to the name of this site.";

/// Each place where a password is set; "ada" has an account.
#[derive(Clone, Copy, Debug)]
enum Place {
    Registration,
    Change,
    Reset,
}

impl Place {
    const ALL: [Self; 3] = [Self::Registration, Self::Change, Self::Reset];

    async fn set(self, app: &TestApp, password: &str) -> Reply {
        let both = json!({"new_password1": password, "new_password2": password});
        match self {
            Self::Registration => {
                let body = json!({"username": "eve", "email": "eve@nowhere.org", "password1": password, "password2": password});
                app.browser().post("/api/auth/registration/", &body).await
            }
            Self::Change => {
                let browser = app.browser();
                browser.login("ada").await.assert_status(200);
                let body = joined(both, &json!({"old_password": PASSWORD}));
                browser.post("/api/auth/password/change/", &body).await
            }
            Self::Reset => {
                let email = json!({"email": "ada@example.com"});
                app.browser().post("/api/auth/password/reset/", &email).await.assert_status(200);
                let body = joined(both, &link(app).await);
                app.browser().post("/api/auth/password/reset/confirm/", &body).await
            }
        }
    }
}

fn joined(mut body: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// What the last mail's link carries.
async fn link(app: &TestApp) -> Value {
    app.auth.send_mails().await.unwrap();
    let letters = app.letterbox.empty();
    let link =
        letters.iter().flat_map(|letter| letter.text.lines()).find(|line| line.contains("uid="));
    let link = url::Url::parse(link.unwrap()).unwrap();
    link.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect()
}

/// All that is said of a password, under whatever field.
fn said(reply: &Reply) -> Vec<String> {
    let body = reply.json();
    let messages = body.as_object().unwrap().values().flat_map(|list| list.as_array().unwrap());
    messages.map(|message| message.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_tried_first_is_refused_everywhere() {
    // No mail waits for another.
    let site = ["--public-url", "https://accounts.analytical-engine.org", "--login-limits=false"];
    let app = TestApp::with(&site).await;
    app.user("ada").await;
    for (password, expected) in [
        // Django's list, and in another dress.
        ("password123", COMMON),
        ("PASSWORD123", COMMON),
        ("P@ssw0rd123!", COMMON),
        // The others of the breached.
        ("newlife4me", COMMON),
        ("Borg2000", COMMON),
        // The site.
        ("latchkey2026", SITE),
        ("Analytical1", SITE),
    ] {
        for place in Place::ALL {
            let reply = place.set(&app, password).await;
            assert_eq!(said(reply.assert_status(400)), [expected], "{password} at {place:?}");
        }
        let by_hand = app.auth.set_password("ada", password.into()).await;
        let Err(SetPasswordError::Password(fault)) = by_hand else { panic!("{by_hand:?}") };
        assert_eq!(fault.to_string(), expected);
    }
    app.browser().login("ada").await.assert_status(200);
}

#[tokio::test]
async fn what_is_known_about_the_person_is_refused_everywhere() {
    let app = TestApp::new().await;
    let ada = CreateUser {
        username: "ada".to_owned(),
        email: Some("ada@example.com".to_owned()),
        verified: true,
        superuser: false,
        first_name: "Augusta".to_owned(),
        last_name: "Lovelace".to_owned(),
        password: PASSWORD.into(),
    };
    app.auth.create_user(ada).await.unwrap();
    let rows = [
        (Place::Registration, "eve.nowhere", "email address"),
        (Place::Registration, "nowhere2026", "email address"),
        (Place::Change, "Augusta77", "first name"),
        (Place::Change, "ecalevol!", "last name"),
        (Place::Reset, "example99", "email address"),
        (Place::Reset, "lovelace-1", "last name"),
    ];
    for (place, password, what) in rows {
        let reply = place.set(&app, password).await;
        let expected = format!("The password is too similar to the {what}.");
        assert_eq!(said(reply.assert_status(400)), [expected], "{password}");
    }
}

#[tokio::test]
async fn nothing_is_asked_of_its_characters() {
    let long = |length| "abc def ".repeat(16)[..length].to_owned();
    for password in [
        "aaaaaaaaaaaaaaaaaaa_unique".to_owned(),
        "all in lower case".to_owned(),
        "  spaces around  ".to_owned(),
        "🗝🚪🗝🚪🗝🚪🗝🚪".to_owned(),
        "8 chars!".to_owned(),
        long(64),
        long(128),
    ] {
        let app = TestApp::new().await;
        app.user("ada").await;
        Place::Change.set(&app, &password).await.assert_status(200);
        app.browser().login_with("ada", &password).await.assert_status(200);
    }
}

#[tokio::test]
async fn too_short_and_too_long_ones_cost_no_hash() {
    let app = TestApp::new().await;
    for password in ["7 chars".to_owned(), "x".repeat(129)] {
        let hashes = app.hasher.count();
        Place::Registration.set(&app, &password).await.assert_status(400);
        assert_eq!(app.hasher.count(), hashes);
    }
}

/// No character is changed on the way: with real hashes, what differs somewhere is another password.
#[tokio::test]
async fn every_character_counts() {
    let app = TestApp::hashing_as_served(crate::support::Engine::of_this_run(), &[]).await;
    let long = "0123456789 ".repeat(8);
    for (password, other) in [
        ("crème brûlée", "cre\u{300}me bru\u{302}le\u{301}e"),
        ("trailing space ", "trailing space"),
        ("Capital Letter", "capital letter"),
        (&*format!("{long}a"), &*format!("{long}b")),
    ] {
        let hash = |password: &str| SecretString::from(password.to_owned());
        app.auth.delete_user("ada").await.ok();
        app.user("ada").await;
        app.auth.set_password("ada", hash(password)).await.unwrap();
        app.browser().login_with("ada", other).await.assert_status(400);
        app.browser().login_with("ada", password).await.assert_status(200);
    }
}
