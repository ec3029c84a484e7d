//! Who is at the browser.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{
    exchange::{Answer, Sent},
    forge,
    profile::Profile,
};

/// Somebody with an account from the beginning.
pub struct Known {
    pub username: &'static str,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub password: &'static str,
}

const PASSWORD: &str = "correct-horse-9";

const fn known(username: &'static str) -> Known {
    Known { username, first_name: "", last_name: "", password: PASSWORD }
}

/// In the order of their ids, which is that of the recording. The address of `alice` is
/// `alice@example.com`, and verified.
pub const PEOPLE: [Known; 7] = [
    Known { first_name: "Alice", last_name: "Liddell", ..known("alice") },
    known("bob"),
    Known { password: "inactive-horse-9", ..known("inactive") },
    known("user-r1"),
    known("change-r1"),
    known("pwr-r1"),
    known("pwr-r2"),
];

/// A token and the cookie that it came in.
#[derive(Clone, Debug)]
pub struct Token {
    pub cookie: String,
    pub value: String,
}

/// Somebody, with the tokens that their browser holds.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub username: String,
    pub email: String,
    pub password: String,
    pub access: Option<Token>,
    pub refresh: Option<Token>,
    /// The refresh token with which the session began.
    pub first_refresh: Option<Token>,
    /// The double-submit token, where one is asked for.
    pub csrf: Option<String>,
}

impl Person {
    pub fn known(one: &Known) -> Self {
        Self {
            username: one.username.to_owned(),
            email: format!("{}@example.com", one.username),
            password: one.password.to_owned(),
            ..Self::default()
        }
    }

    /// Somebody of whom no server has heard.
    pub fn stranger() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let username = format!("guest-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let email = format!("{username}@example.com");
        Self { username, email, password: "winter-Lamp-42".to_owned(), ..Self::default() }
    }

    pub fn signed_in(mut self, profile: &Profile) -> Self {
        let body = json!({
            "username": self.username,
            "email": self.email,
            "password": self.password,
        });
        self.open(profile, "/api/auth/login/", &body.to_string());
        self
    }

    pub fn registered(mut self, profile: &Profile) -> Self {
        let body = json!({
            "username": self.username,
            "email": self.email,
            "password1": self.password,
            "password2": self.password,
        });
        self.open(profile, "/api/auth/registration/", &body.to_string());
        self
    }

    fn open(&mut self, profile: &Profile, path: &str, body: &str) {
        self.fetch_csrf(profile);
        let mut sent = Sent::to(&format!("POST {path}")).holding("application/json", body);
        if let Some(csrf) = &self.csrf {
            sent = sent.with("cookie", format!("csrftoken={csrf}")).with("x-csrftoken", &**csrf);
        }
        let answer = sent.send(profile.address());
        assert!(answer.status < 300, "{} {body}: {answer:?}", self.username);
        self.adopt(&answer);
        self.first_refresh.clone_from(&self.refresh);
    }

    /// Gets the double-submit token, where one is asked for.
    fn fetch_csrf(&mut self, profile: &Profile) {
        if profile.setting("JWT_AUTH_COOKIE_USE_CSRF") == Some("true") {
            let answer = Sent::to("GET /api/csrf/").send(profile.address());
            let cookie = answer.cookies().find_map(|line| line.strip_prefix("csrftoken="));
            let value = cookie.and_then(|line| line.split(';').next());
            self.csrf = value.map(str::to_owned);
        }
    }

    /// Takes over the tokens of an answer: those that it sets, as a browser does, and those of its
    /// body, as other clients do.
    pub fn adopt(&mut self, answer: &Answer) {
        for line in answer.cookies() {
            let (cookie, rest) = line.split_once('=').expect("a cookie has a name");
            self.hold(cookie, rest.split(';').next().unwrap_or_default());
        }
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        for name in ["access", "refresh"] {
            self.hold(name, body[name].as_str().unwrap_or_default());
        }
    }

    fn hold(&mut self, cookie: &str, value: &str) {
        if value.split('.').count() != 3 {
            return;
        }
        let claims = forge::claims(value);
        let place = match claims.get("token_type").and_then(Value::as_str) {
            Some("access") => &mut self.access,
            Some("refresh") => &mut self.refresh,
            kind => panic!("{kind:?} is no type of token"),
        };
        // A token that comes in a cookie and in the body keeps the name of the cookie.
        if place.as_ref().is_none_or(|token| token.value != value) {
            *place = Some(Token { cookie: cookie.to_owned(), value: value.to_owned() });
        }
    }

    /// The `Cookie` header of their browser.
    pub fn cookies(&self) -> Option<String> {
        let tokens = [&self.access, &self.refresh].into_iter().flatten();
        let pair = |token: &Token| format!("{}={}", token.cookie, token.value);
        let csrf = self.csrf.iter().map(|csrf| format!("csrftoken={csrf}"));
        let pairs: Vec<_> = tokens.map(pair).chain(csrf).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}
