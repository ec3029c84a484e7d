//! What a server logs when it logs everything: no token, no password, no address and nothing else
//! that somebody typed or a browser sent, and one line for each event, whatever was in it.

use std::{collections::BTreeSet, fs, path::Path, thread::JoinHandle, time::Duration};

use axum::{Router, body::Body, extract::Request, http::Method, response::Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::support::{
    Browser,
    database::new_postgres_database,
    errands::{NEW_PASSWORD, Scene, Writing, ask_for_mails},
    program::{PASSWORD, Place, Server},
    routes,
};

/// Stands in everything that a request can carry.
const CANARY: &str = "canary-1f0e";
/// The key, which is given by the environment.
const KEY: &str = "canary-2f0e of thirty-two bytes or more";
/// The password in `DATABASE_URL`; the tests' PostgreSQL asks for none.
const DATABASE_PASSWORD: &str = "canary-3f0e";

/// A server elsewhere, for a browser that knows routers.
fn elsewhere(address: String) -> Router {
    Router::new().fallback(move |request: Request| pass_on(address.clone(), request))
}

async fn pass_on(address: String, request: Request) -> Response {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender.send_request(request).await.unwrap().map(Body::new)
}

/// The texts of the mails in a folder, once there are so many.
async fn letters(folder: &Path, count: usize) -> Vec<String> {
    for _ in 0..300 {
        let files: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
        let texts = files.iter().map(|file| fs::read_to_string(file.path()).unwrap());
        let texts: Vec<_> = texts.filter(|text| text.contains("http://")).collect();
        if texts.len() >= count {
            return texts;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mails in {}", folder.display());
}

/// All that may not be in the log.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn note(&mut self, secret: &str) {
        self.0.insert(secret.to_owned());
    }

    /// What a browser holds; of a token its signature, too.
    fn note_cookies(&mut self, browser: &Browser) {
        for name in ["access", "refresh", "latchkey-device"] {
            let value = browser.cookie(name).unwrap_or_default();
            self.0.extend(value.split('.').filter(|part| part.len() > 12).map(str::to_owned));
        }
    }
}

/// Everything that is served is asked for, in every writing, by a browser that talks.
async fn use_everything(scene: &Scene<Server>, secrets: &mut Secrets) {
    let bearer = format!("Bearer {CANARY}");
    let talk = [
        ("user-agent", CANARY),
        ("x-canary", CANARY),
        ("referer", "http://localhost/canary-1f0e"),
        ("x-forwarded-for", CANARY),
        ("accept-language", CANARY),
    ];
    for path in routes::readable() {
        let asked = format!("{path}?before={CANARY}&key={CANARY}&token={CANARY}&next=/{CANARY}");
        scene.browser.send(Method::GET, &asked, &talk, "").await;
        let authorized = [&talk[..], &[("authorization", bearer.as_str())]].concat();
        scene.browser.send(Method::GET, path, &authorized, "").await;
        secrets.note_cookies(&scene.browser);
    }
    let mut operations = routes::mutating();
    // What ends the session comes last.
    let ends = |path: &str| {
        ["logout", "delete", "revoke", "password"].iter().any(|end| path.contains(end))
    };
    operations.sort_by_key(|operation| ends(operation.path));
    for operation in operations {
        let errand = scene.errand(&operation);
        let mut wrong = errand.clone();
        for (_, value) in &mut wrong.fields {
            *value = format!("{CANARY} \u{1b}[2J\r\n{{\"level\":\"ERROR\"}}").into();
        }
        for writing in Writing::ALL {
            wrong.send_as(&scene.browser.copy(), writing, &talk).await;
        }
        wrong.send(&scene.browser.copy(), &[("content-type", CANARY)]).await;
        errand.send(&scene.browser, &talk).await;
        secrets.note_cookies(&scene.browser);
    }
}

/// What a server logs over a whole life, and what may not be in there.
async fn live(place: &Place) -> (String, Secrets) {
    place.create_ada();
    let (server, log): (_, JoinHandle<String>) = place.serve_logging();
    let router = elsewhere(server.address.clone());
    let (browser, other) = (Browser::new(router.clone()), Browser::new(router));
    ask_for_mails(&browser, &other).await;
    let letters = letters(&place.path().join("data/mail"), 2).await;
    let scene = Scene::with_mails(server, browser, &letters).await;
    let mut secrets = Secrets::default();
    secrets.note_cookies(&other);
    let known = ["eyJ", "argon2id", "ada@", "@example", "@third", CANARY, KEY, DATABASE_PASSWORD];
    let known = known.into_iter().chain([PASSWORD, NEW_PASSWORD, &scene.key, &scene.reset.1]);
    known.for_each(|secret| secrets.note(secret));
    use_everything(&scene, &mut secrets).await;
    let Scene { app: server, .. } = scene;
    drop(server);
    (log.join().unwrap(), secrets)
}

fn look_through(log: &str, secrets: &Secrets) {
    assert!(secrets.0.len() > 20, "{}", secrets.0.len());
    for target in ["sqlx::query", "latchkey::"] {
        assert!(log.contains(&format!("\"target\":\"{target}")), "{target} has logged");
    }
    for operation in routes::mutating().iter().filter(|operation| !operation.path.contains('{')) {
        assert!(log.contains(operation.path), "{} is there", operation.path);
    }
    for line in log.lines() {
        for secret in &secrets.0 {
            assert!(!line.contains(secret), "{secret} is in the log: {line}");
        }
    }
    // The server was killed in the end, maybe in the midst of a line.
    let (whole, _) = log.rsplit_once('\n').unwrap();
    for line in whole.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(event["level"].is_string() && event["target"].is_string(), "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_log_on_sqlite() {
    let place = Place::with([("SIGNING_KEY", KEY.to_owned())]);
    let (log, secrets) = live(&place).await;
    look_through(&log, &secrets);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_log_on_postgres() {
    let url = new_postgres_database().await;
    let url = url.replacen("latchkey@", &format!("latchkey:{DATABASE_PASSWORD}@"), 1);
    assert!(url.contains(DATABASE_PASSWORD), "{url}");
    let place = Place::with([("SIGNING_KEY", KEY.to_owned()), ("DATABASE_URL", url)]);
    let (log, secrets) = live(&place).await;
    look_through(&log, &secrets);
}
