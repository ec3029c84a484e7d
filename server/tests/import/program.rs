//! `latchkey import`, as a person starts it.

use std::fs;

use crate::support::program::{Place, text};

#[test]
fn a_dry_run_leaves_no_trace() {
    let place = Place::new();
    let django = place.path().join("django.db");
    make_django(&django);
    let url = format!("sqlite://{}", django.display());
    let look = || place.run(&["import", "django", "--database-url", &url, "--dry-run"], "");
    let looked = look();
    assert!(looked.status.success(), "{}", text(&looked.stderr));
    assert!(text(&looked.stdout).contains("imported"));
    assert!(!place.path().join("data").exists());

    // One of an older version stays one.
    place.create_ada();
    let database = place.path().join("data/latchkey.db");
    execute(&database, "DELETE FROM _sqlx_migrations WHERE version > 1");
    let before = fs::read(&database).unwrap();
    let refused = look();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("of an older version"), "{}", text(&refused.stderr));
    assert_eq!(fs::read(&database).unwrap(), before);
}

#[tokio::main(flavor = "current_thread")]
async fn execute(file: &std::path::Path, statement: &'static str) {
    use sqlx::{Connection as _, Executor as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn people_are_taken_over_from_the_command_line_beside_a_server() {
    let place = Place::new();
    let server = place.serve();
    let django = place.path().join("django.db");
    make_django(&django);
    let url = format!("sqlite://{}", django.display());
    let import = |more: &[&str]| {
        let command = ["import", "django", "--database-url", &url, "--wait", "1s"];
        let output = place.run(&[&command, more].concat(), "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        (text(&output.stdout), text(&output.stderr))
    };
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    let (looked, _) = import(&["--dry-run"]);
    assert!(lines(&looked).contains(&"imported 1".to_owned()), "{looked}");
    assert_eq!(lines(&text(&place.run(&["user", "list"], "").stdout)).len(), 1, "nobody yet");
    let (counts, refused) = import(&[]);
    let expected = [
        "there is no table account_emailaddress: no address counts as verified",
        "waiting 1 s, until running servers know what these passwords cost to check: --wait 0s where none runs",
        "DONE COUNT",
        "imported 1",
        "of these, not with everything 0",
        "here already 0",
        "deleted here 0",
        "refused 1",
        "refresh tokens that were ended there 0",
    ];
    assert_eq!(lines(&counts), expected);
    assert_eq!(
        refused, "refused 2 \"\\u{1b}[2Jeve\": its user name holds control characters\n",
        "what stands there cannot steer the terminal"
    );
    assert!(server.is_signed_in(&server.login()), "Ada is here");
    let (_, silent) = import(&["--report", "report.txt"]);
    assert_eq!(silent, "");
    assert_eq!(fs::read_to_string(place.path().join("report.txt")).unwrap(), refused);
    let nowhere = ["import", "django", "--database-url", "sqlite:///nowhere.db"];
    assert_eq!(place.run(&nowhere, "").status.code(), Some(1));
    let secret = ["import", "django", "--database-url", "mysql://ada:canary@localhost/x"];
    let said = text(&place.run(&secret, "").stderr);
    assert!(said.contains("--database-url is neither") && !said.contains("canary"), "{said}");
}

/// Ada, whose password is [`crate::support::program::PASSWORD`], and a name that is none.
#[tokio::main(flavor = "current_thread")]
async fn make_django(file: &std::path::Path) {
    use sqlx::{Connection as _, Executor as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    // As `make_password` writes it, with few rounds.
    let statement = "CREATE TABLE auth_user (id integer PRIMARY KEY, password text, \
         last_login datetime, is_superuser bool, username text, last_name text, email text, \
         is_staff bool, is_active bool, date_joined datetime, first_name text); \
         INSERT INTO auth_user VALUES (1, \
         'pbkdf2_sha256$1000$Zk3sAlTsAlT0123456789a$5jRZKiIVLcBCvPHV9uzO6Usf+mSUUwJDvj9RMv4ZyWI=', NULL, 0, 'ada', '', '', 0, 1, \
         '2020-02-29 12:00:00', ''), (2, '!', NULL, 0, char(27) || '[2Jeve', '', '', 0, 1, \
         '2020-02-29 12:00:00', '')";
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}
