//! The mutations of `make mutants` fit the code, and the tests that notice them are there. Whether they
//! do notice is for `make mutants` to say: that takes a build for each.

use std::{collections::BTreeMap, fs, process::Command};

use crate::support::named::{Tests, root};

const GROUPS: [&str; 9] = [
    "token checks",
    "rotation",
    "sessions",
    "cookies",
    "CSRF",
    "headers",
    "limits",
    "logging",
    "passwords",
];

/// What stands behind `name: ` before a patch.
fn field<'t>(text: &'t str, name: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

#[test]
fn every_mutation_applies_and_has_its_test() {
    let tests = Tests::read();
    let mut groups: BTreeMap<_, usize> = GROUPS.map(|group| (group.to_owned(), 0)).into();
    for entry in fs::read_dir(root().join("server/mutants")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let group = groups.get_mut(field(&text, "Group"));
        *group.unwrap_or_else(|| panic!("{}: an unknown group", path.display())) += 1;
        let (target, named) = field(&text, "Turns red").rsplit_once(' ').unwrap();
        assert!(["--lib", "--test suite"].contains(&target), "{}: {target}", path.display());
        assert!(tests.have(named), "{}: there is no test {named}", path.display());
        let mut check = Command::new("git");
        check.args(["apply", "--check"]).arg(path.canonicalize().unwrap()).current_dir(root());
        let check = check.output().unwrap();
        let complaint = String::from_utf8_lossy(&check.stderr);
        assert!(check.status.success(), "{complaint}make it anew, for the code as it is now");
    }
    let all: usize = groups.values().sum();
    println!("{all} mutations: {groups:?}");
    assert!(all >= 60 && groups.values().all(|count| *count > 1), "{groups:?}");
}
