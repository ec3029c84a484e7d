//! Exchanges that were recorded with dj-rest-auth 7.2.0 and simplejwt 5.5.1 in their mode of
//! `HttpOnly` cookies, sent once more. In the recording the tokens are written as what they were:
//! `<access expired>` was an access token whose time had passed.
//!
//! Whatever is not answered as it was recorded stands in `differences.toml`, with the reason; what
//! stands there without need is a failure as well.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    body::Body,
    case::Case,
    exchange::Answer,
    expected::Expected,
    person::{PEOPLE, Person},
    profile::Profile,
};

/// Headers that count. What is not recorded of these was not sent.
const HEADERS: [&str; 8] = [
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "allow",
    "content-type",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
];

/// A line of the recording.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    /// Whose tokens these are.
    #[serde(default)]
    r#as: String,
    send: String,
    headers: Vec<String>,
    cookie: String,
    json: Option<Box<RawValue>>,
    /// A body that is no JSON, a character a byte.
    body: Option<String>,
    status: u16,
    answered: BTreeMap<String, String>,
    cookies: Vec<String>,
    answer: Option<Box<RawValue>>,
}

/// `differences.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    /// What happened before some of the exchanges and was not recorded.
    before: BTreeMap<String, Vec<String>>,
    difference: Vec<Difference>,
}

/// Where Latchkey answers otherwise on purpose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// In the words of DESIGN section 10.
    reason: String,
    /// The exchanges that it concerns.
    cases: BTreeSet<String>,
    status: Option<u16>,
    /// Parts of the body, with what stands in their place.
    #[serde(default)]
    replace: Vec<[String; 2]>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Cookies that are not set.
    #[serde(default)]
    without: Vec<String>,
    /// Cookies that are set besides.
    #[serde(default)]
    besides: Vec<String>,
}

/// The recording, in its order.
pub struct Recording {
    rows: Vec<Row>,
    notes: Notes,
}

impl Recording {
    pub fn read() -> Self {
        let lines = include_str!("recorded.jsonl").lines();
        let rows: Vec<Row> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        let notes: Notes = toml::from_str(include_str!("differences.toml")).unwrap();
        let named = notes.difference.iter().flat_map(|one| &one.cases).chain(notes.before.keys());
        for name in named {
            assert!(rows.iter().any(|row| row.name == *name), "{name} was not recorded");
        }
        Self { rows, notes }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Sends it all. The complaints, by the name of the exchange.
    pub fn replay(&self, profile: &Profile) -> Vec<(String, Vec<String>)> {
        let mut people = BTreeMap::new();
        let mut failures = Vec::new();
        for row in &self.rows {
            let person =
                people.entry(row.r#as.clone()).or_insert_with(|| somebody(&row.r#as, profile));
            let case = row.case(self.notes.before.get(&row.name));
            let answer = case.prepare(person, profile).map(|()| case.ask(person, profile));
            let complaints = match answer {
                Ok(answer) => {
                    if !row.r#as.is_empty() {
                        person.adopt(&answer);
                    }
                    self.judge(row, &answer)
                }
                Err(trouble) => vec![trouble],
            };
            if !complaints.is_empty() {
                failures.push((row.name.clone(), complaints));
            }
        }
        failures
    }

    /// What differs though no difference says so, and what does not differ though one does.
    fn judge(&self, row: &Row, answer: &Answer) -> Vec<String> {
        let differences: Vec<_> =
            self.notes.difference.iter().filter(|one| one.cases.contains(&row.name)).collect();
        let without = |left_out: Option<&Difference>| {
            let mut expected = row.expected();
            for difference in &differences {
                if !left_out.is_some_and(|one| std::ptr::eq(one, *difference)) {
                    difference.apply_to(&mut expected);
                }
            }
            expected.complaints(answer)
        };
        let mut complaints = without(None);
        for difference in &differences {
            if without(Some(difference)).is_empty() {
                complaints.push(format!("is no different by this: {}", difference.reason));
            }
        }
        complaints
    }
}

/// Who is meant by a name in the recording.
fn somebody(name: &str, profile: &Profile) -> Person {
    if name.is_empty() {
        return Person::default();
    }
    match PEOPLE.iter().find(|one| one.username == name) {
        Some(one) => Person::known(one).signed_in(profile),
        // They register on the way.
        None => Person {
            username: name.to_owned(),
            email: format!("{name}@example.com"),
            ..Person::default()
        },
    }
}

impl Row {
    fn case(&self, before: Option<&Vec<String>>) -> Case {
        let mut headers = self.headers.clone();
        let body = match (&self.json, &self.body) {
            (Some(json), _) => {
                headers.retain(|line| !line.starts_with("Content-Type:"));
                Body::json(json.get())
            }
            (None, Some(text)) if text.is_ascii() => Body::raw(text),
            (None, Some(text)) => {
                let bytes: Vec<_> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
                Body { hex: Some(hex::encode(bytes)), ..Body::default() }
            }
            (None, None) => Body::default(),
        };
        Case {
            name: self.name.clone(),
            before: before.cloned().unwrap_or_default(),
            send: self.send.clone(),
            headers,
            cookie: Some(self.cookie.clone()),
            body,
            ..Case::default()
        }
    }

    fn expected(&self) -> Expected {
        let header = |name: &str| (name.to_owned(), self.answered.get(name).cloned());
        Expected {
            status: self.status,
            body: self.answer.as_ref().map(|json| json.get().to_owned()).unwrap_or_default(),
            headers: HEADERS.into_iter().map(header).collect(),
            cookies: self.cookies.clone(),
        }
    }
}

impl Difference {
    fn apply_to(&self, expected: &mut Expected) {
        expected.status = self.status.unwrap_or(expected.status);
        for [theirs, ours] in &self.replace {
            expected.body = expected.body.replacen(theirs, ours, 1);
        }
        for (name, value) in &self.headers {
            expected.headers.insert(name.clone(), Some(value.clone()));
        }
        let is_left_out = |cookie: &str| {
            cookie.split_once(':').is_some_and(|(name, _)| self.without.iter().any(|n| n == name))
        };
        expected.cookies.retain(|cookie| !is_left_out(cookie));
        expected.cookies.extend(self.besides.iter().cloned());
    }
}
