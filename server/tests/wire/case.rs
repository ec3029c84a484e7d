//! A row of a table: somebody sends something, and this is what has to come back.

use std::{thread, time::Duration};

use serde::Deserialize;

use super::{
    body::Body,
    cookies,
    endpoint::{self, CHALLENGE},
    exchange::{Answer, Sent},
    expected::Expected,
    person::Person,
    profile::Profile,
    setting::Setting,
};

/// One row. In all texts `<words>` may stand: those of `words.toml`, and those of
/// [`Setting::means`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Case {
    pub name: String,
    /// Which server it is sent to, if not to that of `default`.
    pub profile: Option<String>,
    /// Who sends it: `nobody` (who has no cookies), a `stranger` (nobody either, but with a name of
    /// their own), one of the people by name, in a session that cases share, somebody `fresh`,
    /// who has just registered, or somebody `fresh` who is `signed in` once more.
    pub r#as: String,
    /// What is sent first, by the same person: `POST /path/ {"json":1}`. It has to succeed.
    pub before: Vec<String>,
    /// Whether they take over the cookies that were set before.
    pub adopt: bool,
    /// How many milliseconds pass.
    pub wait: u64,
    /// `POST /path/`.
    pub send: String,
    /// `Name: value`.
    pub headers: Vec<String>,
    /// The `Cookie` header, if it is not the one that their browser would send.
    pub cookie: Option<String>,
    /// `body.json = '{...}'`, for example.
    pub body: Body,
    pub status: u16,
    /// The body of the answer.
    pub answer: String,
    /// See [`cookies::named`].
    pub cookies: Vec<String>,
    /// Other headers of the answer than the usual ones; `Name: none` where there is none.
    pub with: Vec<String>,
}

impl Case {
    /// Runs it. The complaints are what is not as it should be.
    pub fn run(&self, profile: &Profile) -> Vec<String> {
        let mut person = person(&self.r#as, profile);
        if let Err(trouble) = self.prepare(&mut person, profile) {
            return vec![trouble];
        }
        thread::sleep(Duration::from_millis(self.wait));
        let answer = self.ask(&person, profile);
        self.expected(&Setting { person: &person, profile }, &answer).complaints(&answer)
    }

    /// Does what comes before.
    pub fn prepare(&self, person: &mut Person, profile: &Profile) -> Result<(), String> {
        for line in &self.before {
            let answer = Self::prepared(line, person, profile).send(profile.address());
            if answer.status >= 300 {
                return Err(format!("before, at {line}: {answer:?}"));
            }
            if self.adopt {
                person.adopt(&answer);
            }
        }
        Ok(())
    }

    /// Sends the request itself.
    pub fn ask(&self, person: &Person, profile: &Profile) -> Answer {
        self.request(&Setting { person, profile }).send(profile.address())
    }

    fn prepared(line: &str, person: &Person, profile: &Profile) -> Sent {
        let setting = Setting { person, profile };
        let mut words = line.splitn(3, ' ');
        let (method, path) = (words.next().unwrap(), words.next().expect("METHOD /path"));
        let mut sent = Sent::to(&format!("{method} {}", setting.text(path)));
        if let Some(json) = words.next() {
            sent = sent.holding("application/json", setting.text(json));
        }
        if let Some(cookies) = person.cookies() {
            sent = sent.with("cookie", cookies);
        }
        if let Some(csrf) = &person.csrf {
            sent = sent.with("x-csrftoken", &**csrf);
        }
        sent
    }

    fn request(&self, setting: &Setting<'_>) -> Sent {
        let mut sent = Sent::to(&setting.text(&self.send));
        let cookies = match self.cookie.as_deref() {
            Some(cookie) => Some(setting.text(cookie)).filter(|cookie| !cookie.is_empty()),
            None => setting.person.cookies(),
        };
        if let Some(cookies) = cookies {
            sent = sent.with("cookie", cookies);
        }
        for line in &self.headers {
            let (name, value) = line.split_once(':').expect("Name: value");
            sent = sent.with(&name.to_ascii_lowercase(), setting.text(value.trim()));
        }
        self.body.put_into(sent, setting)
    }

    /// What the row says, and what holds for all answers of the API.
    fn expected(&self, setting: &Setting<'_>, answer: &Answer) -> Expected {
        let has_body = !self.answer.is_empty();
        let mut headers: Vec<(String, Option<String>)> = [
            ("cache-control", Some("no-store")),
            ("content-type", has_body.then_some("application/json")),
            ("referrer-policy", Some("same-origin")),
            ("vary", Some("Accept, origin")),
            ("www-authenticate", (self.status == 401).then_some(CHALLENGE)),
            ("x-content-type-options", Some("nosniff")),
            ("x-frame-options", Some("DENY")),
        ]
        .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
        .into();
        headers.push(("allow".to_owned(), endpoint::allow(&self.send).map(str::to_owned)));
        for line in &self.with {
            let (name, value) = line.split_once(": ").expect("Name: value");
            let value = Some(setting.pattern(value)).filter(|value| value != "none");
            headers.push((name.to_ascii_lowercase(), value));
        }
        // Bodies of these have no place in an answer, whatever their length is said to be.
        let body = if answer.body.is_empty() && self.send.starts_with("HEAD ") {
            String::new()
        } else {
            setting.pattern(&self.answer)
        };
        Expected {
            status: self.status,
            body,
            headers: headers.into_iter().collect(),
            cookies: cookies::named(&self.cookies),
        }
    }
}

fn person(who: &str, profile: &Profile) -> Person {
    match who {
        "" | "nobody" => Person::default(),
        "stranger" => Person::stranger(),
        "fresh" => Person::stranger().registered(profile),
        name => profile.session_of(name),
    }
}

/// Reads a table of cases.
pub fn table(toml: &str) -> Vec<Case> {
    #[derive(Deserialize)]
    struct Table {
        case: Vec<Case>,
    }
    let table: Table = toml::from_str(toml).unwrap_or_else(|error| panic!("{error}"));
    for case in &table.case {
        assert!(!case.name.is_empty() && case.status > 0, "a case lacks name or status: {case:?}");
    }
    table.case
}
