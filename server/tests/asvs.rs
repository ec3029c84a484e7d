//! The table of OWASP's ASVS 5.0 (`asvs.toml`): every test that it names is there, and how much of it
//! is held by tests.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use serde::Deserialize;

use crate::support::named::{Tests, root};

/// The chapters of which nearly all of level 2 is to be held.
const IN_FULL: [&str; 4] = ["3", "6", "7", "9"];
/// Percent of those.
const LEVEL_2: usize = 95;

#[derive(Deserialize)]
struct Table {
    requirement: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    id: String,
    level: u8,
    text: String,
    #[serde(default)]
    tests: Vec<String>,
    /// Why there is nothing to hold.
    not_applicable: Option<String>,
    /// Why it is not held, though there is.
    open: Option<String>,
}

impl Requirement {
    fn chapter(&self) -> &str {
        self.id.split('.').next().unwrap()
    }

    fn applies(&self) -> bool {
        self.not_applicable.is_none()
    }
}

fn table() -> Vec<Requirement> {
    let text = fs::read_to_string(root().join("server/tests/asvs.toml")).unwrap();
    toml::from_str::<Table>(&text).unwrap().requirement
}

/// How many of these apply, and how many of those are held.
fn count<'r>(rows: impl Iterator<Item = &'r Requirement>) -> (usize, usize) {
    let rows: Vec<_> = rows.filter(|row| row.applies()).collect();
    (rows.len(), rows.iter().filter(|row| !row.tests.is_empty()).count())
}

#[test]
fn each_requirement_has_tests_or_a_reason() {
    let (tests, mut ids) = (Tests::read(), BTreeSet::new());
    for row in table() {
        let Requirement { id, level, text, tests: named, not_applicable, open } = &row;
        assert!(ids.insert(id.clone()), "{id} is there twice");
        assert!((1..=3).contains(level) && !text.is_empty(), "{id}");
        let reasons = not_applicable.iter().chain(open).count();
        assert_eq!(usize::from(!named.is_empty()) + reasons, 1, "{id}: tests, or one reason");
        for name in named {
            assert!(tests.have(name), "{id}: there is no test {name}");
        }
    }
}

#[test]
fn what_applies_is_held() {
    let rows = table();
    let chapters: BTreeSet<u32> = rows.iter().map(|row| row.chapter().parse().unwrap()).collect();
    let mut report = String::from("chapter   level 1   level 2   level 3   do not apply\n");
    for chapter in chapters.iter().map(u32::to_string) {
        let of_chapter = || rows.iter().filter(|row| row.chapter() == chapter);
        write!(report, "{:<10}", format!("V{chapter}")).unwrap();
        for level in 1..=3 {
            let (applicable, held) = count(of_chapter().filter(|row| row.level == level));
            write!(report, "{:<10}", format!("{held}/{applicable}")).unwrap();
        }
        writeln!(report, "{}", of_chapter().filter(|row| !row.applies()).count()).unwrap();
    }
    for row in &rows {
        if let Some(reason) = &row.open {
            writeln!(report, "open: {} ({}): {reason}", row.id, row.text).unwrap();
        }
    }
    println!("{report}");
    let (applicable, held) = count(rows.iter().filter(|row| row.level == 1));
    assert_eq!(held, applicable, "all of level 1\n{report}");
    let of_level_2 = |row: &&Requirement| row.level == 2 && IN_FULL.contains(&row.chapter());
    let (applicable, held) = count(rows.iter().filter(of_level_2));
    assert!(held * 100 >= applicable * LEVEL_2, "{held} of {applicable} of level 2\n{report}");
}
