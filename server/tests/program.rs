//! The program itself: started as a person starts it.

use std::fs;

use sqlx::{Connection as _, SqliteConnection};

use crate::support::program::{PASSWORD, Place, text};

#[test]
fn with_nothing_set_it_makes_what_it_needs_and_serves() {
    let place = Place::new();
    let made = place.create_ada();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let said = text(&made.stdout);
    assert!(said.starts_with("made user ada with id 1 in /"), "{said}");
    assert!(said.ends_with("data/latchkey.db\n"), "{said}");
    let server = place.serve();
    let cookies = server.login();
    assert!(server.is_signed_in(&cookies));

    let key = place.path().join("data/signing.key");
    assert_eq!(fs::read_to_string(&key).unwrap().trim().len(), 64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let rights =
            |path: &str| fs::metadata(place.path().join(path)).unwrap().permissions().mode();
        assert_eq!(rights("data/signing.key") & 0o777, 0o600);
        assert_eq!(rights("data") & 0o777, 0o700);
        for file in ["latchkey.db", "latchkey.db-wal"] {
            assert_eq!(rights(&format!("data/{file}")) & 0o777, 0o600, "{file}");
        }
    }
    // The key stays: a restart signs nobody out.
    drop(server);
    assert!(place.serve().is_signed_in(&cookies));
    let files: Vec<_> = fs::read_dir(place.path().join("data")).unwrap().collect();
    assert!(files.len() <= 5, "database, its two logs, the key, the mails: {files:?}");
}

#[test]
fn disabling_from_the_command_line_bites_a_running_server_within_a_second() {
    let place = Place::new();
    place.create_ada();
    let server = place.serve();
    let cookies = server.login();
    assert!(server.is_signed_in(&cookies));

    let disabled = place.run(&["user", "disable", "ada"], "");
    assert_eq!(text(&disabled.stdout), "ada disabled; all sessions are ended\n");
    server.ends_within_a_second(&cookies);
}

#[test]
fn a_lost_key_is_not_replaced_in_silence() {
    let place = Place::new();
    place.create_ada();
    let cookies = place.serve().login();
    let (key, aside) = (place.path().join("data/signing.key"), place.path().join("aside"));
    fs::rename(&key, &aside).unwrap();
    let refused = place.run(&["--listen", "127.0.0.1:0"], "");
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("put it back"), "{}", text(&refused.stderr));
    assert!(!key.exists(), "none is made in its place");

    fs::rename(&aside, &key).unwrap();
    assert!(place.serve().is_signed_in(&cookies));
    // Another key only by request; it signs everybody out.
    fs::remove_file(&key).unwrap();
    let server = place.serve_with(&["--new-key"]);
    assert!(!server.is_signed_in(&cookies));
    let cookies = server.login();
    drop(server);
    assert!(place.serve().is_signed_in(&cookies), "it is known from now on");
}

#[test]
fn accounts_are_looked_after_from_the_command_line() {
    let place = Place::new();
    place.create_ada();
    let run = |arguments: &[&str], input: &str| {
        let output = place.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let server = place.serve();
    let cookies = server.login();
    let list = run(&["user", "list"], "");
    let words: Vec<_> = list.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(words[..4], ["1", "ada", "ada@example.com", "enabled"]);

    let sessions = run(&["session", "list", "--user", "ADA"], "");
    let id = sessions.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_eq!(run(&["session", "revoke", &id], ""), format!("session {id} is ended\n"));
    assert_eq!(run(&["session", "list"], "").lines().count(), 1);
    let again = place.run(&["session", "revoke", &id], "");
    assert!(text(&again.stderr).contains("there is no session"));

    run(&["user", "disable", "ada"], "");
    assert!(run(&["user", "list"], "").contains("disabled"));
    assert_eq!(run(&["user", "enable", "ada"], ""), "ada enabled\n");
    let said = run(&["user", "set-password", "ada", "--password-stdin"], "another-horse-7\n");
    assert_eq!(said, "ada has a new password; 0 sessions are ended\n");

    let asked = place.run(&["user", "delete", "ada"], "");
    assert!(text(&asked.stderr).contains("nothing was deleted"));
    assert_eq!(
        run(&["user", "delete", "ada", "--yes"], ""),
        "ada is deleted, and all sessions are ended\n"
    );
    assert_eq!(run(&["user", "list"], "").lines().count(), 1);
    server.ends_within_a_second(&cookies);
}

#[test]
fn the_checklist_fails_only_what_is_to_be_deployed() {
    let place = Place::new();
    let check = |arguments: &[&str]| {
        let output = place.run(arguments, "");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (status, lines, _) = check(&["check"]);
    assert_eq!(status, Some(0));
    assert!(lines.contains("change  PUBLIC_URL: set it to the https address"), "{lines}");
    let (status, _, said) = check(&["check", "--deploy"]);
    assert_eq!(status, Some(1));
    assert_eq!(said, "latchkey: 1 setting has to change before this may be used in production\n");
    let unproxied = ["--public-url", "https://app.example.com", "--allow-file-mail"];
    let (status, lines, _) = check(&[&unproxied[..], &["check", "--deploy"]].concat());
    assert_eq!(status, Some(1), "{lines}");
    assert!(lines.contains("change  TRUSTED_PROXIES: name the proxy that ends TLS"), "{lines}");
    let https = [&unproxied[..], &["--trusted-proxies", "127.0.0.1"]].concat();
    let (status, lines, _) = check(&[&https[..], &["check", "--deploy"]].concat());
    assert_eq!(status, Some(0), "{lines}");
    assert!(!place.path().join("data").exists(), "looking makes nothing");

    let insecure = "django-insecure-k1v@0c5$-a-secret-of-fifty-characters-1";
    let rows: [(&[&str], &str); 12] = [
        (
            &["--legacy-signing-key", insecure],
            "LEGACY_SIGNING_KEY: it begins with django-insecure-",
        ),
        (&["--legacy-signing-key", "short"], "LEGACY_SIGNING_KEY: LEGACY_SIGNING_KEY: the signing"),
        (&["--jwt-auth-httponly", "false"], "JWT_AUTH_HTTPONLY"),
        (&["--jwt-auth-samesite", "None"], "JWT_AUTH_SAMESITE"),
        (&["--blacklist-after-rotation", "false"], "BLACKLIST_AFTER_ROTATION"),
        (&["--store-delay", "0s", "--race-window", "0s"], "STORE_DELAY, RACE_WINDOW"),
        (&["--access-token-lifetime", "1h"], "ACCESS_TOKEN_LIFETIME: 1h"),
        (&["--cors-allowed-origins", "http://app.example.com"], "CORS_ALLOWED_ORIGINS"),
        (&["--database-url", "postgres://u@localhost/x"], "SIGNING_KEY"),
        (&["--signing-key", "short"], "SIGNING_KEY: SIGNING_KEY: the signing key has 5 bytes"),
        (&["--signing-key-file", "nowhere"], "SIGNING_KEY: the signing key nowhere cannot be read"),
        (&["--leeway", "1d"], "ACCESS_TOKEN_LIFETIME: 15m and LEEWAY 1day"),
    ];
    for (flags, setting) in rows {
        let (status, lines, _) = check(&[&https[..], flags, &["check", "--deploy"]].concat());
        assert_eq!(status, Some(1), "{flags:?}: {lines}");
        assert!(lines.contains(&format!("change  {setting}")), "{flags:?}: {lines}");
        let changes = lines.lines().filter(|line| line.starts_with("change")).count();
        assert_eq!(changes, 1, "{flags:?}: {lines}");
    }
}

#[test]
fn trouble_is_one_sentence_and_status_1() {
    let place = Place::new();
    place.create_ada();
    let long = "x".repeat(151);
    let shared = "a secret of thirty-two bytes or more";
    let rows: [(&[&str], &str, &str); 13] = [
        (
            &["--signing-key", shared, "--legacy-signing-key", shared],
            "",
            "LEGACY_SIGNING_KEY is the signing key of this server, too",
        ),
        (&["--jwt-auth-samesite", "None"], "", "JWT_AUTH_SAMESITE=None needs"),
        (&["--signing-key", "short"], "", "HS256 needs at least 32"),
        (&["--signing-key-file", "missing"], "", "cannot be read"),
        (&["--issuer", &"x".repeat(4000), "--listen", "127.0.0.1:0"], "", "shorten ISSUER"),
        (
            &["user", "create", "--username", "ADA", "--password-stdin"],
            "correct-horse-9",
            "already exists",
        ),
        (
            &["user", "create", "--username", "a b", "--password-stdin"],
            "correct-horse-9",
            "valid username",
        ),
        (
            &["user", "create", "--username", "eve", "--password-stdin"],
            "short",
            "at least 8 characters",
        ),
        (
            &["user", "create", "--username", "eve", "--first-name", &long, "--password-stdin"],
            "correct-horse-9",
            "no more than 150 characters",
        ),
        (
            &["user", "create", "--username", "eve", "--last-name", "a\nb", "--password-stdin"],
            "correct-horse-9",
            "Enter a valid name",
        ),
        (&["user", "disable", "nobody"], "", "there is no user"),
        (&["--data-dir", "elsewhere", "user", "disable", "ada"], "", "there is no database"),
        (&["--log", "a=b=c"], "", "LOG is"),
    ];
    for (arguments, input, part) in rows {
        let output = place.run(arguments, input);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said.starts_with("latchkey: ") && said.contains(part), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let names = ["LISTEN", "ISSUER", "ACCESS_TOKEN_LIFETIME", "JWT_AUTH_SECURE", "DATABASE_URL"];
    let bare = Place::new().run(&["check"], "");
    let place = Place::with(names.map(|name| (name, String::new())));
    let checked = place.run(&["check"], "");
    assert_eq!((checked.status.code(), text(&checked.stderr)), (Some(0), String::new()));
    assert_eq!(text(&checked.stdout), text(&bare.stdout));
    // But no key is made in the place of one that was lost on the way.
    for name in ["SIGNING_KEY", "SIGNING_KEY_FILE"] {
        let place = Place::with([(name, String::new())]);
        assert!(!place.run(&["serve"], "").status.success(), "{name}");
        assert!(!place.path().join("data/signing.key").exists());
    }
}

#[test]
fn it_does_not_start_without_the_wasm_that_its_pages_link() {
    let place = Place::new();
    fs::remove_file(place.path().join("site/pkg/latchkey.wasm")).unwrap();
    let output = place.run(&["--listen", "127.0.0.1:0"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cargo leptos build --release"));
}

const SETTINGS: [&str; 53] = [
    "LISTEN",
    "PUBLIC_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "SIGNING_KEY",
    "SIGNING_KEY_FILE",
    "ACCESS_TOKEN_LIFETIME",
    "REFRESH_TOKEN_LIFETIME",
    "SESSION_ABSOLUTE_LIFETIME",
    "ROTATE_REFRESH_TOKENS",
    "BLACKLIST_AFTER_ROTATION",
    "UPDATE_LAST_LOGIN",
    "RACE_WINDOW",
    "STORE_DELAY",
    "LEEWAY",
    "ISSUER",
    "AUDIENCE",
    "REVOCATION_MAX_STALENESS",
    "JWT_AUTH_COOKIE",
    "JWT_AUTH_REFRESH_COOKIE",
    "JWT_AUTH_REFRESH_COOKIE_PATH",
    "JWT_AUTH_SECURE",
    "JWT_AUTH_HTTPONLY",
    "JWT_AUTH_SAMESITE",
    "JWT_AUTH_COOKIE_DOMAIN",
    "JWT_AUTH_COOKIE_PARTITIONED",
    "JWT_AUTH_RETURN_EXPIRATION",
    "JWT_AUTH_ACCESS_IN_BODY",
    "CSRF_REQUIRE_ORIGIN",
    "CORS_ALLOWED_ORIGINS",
    "DATABASE_CONNECTIONS",
    "PASSWORD_MAX_LENGTH",
    "HSTS_INCLUDE_SUBDOMAINS",
    "ALGORITHM",
    "VERIFYING_KEY",
    "USER_ID_CLAIM",
    "AUTH_HEADER_TYPES",
    "JWT_AUTH_COOKIE_USE_CSRF",
    "JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED",
    "DEFAULT_THROTTLE_RATES",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "FRONTEND_URL",
    "PASSWORD_RESET_TIMEOUT",
    "ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS",
    "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_SIGNUP_FIELDS",
    "AUTH_PASSWORD_VALIDATORS",
    "PASSWORD_MIN_LENGTH",
    "OLD_PASSWORD_FIELD_ENABLED",
    "LOGOUT_ON_PASSWORD_CHANGE",
    "LOG",
];

#[test]
fn help_documents_every_setting() {
    let place = Place::new();
    let help = text(&place.run(&["--help"], "").stdout);
    for setting in SETTINGS {
        let named = |end| help.contains(&format!("[env: {setting}{end}"));
        assert!(named('=') || named(']'), "{setting}");
    }
    assert!(!help.contains("LEPTOS_"));
}

/// SQLite's log cannot grow any more: for what the program makes of that, a limit is as good as a disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_signs_nobody_out_and_is_got_over() {
    let place = Place::with([("LOG", "off".to_owned())]);
    place.create_ada();
    let server = place.serve_after("trap '' XFSZ; ulimit -f 2048");
    let cookies = server.login();
    let change = || server.send("PATCH /api/auth/user/", &cookies, r#"{"first_name":"Augusta"}"#);
    let mut changes = std::iter::repeat_with(change).take(10_000);
    let refused = changes.find(|answer| !answer.starts_with("HTTP/1.1 200")).expect("a full disk");
    let login = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
    for answer in [refused, server.send("POST /api/auth/login/", "", &login)] {
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        let head = answer.to_ascii_lowercase();
        assert!(head.contains("\r\nretry-after: ") && !head.contains("set-cookie"), "{answer}");
    }
    assert!(server.is_signed_in(&cookies));
    assert!(server.send("GET /api/auth/user/", &cookies, "").starts_with("HTTP/1.1 200"));
    // There is room again.
    let file = place.path().join("data/latchkey.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert!(change().starts_with("HTTP/1.1 200"));
    assert!(server.is_signed_in(&server.login()));
}
