//! The program itself: started as a person starts it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

const PASSWORD: &str = "correct-horse-9";

/// A folder in which the program runs with nothing set, and pages' files for it to find.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        fs::write(folder.path().join("site/pkg/latchkey.wasm"), "").unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("LEPTOS_SITE_ROOT", self.path().join("site"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn create_ada(&self) -> Output {
        let email = ["--email", "ada@example.com", "--password-stdin"];
        let arguments = [&["user", "create", "--username", "ada"], &email[..]].concat();
        self.run(&arguments, &format!("{PASSWORD}\n"))
    }

    fn serve(&self) -> Server {
        let mut child = self.command(&["--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.next().unwrap().unwrap();
        let address = ready.rsplit_once("http://").unwrap().1.to_owned();
        Server { child, address }
    }
}

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn send(&self, request: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn login(&self) -> String {
        let body = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
        let answer = self.send("POST /api/auth/login/", "", &body);
        let cookies = answer.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next())?
        });
        format!("Cookie: {}\r\n", cookies.collect::<Vec<_>>().join("; "))
    }

    fn is_signed_in(&self, cookies: &str) -> bool {
        self.send("GET /api/data/", cookies, "").starts_with("HTTP/1.1 200")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

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
    assert!(files.len() <= 4, "database, its two logs, the key: {files:?}");
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
    let started = Instant::now();
    while server.is_signed_in(&cookies) {
        assert!(started.elapsed() < Duration::from_secs(1), "still signed in");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn trouble_is_one_sentence_and_status_1() {
    let place = Place::new();
    place.create_ada();
    let rows: [(&[&str], &str, &str); 10] = [
        (&["--jwt-auth-samesite", "None"], "", "JWT_AUTH_SAMESITE=None needs"),
        (&["--signing-key", "short"], "", "it needs at least 32"),
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
fn it_does_not_start_without_the_wasm_that_its_pages_link() {
    let place = Place::new();
    fs::remove_file(place.path().join("site/pkg/latchkey.wasm")).unwrap();
    let output = place.run(&["--listen", "127.0.0.1:0"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cargo leptos build --release"));
}

#[test]
fn help_documents_every_setting() {
    let place = Place::new();
    let help = text(&place.run(&["--help"], "").stdout);
    for setting in [
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
        "PASSWORD_MAX_LENGTH",
        "HSTS_INCLUDE_SUBDOMAINS",
        "LOG",
    ] {
        let named = |end| help.contains(&format!("[env: {setting}{end}"));
        assert!(named('=') || named(']'), "{setting}");
    }
    assert!(!help.contains("LEPTOS_"));
}

#[test]
fn secrets_stay_out_of_the_log() {
    let place = Place::new();
    place.create_ada();
    let mut command = place.command(&["--listen", "127.0.0.1:0", "--log", "trace"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap().rsplit_once("http://").unwrap().1.to_owned();
    // Read along: a full pipe would stop the server.
    let mut log = child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = log.read_to_string(&mut text);
        text
    });
    let server = Server { child, address };
    let cookies = server.login();
    assert!(server.is_signed_in(&cookies));
    server.send("POST /api/auth/token/refresh/", &cookies, "");
    server.send("GET /account?secret=canary", &cookies, "");
    server.send("POST /api/auth/logout/", &cookies, "");
    drop(server);
    let log = reading.join().unwrap();
    assert!(log.contains("/api/auth/token/refresh/"), "the requests are there");
    for secret in [PASSWORD, "eyJ", "ada@example.com", "canary", "argon2id"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
