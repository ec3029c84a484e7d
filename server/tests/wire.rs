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
    endpoint::ENDPOINTS,
    profile::{Profile, Settings, Town},
    recorded::Recording,
};

/// The groups of rows, with the profile that each runs on.
const GROUPS: [(&str, &str, &str); 11] = [
    ("login", "default", include_str!("wire/cases/login.toml")),
    ("authentication", "default", include_str!("wire/cases/authentication.toml")),
    ("user", "default", include_str!("wire/cases/user.toml")),
    ("refresh", "default", include_str!("wire/cases/refresh.toml")),
    ("verify", "default", include_str!("wire/cases/verify.toml")),
    ("logout", "default", include_str!("wire/cases/logout.toml")),
    ("change", "default", include_str!("wire/cases/change.toml")),
    ("reset", "default", include_str!("wire/cases/reset.toml")),
    ("confirm", "default", include_str!("wire/cases/confirm.toml")),
    ("registration", "default", include_str!("wire/cases/registration.toml")),
    ("verification", "default", include_str!("wire/cases/verification.toml")),
];

type Profiles = BTreeMap<String, (Settings, Arc<Profile>)>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let profiles = profiles();
    let mut trials = Vec::new();
    for (group, profile, rows) in GROUPS {
        let of_group = ENDPOINTS.iter().filter(|endpoint| endpoint.group == group);
        let cases = of_group.flat_map(|endpoint| endpoint.cases()).chain(table(rows));
        trials.push(trial(group, cases.collect(), &profiles[profile]));
    }
    trials.push(replay(Arc::clone(&profiles["recorded"].1)));
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Servers end when nobody holds them any more.
    drop(profiles);
    conclusion.exit_code()
}

fn profiles() -> Profiles {
    let settings: BTreeMap<String, Settings> =
        toml::from_str(include_str!("wire/profiles.toml")).unwrap();
    let town = Arc::new(Town::default());
    let profile = |settings: Settings| {
        let profile = Arc::new(Profile::new(&settings, &town));
        (settings, profile)
    };
    settings.into_iter().map(|(name, settings)| (name, profile(settings))).collect()
}

/// A group as one test, which says how many cases it has and names those that fail.
fn trial(name: &str, cases: Vec<Case>, (settings, profile): &(Settings, Arc<Profile>)) -> Trial {
    let kind = format!("{:>3} cases", cases.len());
    let profile = Arc::clone(profile);
    let run = move || {
        let failures = cases.iter().filter_map(|case| {
            let complaints = case.run(&profile);
            (!complaints.is_empty()).then(|| report(&case.name, &complaints))
        });
        conclude(failures.collect())
    };
    Trial::test(name, run).with_kind(kind).with_ignored_flag(settings.pending)
}

/// The recording as one test: its exchanges lead to one another.
fn replay(profile: Arc<Profile>) -> Trial {
    let recording = Recording::read();
    let kind = format!("{:>3} cases", recording.len());
    let run = move || {
        let failures = recording.replay(&profile);
        conclude(failures.iter().map(|(name, complaints)| report(name, complaints)).collect())
    };
    Trial::test("recorded", run).with_kind(kind)
}

fn conclude(failures: Vec<String>) -> Result<(), Failed> {
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// A case by name, and below it what is wrong.
fn report(name: &str, complaints: &[String]) -> String {
    let complaints = complaints.join("\n").replace('\n', "\n    ");
    format!("{name}\n    {complaints}\n")
}
