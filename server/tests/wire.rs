//! The wire, from outside: the program is started as a person starts it, once for each profile of
//! settings, and spoken to over HTTP. What is sent and what has to come back stands in tables
//! beside this file:
//!
//! - `wire/cases/*.toml`: rows, one a case, by group (or by setting);
//! - `wire/endpoints.toml`: each endpoint with its fields, from which the cases of the conventions
//!   and of every fault in every field are made;
//! - `wire/recorded.jsonl`: exchanges recorded with dj-rest-auth itself, sent once more, and
//!   `wire/differences.toml`: where the answers differ on purpose, and why;
//! - `wire/profiles.toml`: the settings; `wire/words.toml`: texts that stand in many rows.
//!
//! `cargo test -p server --test wire login` runs the groups with `login` in their names.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "wire/body.rs"]
mod body;
#[path = "wire/case.rs"]
mod case;
#[path = "wire/cookies.rs"]
mod cookies;
#[path = "wire/endpoint.rs"]
mod endpoint;
#[path = "wire/exchange.rs"]
mod exchange;
#[path = "wire/expected.rs"]
mod expected;
#[path = "wire/fields.rs"]
mod fields;
#[path = "wire/forge.rs"]
mod forge;
#[path = "wire/mail.rs"]
mod mail;
#[path = "wire/pattern.rs"]
mod pattern;
#[path = "wire/person.rs"]
mod person;
#[path = "wire/profile.rs"]
mod profile;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "the rest is for the other suite")]
mod program;
#[path = "wire/recorded.rs"]
mod recorded;
#[path = "wire/setting.rs"]
mod setting;
#[path = "wire/words.rs"]
mod words;

use std::{collections::BTreeMap, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::{
    case::{Case, table},
    endpoint::{ENDPOINTS, Endpoint},
    profile::{Profile, Town},
    recorded::Recording,
};

/// The tables, by the name of their group.
const TABLES: [(&str, &str); 16] = [
    ("login", include_str!("wire/cases/login.toml")),
    ("authentication", include_str!("wire/cases/authentication.toml")),
    ("user", include_str!("wire/cases/user.toml")),
    ("refresh", include_str!("wire/cases/refresh.toml")),
    ("verify", include_str!("wire/cases/verify.toml")),
    ("logout", include_str!("wire/cases/logout.toml")),
    ("change", include_str!("wire/cases/change.toml")),
    ("reset", include_str!("wire/cases/reset.toml")),
    ("confirm", include_str!("wire/cases/confirm.toml")),
    ("registration", include_str!("wire/cases/registration.toml")),
    ("verification", include_str!("wire/cases/verification.toml")),
    ("account", include_str!("wire/cases/account.toml")),
    ("cors", include_str!("wire/cases/cors.toml")),
    ("csrf", include_str!("wire/cases/csrf.toml")),
    ("throttle", include_str!("wire/cases/throttle.toml")),
    ("settings", include_str!("wire/cases/settings.toml")),
];

const DEFAULT: &str = "default";

type Profiles = BTreeMap<String, Arc<Profile>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let profiles = profiles();
    let tables = TABLES.into_iter().flat_map(|(group, rows)| trials(group, rows, &profiles));
    let others = [Trial::test("comparison", compared), replay(Arc::clone(&profiles["recorded"]))];
    let trials = tables.chain(others).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Servers end when nobody holds them any more.
    drop(profiles);
    conclusion.exit_code()
}

fn profiles() -> Profiles {
    let settings: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(include_str!("wire/profiles.toml")).unwrap();
    let town = Arc::new(Town::default());
    let profile = |env| Arc::new(Profile::new(env, &town));
    settings.into_iter().map(|(name, env)| (name, profile(env))).collect()
}

/// The cases of a group: those of the conventions and those of its table, a test for each profile.
fn trials(group: &str, rows: &str, profiles: &Profiles) -> Vec<Trial> {
    let of_group = ENDPOINTS.iter().filter(|endpoint| endpoint.group == group);
    let mut by_profile = BTreeMap::<_, Vec<Case>>::new();
    for case in of_group.flat_map(Endpoint::cases).chain(table(rows)) {
        let profile = case.profile.clone().unwrap_or_else(|| DEFAULT.to_owned());
        let cases = by_profile.entry(profile).or_default();
        assert!(cases.iter().all(|other| other.name != case.name), "{group}: twice {}", case.name);
        cases.push(case);
    }
    let trial = |(name, cases): (String, _)| {
        let profile = profiles.get(&name).unwrap_or_else(|| panic!("{name} is no profile"));
        let group = if name == DEFAULT { group.to_owned() } else { format!("{group} ({name})") };
        trial(&group, cases, Arc::clone(profile))
    };
    by_profile.into_iter().map(trial).collect()
}

/// Cases as one test, which says how many they are and names those that fail.
fn trial(name: &str, cases: Vec<Case>, profile: Arc<Profile>) -> Trial {
    let kind = format!("{:>3} cases", cases.len());
    let run = move || {
        let failures = cases.iter().filter_map(|case| {
            let complaints = case.run(&profile);
            (!complaints.is_empty()).then(|| report(&case.name, &complaints))
        });
        conclude(&failures.collect::<Vec<_>>())
    };
    Trial::test(name, run).with_kind(kind)
}

/// The comparison itself: what it would not see, no case would.
fn compared() -> Result<(), Failed> {
    let rows = [
        (r#"{"a":<int>,"b":"<jwt>"}"#, r#"{"a":7,"b":"eyJh.eyJi.c-_"}"#, true),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, false),
        (r#"{"a":1}"#, r#"{"a": 1}"#, false),
        (r#"{"a":1}"#, r#"{"a":1}{"#, false),
        (r#"{"a":1}"#, r#"{"a":1"#, false),
        (r#"{"a":<int>}"#, r#"{"a":"7"}"#, false),
        (r#"{"a":"<jwt>"}"#, r#"{"a":""}"#, false),
        (r#"{"a":"<jwt>"}"#, r#"{"a":"eyJh.eyJi"}"#, false),
        ("<datetime>", "2026-11-23T20:30:57.988579Z", true),
        ("<datetime>", "2026-11-23T20:30:57Z", true),
        ("<datetime>", "2026-11-23T20:30:57.988Z", false),
        ("<datetime>", "2026-11-23 20:30:57Z", false),
        ("a <any> c", "a b c", true),
        ("a <any> c", "a b", false),
        ("", "", true),
        ("", "a", false),
    ];
    let wrong = rows
        .iter()
        .filter(|(pattern, text, equal)| pattern::compare(pattern, text).is_ok() != *equal);
    conclude(&wrong.map(|row| format!("{row:?}")).collect::<Vec<_>>())
}

/// The recording as one test: its exchanges lead to one another.
fn replay(profile: Arc<Profile>) -> Trial {
    let recording = Recording::read();
    let kind = format!("{:>3} cases", recording.len());
    let run = move || {
        let failures = recording.replay(&profile);
        let reports = failures.iter().map(|(name, complaints)| report(name, complaints));
        conclude(&reports.collect::<Vec<_>>())
    };
    Trial::test("recorded", run).with_kind(kind)
}

fn conclude(failures: &[String]) -> Result<(), Failed> {
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// A case by name, and below it what is wrong.
fn report(name: &str, complaints: &[String]) -> String {
    let complaints = complaints.join("\n").replace('\n', "\n    ");
    format!("{name}\n    {complaints}\n")
}
