//! People whom a real Django made: taken over, signed in, and known afterwards as if they had always
//! been here.

use latchkey::auth::{
    UserRecord,
    import::{Counts, ImportRules},
};

use crate::support::{
    self, Engine, TestApp,
    django::{Django, KEY, PASSWORD},
    import::RULES,
};

const LEGACY: [&str; 7] =
    ["pbkdf2", "pbkdf2sha1", "argon2", "bcryptsha256", "bcrypt", "scrypt", "md5"];

/// What became of whom, and who is named.
async fn import(app: &TestApp, django: &Django, rules: ImportRules) -> (Counts, Vec<String>) {
    let (counts, said) = support::import::import(app, &django.url, rules).await.unwrap();
    assert_eq!(said.begins, Some((16, true)));
    (counts, said.lines)
}

async fn user(app: &TestApp, name: &str) -> UserRecord {
    app.auth.store.find_user_by_name(name).await.unwrap().unwrap()
}

async fn everybody_moves(engine: Engine) {
    let django = Django::new(engine).await;
    let app = TestApp::hashing_as_served(engine, &["--legacy-signing-key", KEY]).await;
    let look = ImportRules { dry_run: true, ..RULES };
    let (looked, said) = import(&app, &django, look).await;
    assert!(app.auth.users().await.unwrap().is_empty(), "a dry run writes nothing");
    let expected =
        Counts { imported: 13, refused: 3, noticed: 1, ended_tokens: 1, ..Counts::default() };
    let (counts, named) = import(&app, &django, RULES).await;
    assert_eq!((looked, &said), (expected, &named));
    assert_eq!(counts, expected);
    let reasons = [
        "md5: its password was hashed with MD5: --allow-md5 takes it until its next sign-in",
        "ada: its user name is another account's here, or differs from one in case alone",
        "thief: without its e-mail address, which is another account's",
        "crypt: its password was hashed in a way that is not known here",
    ];
    assert_eq!(named, reasons);
    let allowed = ImportRules { allow_md5: true, ..RULES };
    let (again, _) = import(&app, &django, allowed).await;
    let expected =
        Counts { imported: 1, present: 13, refused: 2, ended_tokens: 1, ..Counts::default() };
    assert_eq!(again, expected);

    nobody_is_signed_out(&app, &django).await;
    for name in LEGACY {
        signs_in_and_is_upgraded(&app, name).await;
    }
    nobody_else_gets_in(&app).await;
    all_else_is_kept(&app).await;
    // New people come after those who were there.
    app.user("eve").await;
    assert_eq!(user(&app, "eve").await.id.0, 17);
}

/// Whoever was signed in there is here, by the token that is in their browser.
async fn nobody_is_signed_out(app: &TestApp, django: &Django) {
    let holding = |what: &str| {
        let browser = app.browser();
        browser.set_cookie("refresh", &django.tokens[what]);
        browser
    };
    for (what, name) in [("pbkdf2", "pbkdf2"), ("root", "root"), ("other", "pbkdf2")] {
        let browser = holding(what);
        browser.refresh().await.assert_status(200);
        let me = browser.get("/api/auth/user/").await;
        assert_eq!(me.assert_status(200).json()["username"], name);
        assert_ne!(browser.cookie("refresh").as_ref(), django.tokens.get(what));
    }
    let refused = holding("blacklisted").refresh().await;
    assert_eq!(refused.assert_status(401).json()["detail"], "Token is blacklisted");
    holding("inactive").refresh().await.assert_status(401);
}

async fn signs_in_and_is_upgraded(app: &TestApp, name: &str) {
    let before = user(app, name).await;
    assert!(before.email_verified_at.is_some(), "{name}: whatever the address's case");
    app.browser().login_with(name, "pässwörd ☃ 1235").await.assert_status(400);
    assert_eq!(user(app, name).await.password_hash, before.password_hash, "{name}");
    let first = app.browser();
    first.login_with(name, PASSWORD).await.assert_status(200);
    let after = user(app, name).await;
    let new = after.password_hash.expose();
    assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{name}");
    app.browser().login_with(name, PASSWORD).await.assert_status(200);
    assert_eq!(user(app, name).await.password_hash, after.password_hash, "{name}: once");
    first.get("/api/data/").await.assert_status(200);
    app.browser().login_with(name, "pässwörd ☃ 1235").await.assert_status(400);
}

async fn nobody_else_gets_in(app: &TestApp) {
    for name in ["inactive", "unusable"] {
        let before = user(app, name).await;
        for password in [PASSWORD, "!", before.password_hash.expose()] {
            app.browser().login_with(name, password).await.assert_status(400);
        }
        assert_eq!(user(app, name).await.password_hash, before.password_hash, "{name}");
    }
    // As long as a slow hash is left, whoever fails waits for as long.
    app.auth.measure_hashes().await.unwrap();
    assert!(!app.auth.hashing.patience().is_zero());
}

async fn all_else_is_kept(app: &TestApp) {
    let ada = user(app, "pbkdf2").await;
    assert_eq!((ada.id.0, ada.first_name.as_str()), (1, "Ada"));
    assert_eq!(ada.email.as_deref(), Some("pbkdf2@example.com"));
    assert_eq!(ada.superuser_since, None);
    let plain = user(app, "unverified").await;
    assert_eq!((plain.email_verified_at, plain.last_name.as_str()), (None, "Lovelace"));
    let root = user(app, "root").await;
    assert_eq!(root.superuser_since, Some(root.created_at));
    assert!(root.last_login_at.is_some());
    assert!(user(app, "inactive").await.disabled_at.is_some());
    assert_eq!(user(app, "zoë").await.username, "Zoë");
    assert_eq!(user(app, "thief").await.email, None);
}

#[tokio::test]
async fn from_sqlite() {
    everybody_moves(Engine::Sqlite).await;
}

#[tokio::test]
async fn from_postgres() {
    everybody_moves(Engine::Postgres).await;
}
