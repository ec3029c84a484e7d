//! Moving in: 100 thousand people of a Django project, and how long whoever fails waits afterwards.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::{
    load::Client,
    node::{Cores, Engine},
    report::Report,
    scenarios::median,
};

const PEOPLE: u32 = 100_000;
/// Sign-ins that fail, for each kind of hash.
const FAILURES: usize = 15;

/// Takes them over, and again, and measures how long a wrong password takes beside them.
pub async fn of_many(engine: &Engine, report: &mut Report) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("django.db");
    make_django(&file).await;
    let url = format!("sqlite://{}", file.display());
    for what in ["import of 100 thousand people", "the same again, nobody new"] {
        let started = Instant::now();
        engine.run(&["import", "django", "--database-url", &url, "--report", "/dev/null"]);
        report.at_most(&engine.row(what), started.elapsed().as_secs_f64(), 60.0, "s");
    }
    failures(engine, report).await;
}

/// The medians must not differ by what somebody could measure.
async fn failures(engine: &Engine, report: &mut Report) {
    // One after the other, at one account each.
    let node = engine.serve(&[("LOGIN_LIMITS", "false")], Cores::All);
    let mut client = Client::connect(&node.address).await.unwrap();
    for (name, kind) in
        [("nobody", "no account"), ("ada", "our hash"), ("user1", "PBKDF2"), ("user2", "bcrypt")]
    {
        let mut times = Vec::new();
        for _ in 0..FAILURES {
            let body = format!(r#"{{"username":"{name}","password":"wrong-horse-9"}}"#);
            let started = Instant::now();
            let answer = client.send("POST", "/api/auth/login/", "", &body).await.unwrap();
            assert_eq!(answer.status, 400);
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let what = engine.row(&format!("failed sign-in beside imported hashes: {kind}"));
        report.figure(&what, median(times), "ms");
    }
}

/// As Django's migrations make it, as far as it is read.
async fn make_django(file: &Path) {
    const SCHEMA: &str = "CREATE TABLE auth_user (id integer PRIMARY KEY AUTOINCREMENT, \
         password varchar(128) NOT NULL, last_login datetime, is_superuser bool NOT NULL, \
         username varchar(150) NOT NULL UNIQUE, last_name varchar(150) NOT NULL, \
         email varchar(254) NOT NULL, is_staff bool NOT NULL, is_active bool NOT NULL, \
         date_joined datetime NOT NULL, first_name varchar(150) NOT NULL); \
         CREATE TABLE account_emailaddress (id integer PRIMARY KEY AUTOINCREMENT, \
         email varchar(254) NOT NULL, verified bool NOT NULL, \"primary\" bool NOT NULL, \
         user_id integer NOT NULL REFERENCES auth_user (id));";
    // Every second one has a hash of the other kind.
    let people = format!(
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= {PEOPLE}) \
         INSERT INTO auth_user SELECT i, CASE i % 2 \
         WHEN 0 THEN 'pbkdf2_sha256$1000000$' || printf('%022d', i) || \
         '$gud9rgSLZUL10OlIwUxaK1SDQf/XIyTsbOTSYhk1Rec=' \
         ELSE 'bcrypt_sha256$$2b$12$abcdefghijklmnopqrstuuVVlbFQttMdD29E.M5zuBngsReyGyyGu' END, \
         NULL, 0, 'user' || (i - 1), 'Lovelace', 'user' || i || '@example.com', 0, 1, \
         '2020-02-29 12:00:00.5', 'Ada' FROM n; \
         INSERT INTO account_emailaddress SELECT id, email, 1, 1, id FROM auth_user;"
    );
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(SCHEMA).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(people)).await.unwrap();
    connection.close().await.unwrap();
}
