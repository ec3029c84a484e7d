//! The house's import rules: who may know whom.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut found = Vec::new();
    let mut open = vec![root.clone(), root.with_extension("rs")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|kind| kind == "rs") && path.exists() {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

/// Code that is compiled into the program: neither comments nor tests. A module of tests in the
/// same file is its end; one in a file of its own is a line.
fn code(text: &str) -> Vec<(usize, &str)> {
    let mut lines = text.lines().enumerate();
    let mut code = Vec::new();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            if lines.next().is_some_and(|(_, item)| item.ends_with('{')) {
                break;
            }
        } else if !line.trim_start().starts_with("//") {
            code.push((number, line));
        }
    }
    code
}

/// The places in `folder` that mention one of `forbidden`.
fn offences(folder: &str, except: &[&str], forbidden: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for (path, text) in sources(folder) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if except.contains(&name.as_str()) || path.ends_with("tests.rs") {
            continue;
        }
        for (number, line) in code(&text) {
            for word in forbidden {
                if mentions(line, word) {
                    offences.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    offences
}

/// Whether a line names the path `word` as a whole: `app::` is not in `my_app::`.
fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let before = line[..place].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[track_caller]
fn assert_clean(folder: &str, except: &[&str], forbidden: &[&str]) {
    let offences = offences(folder, except, forbidden);
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

const SERVER_INSIDE: [&str; 8] = [
    "crate::http",
    "crate::auth",
    "crate::storage",
    "crate::cli",
    "crate::config",
    "crate::startup",
    "crate::lifecycle",
    "crate::telemetry",
];
const OUTSIDE: [&str; 5] = ["axum::", "sqlx::", "tokio::", "leptos", "app::"];

#[test]
fn the_domain_knows_nobody_and_does_no_io() {
    assert_clean("server/src/domain", &[], &SERVER_INSIDE);
    assert_clean("server/src/domain", &[], &OUTSIDE);
    assert_clean(
        "server/src/domain",
        &[],
        &[
            "std::fs",
            "std::env",
            "std::process",
            "TcpStream",
            "UdpSocket",
            "ToSocketAddrs",
            "async fn",
        ],
    );
}

#[test]
fn storage_knows_the_domain() {
    assert_clean(
        "server/src/storage",
        &[],
        &["axum::", "leptos", "app::", "jsonwebtoken", "argon2"],
    );
    let above = ["crate::http", "crate::auth", "crate::cli", "crate::config", "crate::startup"];
    assert_clean("server/src/storage", &[], &above);
}

#[test]
fn use_cases_know_no_http() {
    assert_clean(
        "server/src/auth",
        &[],
        &["axum::", "http::", "leptos", "app::", "cookie::", "sqlx::"],
    );
    let above = ["crate::http", "crate::cli", "crate::config", "crate::startup"];
    assert_clean("server/src/auth", &[], &above);
}

#[test]
fn http_does_not_reach_past_the_use_cases() {
    assert_clean("server/src/http", &[], &["sqlx::", "jsonwebtoken", "argon2", "SqliteStore"]);
    let others =
        ["crate::storage", "crate::cli", "crate::config", "crate::startup", "crate::lifecycle"];
    assert_clean("server/src/http", &[], &others);
}

#[test]
fn the_wire_knows_only_serde() {
    let others = [
        "leptos",
        "web_sys",
        "gloo",
        "wasm_bindgen",
        "crate::api",
        "crate::session",
        "crate::pages",
        "crate::components",
    ];
    assert_clean("app/src/wire", &[], &others);
}

#[test]
fn the_session_machine_runs_anywhere() {
    assert_clean(
        "app/src/session",
        &["context"],
        &[
            "leptos",
            "web_sys",
            "gloo",
            "js_sys",
            "wasm_bindgen",
            "crate::pages",
            "crate::components",
        ],
    );
    assert_clean("app/src", &[], &["web_sys", "gloo", "js_sys", "latchkey::", "axum"]);
}

#[test]
fn only_the_frontend_knows_the_browser() {
    assert_clean("server/src", &[], &["web_sys", "gloo", "js_sys"]);
    assert_clean("frontend/src", &[], &["axum", "latchkey::", "sqlx", "tokio"]);
}

/// npm is for tests and builds: nothing from there is served. And what comes from there is what
/// package-lock.json says, by its hash.
#[test]
fn npm_packages_are_for_tests_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(root.join("end2end").join(name)).unwrap()).unwrap()
    };
    let package = read("package.json");
    for kind in ["dependencies", "optionalDependencies", "peerDependencies"] {
        assert!(package.get(kind).is_none(), "{kind} in end2end/package.json");
    }
    for version in package["devDependencies"].as_object().unwrap().values() {
        let version = version.as_str().unwrap();
        assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{version} is no exact version");
    }
    let lock = read("package-lock.json");
    let packages =
        lock["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty());
    for (path, package) in packages {
        assert_eq!(package["dev"], true, "{path}");
        assert!(package["integrity"].is_string(), "{path}");
        // Left out where it is the registry.
        assert!(package.get("resolved").is_none(), "{path} comes from elsewhere");
    }
    for folder in ["", "app", "frontend", "server", "style"] {
        assert!(!root.join(folder).join("package.json").exists(), "a package in {folder:?}");
    }
}

/// `forbid` cannot be taken back further in, unlike `deny`.
#[test]
fn no_crate_has_unsafe_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    assert!(read("Cargo.toml").contains("[workspace.lints.rust]\nunsafe_code = \"forbid\""));
    for member in ["app", "frontend", "server"] {
        let manifest = read(&format!("{member}/Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{member}");
    }
}

#[test]
fn files_are_read_to_their_tests() {
    let driver = "use a;\n#[cfg(test)]\nmod tests;\nuse leptos::prelude;\n";
    assert_eq!(code(driver), [(0, "use a;"), (3, "use leptos::prelude;")]);
    let inline = "// use leptos\nuse a;\n#[cfg(test)]\nmod tests {\nuse leptos;\n}\n";
    assert_eq!(code(inline), [(1, "use a;")]);
    assert!(!offences("app/src/session", &["context"], &["futures::"]).is_empty());
}

#[test]
fn the_rules_can_be_broken() {
    assert!(mentions("use axum::Router;", "axum::"));
    assert!(!mentions("use my_axum::Router;", "axum::"));
    assert!(!offences("server/src/http", &[], &["axum::"]).is_empty());
}
