//! A server with settings of its own, the people it knows, and their sessions.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex, OnceLock},
};

use super::{
    forge,
    person::{PEOPLE, Person},
    program::{Place, Server},
};

/// Key files that sign nothing but these tests.
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys");

/// A profile. Its server starts when the first case asks for it.
pub struct Profile {
    env: BTreeMap<String, String>,
    people: Arc<Town>,
    running: OnceLock<Running>,
    sessions: Mutex<BTreeMap<&'static str, Person>>,
}

struct Running {
    server: Server,
    place: Place,
}

/// A database that holds [`PEOPLE`]: made once, and copied for each profile, because hashing
/// passwords takes time.
#[derive(Default)]
pub struct Town(OnceLock<Place>);

impl Town {
    fn settle_in(&self, place: &Place) {
        let (from, to) = (self.0.get_or_init(found).path().join("data"), place.path().join("data"));
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
            if file.file_type().unwrap().is_file() {
                fs::copy(file.path(), to.join(file.file_name())).unwrap();
            }
        }
    }
}

fn found() -> Place {
    let place = Place::new();
    let run = |arguments: &[&str], input: &str| {
        let output = place.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    for one in PEOPLE {
        let email = format!("{}@example.com", one.username);
        let mut arguments = vec!["user", "create", "--username", one.username, "--email", &email];
        arguments.extend(["--verified", "--first-name", one.first_name]);
        arguments.extend(["--last-name", one.last_name, "--password-stdin"]);
        run(&arguments, one.password);
    }
    run(&["user", "disable", "inactive"], "");
    place
}

impl Profile {
    /// With the environment that `profiles.toml` says.
    pub fn new(mut env: BTreeMap<String, String>, people: &Arc<Town>) -> Self {
        for value in env.values_mut() {
            *value = value.replace("$KEYS", KEYS);
        }
        // The peer has no such limits, and the cases try many wrong passwords.
        env.entry("LOGIN_LIMITS".to_owned()).or_insert_with(|| "false".to_owned());
        Self {
            env,
            people: Arc::clone(people),
            running: OnceLock::new(),
            sessions: Mutex::default(),
        }
    }

    /// Where its server listens.
    pub fn address(&self) -> &str {
        &self.running().server.address
    }

    /// Its folder.
    pub fn folder(&self) -> &std::path::Path {
        self.running().place.path()
    }

    /// What a setting was given as.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    fn running(&self) -> &Running {
        self.running.get_or_init(|| {
            let keys = ["SIGNING_KEY", "SIGNING_KEY_FILE"];
            let mut env = self.env.clone();
            if !keys.iter().any(|key| env.contains_key(*key)) {
                env.insert(keys[0].to_owned(), forge::KEY.to_owned());
            }
            // Nobody reads along, and a full pipe would stop the server.
            env.entry("LOG".to_owned()).or_insert("off".to_owned());
            let place = Place::with(env);
            self.people.settle_in(&place);
            Running { server: place.serve(), place }
        })
    }

    /// One of [`PEOPLE`] in a session that all cases share.
    pub fn session_of(&self, username: &str) -> Person {
        let one = PEOPLE.iter().find(|one| one.username == username);
        let one = one.unwrap_or_else(|| panic!("{username} is none of the people"));
        let mut sessions = self.sessions.lock().unwrap();
        sessions.entry(one.username).or_insert_with(|| Person::known(one).signed_in(self)).clone()
    }
}
