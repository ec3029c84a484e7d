//! Tests by their names, as tables beside the code give them: `http::login::passwords_are_taken_as_typed`
//! of the suite or of a crate's own tests, and `sign-in.spec.ts: a wrong password` of the browser's.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What is in the files that hold tests.
pub struct Tests(Vec<(PathBuf, String)>);

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Tests {
    /// Reads all of them.
    pub fn read() -> Self {
        let mut files = Vec::new();
        let mut open: Vec<_> = ["server/src", "server/tests", "app/src", "end2end/tests"]
            .map(|folder| root().join(folder))
            .into();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "ts") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
        Self(files)
    }

    /// Whether there is a test of this name.
    pub fn have(&self, name: &str) -> bool {
        let Some((file, title)) = name.split_once(".spec.ts: ") else { return self.has_fn(name) };
        let titled = |quote| format!("test({quote}{title}{quote}");
        self.0.iter().any(|(path, text)| {
            path.ends_with(format!("{file}.spec.ts"))
                && ['"', '\'', '`'].iter().any(|quote| text.contains(&titled(quote)))
        })
    }

    fn has_fn(&self, name: &str) -> bool {
        let Some((module, function)) = name.rsplit_once("::") else { return false };
        // Tests at a file's end and those of two engines are modules without a file.
        let is_file = |part: &&str| !["tests", "sqlite", "postgres"].contains(part);
        let short: PathBuf = module.split("::").filter(is_file).collect();
        let places =
            [module.split("::").collect(), short].map(|place: PathBuf| place.with_extension("rs"));
        self.0.iter().any(|(path, text)| {
            places.iter().any(|place| path.ends_with(place)) && is_test(text, function)
        })
    }
}

/// Whether a file has this function, and has it as a test: by what stands above it, or, where a macro
/// makes the tests, in a file of tests.
fn is_test(text: &str, function: &str) -> bool {
    let head = format!("fn {function}(");
    let Some(place) = text.find(&head) else { return false };
    let above = &text[text[..place].rfind("\n\n").unwrap_or(0)..place];
    ["#[test]", "#[tokio::test", "proptest!"].iter().any(|mark| above.contains(mark))
        || ["on_both_engines!", "proptest!"].iter().any(|mark| text.contains(mark))
}

#[test]
fn tests_are_found_by_their_names_and_nothing_else_is() {
    let tests = Tests::read();
    for name in [
        "http::login::passwords_are_taken_as_typed",
        "domain::token::tests::every_byte_counts",
        "domain::throttle::tests::what_does_not_count_any_more_can_be_forgotten",
        "storage::families::sqlite::a_family_comes_back_as_it_went",
        "sign-in.spec.ts: a wrong password is said beside the form, and no refresh is sent",
    ] {
        assert!(tests.have(name), "{name}");
    }
    for name in [
        "http::login::passwords_are_taken",
        "http::logout::passwords_are_taken_as_typed",
        "passwords_are_taken_as_typed",
        "support::app::mins",
        "sign-out.spec.ts: a wrong password is said beside the form, and no refresh is sent",
        "",
    ] {
        assert!(!tests.have(name), "{name}");
    }
}
