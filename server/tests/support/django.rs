//! A database that a real Django made.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use super::{Engine, database::new_postgres_database};

/// The password of everybody in it.
pub const PASSWORD: &str = "pässwörd ☃ 1234";

/// What simplejwt signs with there.
pub const KEY: &str = "a secret of simplejwt's, of thirty-two bytes or more";
/// When it has.
const ISSUED: &str = "2026-11-23T20:00:00+00:00";

/// The database, thrown away with this.
pub struct Django {
    /// Where it is.
    pub url: String,
    /// simplejwt's refresh tokens, by what became of each.
    pub tokens: BTreeMap<String, String>,
    _folder: TempDir,
}

impl Django {
    /// Has Django make it.
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}", folder.path().join("django.db").display()),
            Engine::Postgres => new_postgres_database().await,
        };
        let script = folder.path().join("project.py");
        fs::write(&script, include_str!("../django/project.py")).unwrap();
        let made = Command::new(python()).arg(script).args([&url, ISSUED]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let tokens = serde_json::from_slice(&made.stdout).unwrap();
        Self { url, tokens, _folder: folder }
    }
}

/// A Python that has Django and its company.
fn python() -> PathBuf {
    let python = std::env::var_os("DJANGO_PYTHON").map(PathBuf::from);
    let python = python.filter(|python| python.exists());
    python.expect("run make test, or set DJANGO_PYTHON to a Python with Django and django-allauth")
}
