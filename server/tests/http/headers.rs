//! The headers of every answer: of every route, of files, and of all that can go wrong with a
//! request. They are as in `tests/headers.txt`, which is read before it is committed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use app::wire::paths;
use axum::http::{HeaderName, HeaderValue, Method};
use latchkey::http::gate::MAX_BODY_BYTES;

use super::openapi::is_rewritten;
use crate::support::{
    Browser, Reply, TestApp,
    errands::Scene,
    routes::{self, Operation},
};

const SPA: &str = "https://spa.example.net";
const OWN: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];
const FLAGS: [&str; 2] =
    ["--public-url=https://app.example.com", "--cors-allowed-origins=https://spa.example.net"];

/// Statuses and how they came about, each with the requests that were answered so.
type Cases = BTreeMap<String, BTreeSet<String>>;

/// All that was answered: for each set of headers, what it was an answer to.
#[derive(Default)]
struct Survey(BTreeMap<BTreeSet<String>, Cases>);

impl Survey {
    fn note(&mut self, asked: &str, how: &str, reply: &Reply) {
        for name in reply.cookie_names() {
            // Neither a script nor a sibling domain can plant these.
            assert!(name.starts_with("__Host-Http-"), "{asked} sets {name}");
        }
        let headers = reply.headers.iter().filter_map(line).collect();
        let cases = self.0.entry(headers).or_default();
        let case = format!("{} {how}", reply.status.as_u16());
        cases.entry(case).or_default().insert(asked.to_owned());
    }

    fn note_operation(&mut self, operation: &Operation, how: &str, reply: &Reply) {
        self.note(&format!("{} {}", operation.method, operation.path), how, reply);
    }

    /// First what all have in common, then the rest by what is answered.
    fn report(&self) -> String {
        let mut common = self.0.keys().next().unwrap().clone();
        common.retain(|line| self.0.keys().all(|headers| headers.contains(line)));
        let mut report = String::from("Every answer:\n");
        for line in &common {
            writeln!(report, "    {line}").unwrap();
        }
        let mut groups: Vec<_> = self.0.iter().map(|(headers, cases)| (cases, headers)).collect();
        groups.sort();
        for (cases, headers) in groups {
            report.push('\n');
            for (case, asked) in cases {
                let asked: Vec<_> = asked.iter().map(String::as_str).collect();
                writeln!(report, "{case}: {}", asked.join(", ")).unwrap();
            }
            for line in headers.difference(&common) {
                writeln!(report, "    {line}").unwrap();
            }
        }
        report
    }
}

/// A header as it is noted: what is another one each time is a star.
fn line((name, value): (&HeaderName, &HeaderValue)) -> Option<String> {
    let value = value.to_str().unwrap();
    let value = match name.as_str() {
        "content-length" => return None,
        "x-request-id" | "latchkey-user" | "last-modified" | "retry-after" | "location" => {
            "*".to_owned()
        }
        "content-security-policy" => without(value, "'nonce-", "'"),
        "set-cookie" => {
            let value = without(value, "=", ";");
            without(&without(&value, "Expires=", ";"), "Max-Age=", ";")
        }
        _ => value.to_owned(),
    };
    Some(format!("{name}: {value}"))
}

/// The text with a star for the first thing that stands between these two.
fn without(text: &str, before: &str, after: &str) -> String {
    let Some((head, rest)) = text.split_once(before) else { return text.to_owned() };
    let tail = rest.find(after).map_or("", |end| &rest[end..]);
    format!("{head}{before}*{tail}")
}

/// Files as a build leaves them.
fn lay_files(app: &TestApp) -> [&'static str; 5] {
    let site = app.folder.path().join("site");
    fs::create_dir_all(site.join("pkg")).unwrap();
    let files = [
        "/favicon.ico",
        "/robots.txt",
        "/pkg/latchkey.HASH.wasm",
        "/pkg/latchkey.HASH.js",
        "/pkg/latchkey.HASH.css",
    ];
    for file in files {
        fs::write(site.join(&file[1..]), "content").unwrap();
    }
    files
}

const DOCUMENT: [(&str, &str); 3] =
    [("sec-fetch-dest", "document"), ("sec-fetch-site", "none"), ("accept", "text/html,*/*")];

async fn read(survey: &mut Survey, browser: &Browser, who: &str) {
    for path in routes::readable() {
        let headers = if path.starts_with("/api") { &OWN[..] } else { &DOCUMENT };
        let reply = browser.send(Method::GET, path, headers, "").await;
        survey.note(&format!("GET {path}"), who, &reply);
        let head = browser.send(Method::HEAD, path, headers, "").await;
        assert_eq!((head.status, head.body.as_str()), (reply.status, ""), "{path}");
    }
}

async fn read_files(survey: &mut Survey, app: &TestApp) {
    let missing =
        ["/nothing", "/api/nothing/", "/pkg/nothing.wasm", "/.git/config", "/../etc/passwd"];
    for path in lay_files(app).into_iter().chain(missing) {
        let reply = app.browser().get(path).await;
        survey.note(&format!("GET {path}"), "a file, or none", &reply);
    }
    let kept = [("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")];
    for path in ["/favicon.ico", "/pkg/latchkey.HASH.wasm"] {
        let reply = app.browser().send(Method::GET, path, &kept, "").await;
        survey.note(&format!("GET {path}"), "a file that is kept", &reply);
        let part = [("range", "bytes=0-1")];
        let reply = app.browser().send(Method::GET, path, &part, "").await;
        survey.note(&format!("GET {path}"), "a part of a file", &reply);
    }
    let guess = [("sec-purpose", "prefetch"), ("sec-fetch-dest", "document")];
    let reply = app.browser().send(Method::GET, paths::ACCOUNT_PAGE, &guess, "").await;
    survey.note("GET /account", "ahead of time", &reply);
}

/// How it goes wrong, the request's headers, and its body.
type Failing<'r> = (&'static str, &'r [(&'r str, &'r str)], &'r str);

/// What can go wrong with a request before anything is done.
async fn fail(survey: &mut Survey, scene: &Scene, operation: &Operation) {
    let errand = scene.errand(operation);
    let Operation { method, path, .. } = operation;
    let json = ("content-type", "application/json");
    let large = "x".repeat(MAX_BODY_BYTES + 1);
    let rows: [Failing<'_>; 8] = [
        ("with nothing", &[OWN[0]], ""),
        ("with half of it", &[OWN[0], json], "{"),
        ("as text", &[OWN[0], ("content-type", "text/plain")], "x"),
        ("too much", &[OWN[0], json], &large),
        ("from elsewhere", &[("sec-fetch-site", "cross-site")], ""),
        ("for text", &[OWN[0], ("accept", "text/plain")], ""),
        ("with a bad token", &[OWN[0], ("authorization", "Bearer x")], ""),
        ("from a listed origin", &[("origin", SPA), ("accept", "text/plain")], ""),
    ];
    let stranger = scene.app.browser();
    for (what, headers, body) in rows {
        let reply = stranger.send(method.clone(), &errand.path, headers, body.to_owned()).await;
        survey.note_operation(operation, what, &reply);
    }
    let other = stranger.send(Method::from_bytes(b"PURGE").unwrap(), &errand.path, &OWN, "").await;
    survey.note(&format!("PURGE {path}"), "by another method", &other);
    let options = stranger.send(Method::OPTIONS, &errand.path, &OWN, "").await;
    survey.note(&format!("OPTIONS {path}"), "nobody", &options);
    for (origin, who) in [(SPA, "a listed origin"), ("https://evil.example", "another origin")] {
        let asks = [("origin", origin), ("access-control-request-method", method.as_str())];
        let reply = stranger.send(Method::OPTIONS, &errand.path, &asks, "").await;
        survey.note(&format!("OPTIONS {path}"), &format!("a preflight of {who}"), &reply);
    }
}

/// All that may change something, and at last what ends the session.
fn partings_last() -> Vec<Operation> {
    let mut operations = routes::mutating();
    operations.sort_by_key(|operation| operation.path.contains("logout"));
    operations
}

/// What the database does to answers.
async fn be_in_trouble(survey: &mut Survey) {
    let (app, gate) = TestApp::gated(&FLAGS).await;
    let scene = Scene::in_app(app, &OWN).await;
    gate.set_gone(true);
    read(survey, &scene.browser, "without a database").await;
    for operation in partings_last() {
        let reply = scene.errand(&operation).send(&scene.browser, &[]).await;
        survey.note_operation(&operation, "without a database", &reply);
    }
    gate.set_gone(false);
    scene.browser.login("ada").await.assert_status(200);
    scene.app.database.execute("UPDATE sessions SET revoked_at = 1, revoke_cause = 'x'").await;
    let reply = scene.browser.refresh().await;
    survey.note("POST /api/auth/token/refresh/", "from a row that nobody can read", &reply);
}

async fn be_too_fast(survey: &mut Survey) {
    let flags = [FLAGS[0], FLAGS[1], "--default-throttle-rates=dj_rest_auth=3/day"];
    let scene = Scene::in_app(TestApp::with(&flags).await, &OWN).await;
    for operation in partings_last() {
        for _ in 0..4 {
            let reply = scene.errand(&operation).send(&scene.browser, &[]).await;
            if reply.status == 429 {
                survey.note_operation(&operation, "too often", &reply);
            }
        }
    }
}

#[tokio::test]
async fn they_are_those_that_were_agreed_on() {
    let mut survey = Survey::default();
    let scene = Scene::in_app(TestApp::with(&FLAGS).await, &OWN).await;
    read(&mut survey, &scene.app.browser(), "nobody").await;
    read(&mut survey, &scene.browser, "Ada").await;
    read_files(&mut survey, &scene.app).await;
    for operation in routes::mutating() {
        fail(&mut survey, &scene, &operation).await;
        let scene = Scene::in_app(TestApp::with(&FLAGS).await, &OWN).await;
        let errand = scene.errand(&operation);
        let reply = errand.send(&scene.browser, &[]).await;
        assert!(errand.has_worked(&reply), "{operation:?}: {} {}", reply.status, reply.body);
        survey.note_operation(&operation, "Ada", &reply);
    }
    be_in_trouble(&mut survey).await;
    be_too_fast(&mut survey).await;
    let now = survey.report();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/headers.txt");
    if is_rewritten() {
        fs::write(&file, &now).unwrap();
    }
    assert!(
        fs::read_to_string(&file).unwrap_or_default() == now,
        "The answers' headers are not those of server/tests/headers.txt any more. If that is meant, \
         run \"SNAPSHOT=write cargo test --locked -p server --test suite headers\", and commit the \
         file."
    );
}

#[tokio::test]
async fn each_page_has_a_nonce_of_its_own() {
    let app = TestApp::new().await;
    let nonce = async || {
        let page = app.browser().open("/login").await;
        let policy = page.header("content-security-policy").unwrap();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 22 && page.body.contains(&nonce));
        nonce
    };
    assert_ne!(nonce().await, nonce().await);
}

/// What was said over TLS is kept for a year, also where TLS is not there yet.
#[tokio::test]
async fn only_who_is_reached_over_tls_promises_that() {
    let hsts = async |flags: &[&str]| {
        let reply = TestApp::with(flags).await.browser().get("/api/nothing/").await;
        reply.header("strict-transport-security")
    };
    assert_eq!(hsts(&[]).await, None);
    assert_eq!(hsts(&["--public-url=http://app.example.com"]).await, None);
    let promised = hsts(&[FLAGS[0], "--hsts-include-subdomains=true"]).await;
    assert_eq!(promised.as_deref(), Some("max-age=31536000; includeSubDomains"));
}
