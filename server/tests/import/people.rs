//! Who is taken over, who is not, and what is said of them.

use super::*;
use crate::support::legacy;
use std::time::Duration;

use latchkey::{
    auth::import::{Counts, ImportRules},
    domain::{Email, PasswordHash, UserId, Username},
    storage::NewUser,
};

async fn whoever_was_deleted_here_stays_so(engine: Engine) {
    let app = TestApp::on(engine, &legacy::FLAGS).await;
    let django = UserTable::new(engine).await;
    django.add(1, "ada", "!").await;
    import(&app, &django.url, RULES).await.unwrap();
    app.auth.delete_user("ada").await.unwrap();

    for dry_run in [true, false] {
        let rules = ImportRules { dry_run, ..RULES };
        let (counts, said) = import(&app, &django.url, rules).await.unwrap();
        assert_eq!(counts, Counts { removed: 1, ..Counts::default() });
        assert_eq!(said.lines, ["ada: deleted here"]);
    }
    assert!(app.auth.users().await.unwrap().is_empty());
    let holding = |token: &str| -> Browser {
        let browser = app.browser();
        browser.set_cookie("refresh", token);
        browser
    };
    holding(&legacy::token("a")).refresh().await.assert_status(401);

    let rules = ImportRules { restore_deleted: true, ..RULES };
    let (counts, _) = import(&app, &django.url, rules).await.unwrap();
    assert_eq!(counts, Counts { imported: 1, ..Counts::default() });
    // They are back, and none of the sessions that went with them.
    let refused = holding(&legacy::token("a")).refresh().await;
    assert_eq!(refused.assert_status(401).json()["detail"], "Token is blacklisted");
    let (counts, _) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { present: 1, ..Counts::default() });
}

async fn whoever_is_here_counts_as_that_whatever_has_become_of_them_there(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let django = UserTable::new(engine).await;
    let md5 = format!("md5$salt${}", "0".repeat(32));
    django.add(1, "ada", &md5).await;
    django.add(2, "bob", "!").await;
    let rules = ImportRules { allow_md5: true, ..RULES };
    let (counts, _) = import(&app, &django.url, rules).await.unwrap();
    assert_eq!(counts, Counts { imported: 2, ..Counts::default() });
    django.execute("UPDATE auth_user SET username = '', password = 'x' WHERE id = 2").await;
    let (counts, said) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { present: 2, ..Counts::default() }, "{said:?}");
    // Of whom nothing is as it was, it is not known.
    django.execute("UPDATE auth_user SET date_joined = '2020-01-01' WHERE id = 2").await;
    let (counts, said) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { present: 1, refused: 1, ..Counts::default() });
    assert_eq!(said.lines, [": its user name is empty"]);
}

async fn dates_are_read_as_they_stand(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let django = UserTable::new(engine).await;
    let dates = ["2020-01-01", "2020-01-01 02:00:00+02:00", "2020-01-01T00:00:00"];
    for (id, date) in (1..).zip(dates) {
        django.add(id, &format!("user{id}"), "!").await;
        let change = format!("UPDATE auth_user SET date_joined = '{date}' WHERE id = {id}");
        django.execute(&change).await;
    }
    import(&app, &django.url, RULES).await.unwrap();
    for user in app.auth.users().await.unwrap() {
        assert_eq!(user.created_at.millis(), 1_577_836_800_000, "{}", user.username);
    }
}

async fn whoever_registers_meanwhile_is_left_alone(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let django = UserTable::new(engine).await;
    for (id, name) in [(11, "ada"), (12, "bob"), (13, "eve")] {
        django.add(id, name, "!").await;
    }
    django.execute("UPDATE auth_user SET email = username || '@example.com'").await;
    // Registered, and not committed yet: whoever looks sees neither the name nor the address.
    let mut registering = app.auth.store.begin().await.unwrap();
    let ada = NewUser {
        username: Username::parse("ADA").unwrap(),
        email: Some(Email::parse("bob@example.com").unwrap()),
        email_verified_at: None,
        first_name: String::new(),
        last_name: String::new(),
        password_hash: PasswordHash::from_stored("!".to_owned()),
        superuser_since: None,
        created_at: app.auth.now(),
    };
    let id = registering.insert_user(&ada).await.unwrap();
    let register = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        registering.commit().await.unwrap();
    };
    let (imported, ()) = tokio::join!(import(&app, &django.url, RULES), register);
    let (counts, said) = imported.unwrap();
    assert_eq!(counts, Counts { imported: 2, noticed: 1, refused: 1, ..Counts::default() });
    let reasons = [
        "ada: its user name is another account's here, or differs from one in case alone",
        "bob: without its e-mail address, which is another account's",
    ];
    assert_eq!(said.lines, reasons);
    let users = app.auth.users().await.unwrap();
    let names: Vec<_> = users.iter().map(|user| (user.id, user.username.as_str())).collect();
    assert_eq!(names, [(id, "ADA"), (UserId(12), "bob"), (UserId(13), "eve")]);
    assert_eq!(users[0].email.as_deref(), Some("bob@example.com"));
}

async fn what_hashes_cost_is_known_before_they_are_here(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let django = UserTable::new(engine).await;
    let hash = |salt: &str| format!("pbkdf2_sha256$1000${salt}${}=", "A".repeat(43));
    django.add(1, "ada", "!").await;
    django.add(2, "bob", &hash("one")).await;
    let known = async || app.auth.store.password_decoys().await.unwrap().len();
    let looking = async {
        while known().await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let patient = ImportRules { wait: Duration::from_hours(1), ..RULES };
    tokio::select! {
        done = import(&app, &django.url, patient) => panic!("{done:?}"),
        () = looking => {}
    }
    assert!(app.auth.users().await.unwrap().is_empty(), "not even who brings none");

    // It was stopped there.
    let waits = async |id: i64, name: &str, password: &str| {
        django.add(id, name, password).await;
        let (counts, said) = import(&app, &django.url, RULES).await.unwrap();
        (counts.imported, said.waits)
    };
    assert_eq!(waits(3, "eve", "!").await, (3, 1));
    assert_eq!(waits(4, "kim", &hash("two")).await, (1, 0), "of a kind that is here");
    app.database.execute("UPDATE users SET password_decoy = NULL").await;
    assert_eq!(known().await, 0, "nothing is expected any more");
    assert_eq!(waits(5, "may", "!").await, (1, 0), "who would bring it is here");
    assert_eq!(waits(6, "zoe", &hash("three")).await, (1, 1), "it has to be learnt again");
}

#[tokio::test]
async fn whoever_is_no_text_is_refused_and_nobody_else() {
    let app = TestApp::on(Engine::Sqlite, &[]).await;
    let django = UserTable::new(Engine::Sqlite).await;
    for (id, name) in [(1, "ada"), (2, "bob"), (3, "eve"), (4, "zoe"), (5, "nul"), (6, "may")] {
        django.add(id, name, "!").await;
    }
    let change = "UPDATE auth_user SET username = CAST(x'ff626f62' AS TEXT) WHERE id = 2; \
         UPDATE auth_user SET email = x'6576fe' WHERE id = 3; \
         UPDATE auth_user SET date_joined = x'ff' WHERE id = 4; \
         UPDATE auth_user SET password = '!' || char(0) WHERE id = 5; \
         UPDATE auth_user SET is_active = NULL, last_login = '' WHERE id = 6; \
         CREATE TABLE account_emailaddress (id bigint, email, verified, user_id); \
         INSERT INTO account_emailaddress VALUES (1, x'ff', 1, 1); \
         CREATE TABLE token_blacklist_outstandingtoken (id, jti, expires_at); \
         INSERT INTO token_blacklist_outstandingtoken VALUES (1, x'ff', '2099-01-01'); \
         CREATE TABLE token_blacklist_blacklistedtoken (id, token_id); \
         INSERT INTO token_blacklist_blacklistedtoken VALUES (1, 1)";
    django.execute(change).await;
    let (counts, said) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { imported: 2, refused: 4, ..Counts::default() });
    let reasons = [
        "\u{fffd}bob: its username is no text: its bytes are not UTF-8",
        "eve: its email is no text: its bytes are not UTF-8",
        "zoe: its date_joined is no text: its bytes are not UTF-8",
        "nul: its password was hashed in a way that is not known here",
    ];
    assert_eq!(said.lines, reasons);
    let users = app.auth.users().await.unwrap();
    assert_eq!(
        users.iter().map(|user| user.disabled_at.is_some()).collect::<Vec<_>>(),
        [false, true]
    );
}

async fn a_table_of_something_else_is_none(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let nameless = UserTable::with_columns(engine, "id bigint, handle text").await;
    let error = import(&app, &nameless.url, RULES).await.unwrap_err().to_string();
    assert!(error.starts_with("the table auth_user has no column username: "), "{error}");
    let id = if engine == Engine::Sqlite { "id text" } else { "id uuid" };
    let other = UserTable::with_columns(engine, &format!("{id}, username text")).await;
    let insert = "INSERT INTO auth_user (id, username) \
         VALUES ('6f1e0d5a-9f3f-4e0f-8f1f-6f1e0d5a9f3f', 'ada')";
    other.execute(insert).await;
    let error = import(&app, &other.url, RULES).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the ids in auth_user are no numbers, and ids are numbers here: nobody can be taken over"
    );
    other.execute("DROP TABLE auth_user").await;
    let error = import(&app, &other.url, RULES).await.unwrap_err().to_string();
    assert!(error.starts_with("there is no table auth_user"), "{error}");
}

on_both_engines! {
    whoever_registers_meanwhile_is_left_alone,
    what_hashes_cost_is_known_before_they_are_here,
    dates_are_read_as_they_stand,
    a_table_of_something_else_is_none,
    whoever_was_deleted_here_stays_so,
    whoever_is_here_counts_as_that_whatever_has_become_of_them_there,
}
