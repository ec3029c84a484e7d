//! For each operation that may change something: a request that has it done. Who adds a route says
//! here what is sent to it, once, and every test that goes over all of them knows.

use app::wire::paths;
use axum::http::Method;
use latchkey::http::api::sessions::SESSION;
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::{
    Browser, Reply, TestApp,
    app::{PASSWORD, mins},
    routes::Operation,
};

pub const NEW_PASSWORD: &str = "winter-Lamp-42";

/// Ada, signed in at two browsers, with two mails that she has not followed.
pub struct Scene<App = TestApp> {
    pub app: App,
    pub browser: Browser,
    /// Her session in the other one.
    pub elsewhere: String,
    /// The key that shows that an address is hers.
    pub key: String,
    /// The two parts of a link to a new password.
    pub reset: (String, String),
}

impl Scene {
    pub async fn new(flags: &[&str]) -> Self {
        Self::in_app(TestApp::with(flags).await, &[]).await
    }

    /// Her requests carry these headers.
    pub async fn in_app(app: TestApp, headers: &[(&str, &str)]) -> Self {
        app.user("ada").await;
        let browser = || app.browser().with_headers(headers);
        let (browser, other) = (browser(), browser());
        ask_for_mails(&browser, &other).await;
        app.auth.send_mails().await.unwrap();
        let letters: Vec<_> = app.letterbox.empty().into_iter().map(|letter| letter.text).collect();
        let scene = Scene::with_mails(app, browser, &letters).await;
        // From now on a refresh is a rotation.
        scene.app.advance(mins(2));
        scene
    }
}

/// Both browsers sign in, and two mails are on their way.
pub async fn ask_for_mails(browser: &Browser, other: &Browser) {
    for browser in [browser, other] {
        browser.login("ada").await.assert_status(200);
    }
    let wanted = json!({"email": "ada@new.example"});
    browser.post(paths::EMAIL_CHANGE, &wanted).await.assert_status(200);
    let known = json!({"email": "ada@example.com"});
    browser.post(paths::PASSWORD_RESET, &known).await.assert_status(200);
}

/// What stands in the query of the link to this page.
fn link(letters: &[String], page: &str) -> Vec<String> {
    let mut lines = letters.iter().flat_map(|letter| letter.lines());
    let found = lines.find(|line| line.contains(&format!("{page}?"))).unwrap();
    let link = Url::parse(found).unwrap();
    link.query_pairs().map(|(_, value)| value.into_owned()).collect()
}

impl<App> Scene<App> {
    /// Once the mails are there.
    pub async fn with_mails(app: App, browser: Browser, letters: &[String]) -> Self {
        let key = link(letters, paths::VERIFY_EMAIL_PAGE).remove(0);
        let mut reset = link(letters, paths::RESET_PASSWORD_PAGE).into_iter();
        let reset = (reset.next().unwrap(), reset.next().unwrap());
        let sessions = browser.get(paths::SESSIONS).await.json();
        let sessions = sessions["sessions"].as_array().unwrap();
        let other = sessions.iter().find(|session| session["is_current"] == false).unwrap();
        let elsewhere = other["id"].as_str().unwrap().to_owned();
        Self { app, browser, elsewhere, key, reset }
    }

    /// What its access cookie holds, whatever that is called.
    fn access_token(&self) -> String {
        let names = ["access", "__Host-Http-access"];
        names.into_iter().find_map(|name| self.browser.cookie(name)).unwrap()
    }

    /// What is sent to have this done.
    pub fn errand(&self, operation: &Operation) -> Errand {
        let text = |value: &str| Value::from(value);
        let ada = text("ada");
        let password = text(PASSWORD);
        let (first, second) = (text(NEW_PASSWORD), text(NEW_PASSWORD));
        let fields = match operation.path {
            paths::TOKEN_REFRESH | paths::LOGOUT | paths::LOGOUT_PAGE => vec![],
            paths::TOKEN_VERIFY => vec![("token", text(&self.access_token()))],
            paths::LOGIN | paths::LOGIN_PAGE => vec![("username", ada), ("password", password)],
            paths::REGISTRATION | paths::REGISTER_PAGE => vec![
                ("username", text("eve")),
                ("email", text("eve@example.com")),
                ("password1", first),
                ("password2", second),
            ],
            paths::VERIFY_EMAIL | paths::VERIFY_EMAIL_PAGE => vec![("key", text(&self.key))],
            paths::RESEND_EMAIL
            | paths::RESEND_EMAIL_PAGE
            | paths::PASSWORD_RESET
            | paths::FORGOT_PASSWORD_PAGE => vec![("email", text("ada@example.com"))],
            paths::PASSWORD_RESET_CONFIRM | paths::RESET_PASSWORD_PAGE => vec![
                ("uid", text(&self.reset.0)),
                ("token", text(&self.reset.1)),
                ("new_password1", first),
                ("new_password2", second),
            ],
            paths::PASSWORD_CHANGE | paths::PASSWORD_PAGE => vec![
                ("old_password", password),
                ("new_password1", first),
                ("new_password2", second),
            ],
            paths::USER | paths::PROFILE_PAGE => {
                vec![("username", text("countess")), ("first_name", text("Augusta"))]
            }
            paths::EMAIL_CHANGE | paths::EMAIL_PAGE => {
                vec![("email", text("ada@third.example")), ("password", password)]
            }
            paths::SESSIONS_PAGE => vec![("end", text(&self.elsewhere))],
            SESSION
            | paths::ACCOUNT_DELETE
            | paths::DELETE_PAGE
            | paths::REAUTHENTICATE
            | paths::REVOKE_OTHERS
            | paths::REVOKE_ALL => vec![("password", password)],
            new => panic!("what is sent to {new}? Say it in server/tests/support/errands.rs"),
        };
        Errand {
            method: operation.method.clone(),
            path: operation.path.replace("{id}", &self.elsewhere),
            is_form: operation.access.is_none(),
            fields,
        }
    }
}

/// A request that is about to be sent.
#[derive(Clone, Debug)]
pub struct Errand {
    pub method: Method,
    pub path: String,
    /// Whether it is a page's form.
    pub is_form: bool,
    pub fields: Vec<(&'static str, Value)>,
}

/// How fields are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    Json,
    Urlencoded,
    Multipart,
    /// JSON that says it is plain text: what other sites can send without asking.
    Text,
    /// None at all.
    Nothing,
}

impl Writing {
    pub const ALL: [Self; 5] =
        [Self::Json, Self::Urlencoded, Self::Multipart, Self::Text, Self::Nothing];

    /// Media type and body.
    pub fn write(self, fields: &[(&'static str, Value)]) -> (Option<&'static str>, String) {
        let json = || {
            let pairs = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            Value::Object(pairs.collect::<Map<_, _>>()).to_string()
        };
        let texts = || fields.iter().map(|(name, value)| (*name, plain(value)));
        match self {
            Self::Json => (Some("application/json"), json()),
            Self::Text => (Some("text/plain"), json()),
            Self::Urlencoded => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                (Some("application/x-www-form-urlencoded"), form.extend_pairs(texts()).finish())
            }
            Self::Multipart => {
                let part = |(name, value)| {
                    format!(
                        "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                    )
                };
                let parts: String = texts().map(part).collect();
                (Some("multipart/form-data; boundary=x"), format!("{parts}--x--\r\n"))
            }
            Self::Nothing => (None, String::new()),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Errand {
    /// As our own pages write it: JSON, or a form.
    pub fn own_writing(&self) -> Writing {
        if self.is_form { Writing::Urlencoded } else { Writing::Json }
    }

    /// What a success is answered with.
    pub fn has_worked(&self, reply: &Reply) -> bool {
        if self.is_form { reply.status == 303 } else { reply.status.is_success() }
    }

    pub async fn send(&self, browser: &Browser, headers: &[(&str, &str)]) -> Reply {
        self.send_as(browser, self.own_writing(), headers).await
    }

    pub async fn send_as(
        &self,
        browser: &Browser,
        writing: Writing,
        headers: &[(&str, &str)],
    ) -> Reply {
        let (kind, body) = writing.write(&self.fields);
        let kind = kind.map(|kind| ("content-type", kind));
        let headers: Vec<_> = headers.iter().copied().chain(kind).collect();
        browser.send(self.method.clone(), &self.path, &headers, body).await
    }
}
