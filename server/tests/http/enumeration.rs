//! Who has an account, and how it stands, is not to be found out: whatever a stranger asks, every
//! class of account is answered with the same bytes and headers and costs the same hashes, and mails
//! wait to be sent, if there are any.
//!
//! How long it takes is measured by `make bench` (`enumeration`).

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Browser, Reply, TestApp, app::PASSWORD};

/// What "ada" is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Unknown,
    Active,
    Disabled,
    /// No password belongs to the hash.
    Unusable,
    /// Another program made the hash.
    Imported,
    Unverified,
}

impl Class {
    const OTHERS: [Self; 5] =
        [Self::Active, Self::Disabled, Self::Unusable, Self::Imported, Self::Unverified];

    /// A service where ada is this, and eve is somebody else.
    async fn app(self) -> TestApp {
        let app = TestApp::with(&[
            "--account-email-verification=mandatory",
            "--account-login-methods=username,email",
            "--default-throttle-rates=dj_rest_auth=10/min",
        ])
        .await;
        app.user("eve").await;
        if self != Self::Unknown {
            app.user("ada").await;
        }
        if let Some(change) = self.change() {
            app.database.execute(change).await;
        }
        app
    }

    fn change(self) -> Option<&'static str> {
        match self {
            Self::Unknown | Self::Active => None,
            Self::Disabled => Some("UPDATE users SET disabled_at = 1 WHERE username = 'ada'"),
            Self::Unusable => {
                Some("UPDATE users SET password_hash = '!nothing' WHERE username = 'ada'")
            }
            Self::Imported => Some(
                "UPDATE users SET password_hash = 'old$correct-horse-9', password_decoy = 'old' \
                 WHERE username = 'ada'",
            ),
            Self::Unverified => {
                Some("UPDATE users SET email_verified_at = NULL WHERE username = 'ada'")
            }
        }
    }
}

/// What a stranger does to find out; bodies are as they are sent.
#[derive(Clone, Copy, Debug)]
enum Ask {
    SignIn(&'static str),
    Form(&'static str, &'static str),
    Json(&'static str, &'static str),
    /// As eve, who has an account and wants ada's address.
    TakeAddress,
}

const NEW_NAME: &str = r#"{"username": "adele", "email": "ada@example.com", "password1": "winter-Lamp-42", "password2": "winter-Lamp-42"}"#;

/// What is asked, and how many hashes that costs.
const ASKED: [(Ask, usize); 14] = [
    (Ask::SignIn(r#"{"username": "ada", "password": "wrong-horse-9"}"#), 1),
    (Ask::SignIn(r#"{"username": "ADA", "password": "wrong-horse-9"}"#), 1),
    (Ask::SignIn(r#"{"username": " ａｄａ ", "password": "wrong-horse-9"}"#), 1),
    (Ask::SignIn(r#"{"email": "Ada@Example.com", "password": "wrong-horse-9"}"#), 1),
    (Ask::SignIn(r#"{"username": "ada@example.com", "password": "x"}"#), 1),
    (Ask::Form("/login", "username=ada&password=wrong-horse-9"), 1),
    (Ask::Json("/api/auth/registration/", NEW_NAME), 1),
    (
        Ask::Form(
            "/register",
            "username=adele&email=ADA%40example.com&password1=winter-Lamp-42&password2=winter-Lamp-42",
        ),
        1,
    ),
    (Ask::Json("/api/auth/password/reset/", r#"{"email": "ada@example.com"}"#), 0),
    (Ask::Json("/api/auth/password/reset/", r#"{"email": "ADA@EXAMPLE.COM"}"#), 0),
    (Ask::Form("/forgot-password", "email=ada%40example.com"), 0),
    (Ask::Json("/api/auth/registration/resend-email/", r#"{"email": "ada@example.com"}"#), 0),
    (Ask::Form("/resend-email", "email=ada%40example.com"), 0),
    (Ask::TakeAddress, 1),
];

impl Ask {
    async fn send(self, browser: &Browser) -> Reply {
        match self {
            Self::SignIn(body) => json_of(browser, "/api/auth/login/", body).await,
            Self::Json(path, body) => json_of(browser, path, body).await,
            Self::Form(page, body) => {
                let headers = [
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("sec-fetch-site", "same-origin"),
                    ("accept", "text/html"),
                ];
                browser.send(Method::POST, page, &headers, body).await
            }
            Self::TakeAddress => {
                let body = json!({"email": "ada@example.com", "password": PASSWORD});
                browser.post("/api/auth/email/", &body).await
            }
        }
    }
}

async fn json_of(browser: &Browser, path: &str, body: &str) -> Reply {
    let body: Value = serde_json::from_str(body).unwrap();
    browser.post(path, &body).await
}

/// An answer, but for what is another each time: the request's id and the page's nonce.
fn observed(reply: &Reply) -> String {
    let mut headers = reply.headers.clone();
    headers.remove("x-request-id");
    let mut lines: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    let text = format!("{}\n{}\n\n{}", reply.status, lines.join("\n"), reply.body);
    let nonce = text.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    nonce.map_or(text.clone(), |nonce| text.replace(nonce, "…"))
}

/// What a stranger sees who asks this of a service of their own, and what it costs in hashes.
async fn seen(ask: Ask, class: Class, failures: usize) -> (String, usize) {
    let app = class.app().await;
    let browser = app.browser();
    if matches!(ask, Ask::TakeAddress) {
        browser.login("eve").await.assert_status(200);
    }
    for _ in 0..failures {
        app.browser().login_with("ada", "wrong-horse-9").await;
    }
    let before = app.hasher.count();
    let reply = ask.send(&browser).await;
    assert!(app.letterbox.empty().is_empty(), "{ask:?}: mails are sent later, by others");
    (observed(&reply), app.hasher.count() - before)
}

#[tokio::test]
async fn every_class_of_account_is_answered_alike() {
    for (ask, hashes) in ASKED {
        let (nobody, cost) = seen(ask, Class::Unknown, 0).await;
        assert_eq!(cost, hashes, "{ask:?}");
        assert!(cost > 0 || nobody.starts_with(['2', '3']), "{ask:?} is refused: {nobody}");
        for class in Class::OTHERS {
            let (somebody, cost) = seen(ask, class, 0).await;
            assert_eq!(somebody, nobody, "{ask:?} of {class:?}");
            // As long as there are imported hashes time is used up, not hashes: see `hashing.rs`.
            if class != Class::Imported || hashes == 0 {
                assert_eq!(cost, hashes, "{ask:?} of {class:?}");
            }
        }
    }
}

#[tokio::test]
async fn so_they_are_once_attempts_are_limited() {
    for (ask, _) in ASKED {
        let nobody = seen(ask, Class::Unknown, 12).await;
        for class in [Class::Active, Class::Disabled, Class::Unverified] {
            assert_eq!(seen(ask, class, 12).await, nobody, "{ask:?} of {class:?}");
        }
    }
}

/// Not even the right password tells of an account that cannot be had by it.
#[tokio::test]
async fn a_right_password_tells_nothing_where_it_opens_nothing() {
    let right = |name| match name {
        "email" => r#"{"email": "ada@example.com", "password": "correct-horse-9"}"#,
        _ => r#"{"username": "ada", "password": "correct-horse-9"}"#,
    };
    for (name, class) in [
        ("username", Class::Disabled),
        ("username", Class::Unusable),
        ("email", Class::Disabled),
        ("email", Class::Unusable),
        ("email", Class::Unverified),
    ] {
        let ask = Ask::SignIn(right(name));
        assert_eq!(seen(ask, class, 0).await, seen(ask, Class::Unknown, 0).await, "{class:?}");
    }
}

/// One form of a name is one account; what looks like it is another, or none.
#[tokio::test]
async fn a_name_has_one_canonical_form() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for (name, is_ada) in [
        ("ada", true),
        ("Ada", true),
        ("ADA", true),
        (" ada ", true),
        ("ａｄａ", true),
        ("ada.", false),
        ("ada+tag", false),
        // Cyrillic.
        ("аda", false),
        ("adа", false),
    ] {
        let login = app.browser().login(name).await;
        login.assert_status(if is_ada { 200 } else { 400 });
        let body = json!({
            "username": name, "password1": "winter-Lamp-42", "password2": "winter-Lamp-42",
        });
        let made = app.browser().post("/api/auth/registration/", &body).await;
        made.assert_status(if is_ada { 400 } else { 201 });
    }
}
