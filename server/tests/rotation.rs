//! Signing keys are rotated beside servers that run: nobody is signed out by it.

mod pairs;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    database::new_postgres_database,
    program::{Place, Server, cookie, text},
};

/// A look at the file, and one at what the others say of theirs.
const SOON: Duration = Duration::from_secs(15);

impl Place {
    /// Does something with keys that has to succeed, and returns what it says.
    fn keys(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["keys"], arguments].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// The same where it has to fail.
    fn keys_refuse(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["keys"], arguments].concat(), "");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }

    /// What becomes of a key.
    fn state_of(&self, kid: &str) -> String {
        let list = self.keys(&["list"]);
        let line = list.lines().find(|line| line.contains(kid)).unwrap_or_default();
        let mut columns = line.split("  ").map(str::trim).filter(|column| !column.is_empty());
        columns.nth(2).unwrap_or_default().to_owned()
    }

    fn wait_until(&self, kid: &str, state: &str) {
        let started = Instant::now();
        while self.state_of(kid) != state {
            assert!(started.elapsed() < SOON, "{kid} is: {}", self.state_of(kid));
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// What a start says that is refused.
    fn refused_start(&self, flags: &[&str]) -> String {
        let output = self.run(&[&["--listen", "127.0.0.1:0"], flags].concat(), "");
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    }
}

/// The `kid` of the access token in these cookies.
fn kid(cookies: &str) -> String {
    let token = cookies.split_once("access=").unwrap().1.split(';').next().unwrap();
    jsonwebtoken::decode_header(token.trim()).unwrap().kid.unwrap()
}

fn refresh(server: &Server, cookies: &str) -> String {
    server.send("POST /api/auth/token/refresh/", cookies, "")
}

#[track_caller]
fn assert_ok(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_key_is_rotated_from_the_command_line() {
    let place = Place::new();
    place.create_ada();
    let server = place.serve();
    let before = server.login();
    let old = kid(&before);
    assert_eq!(place.state_of(&old), "signs");

    let said = place.keys(&["rotate"]);
    let new = said.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(said, format!("key {new} is made: it signs as soon as every server has it\n"));
    place.wait_until(&new, "signs");
    assert_eq!(place.state_of(&old), "verifies");
    let after = server.login();
    assert_eq!(kid(&after), new);
    let answer = refresh(&server, &before);
    assert_ok(&answer);
    assert_eq!(kid(&format!("access={}", cookie(&answer, "access").unwrap())), new);
    assert!(server.is_signed_in(&before) && server.is_signed_in(&after));

    let file = place.path().join("data/signing.key");
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 2);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(server);
    let server = place.serve();
    assert!(server.is_signed_in(&before) && server.is_signed_in(&after), "after a restart, too");
    assert_ok(&refresh(&server, &before));

    // Who is signed in by a key keeps it from being retired.
    let said = place.keys_refuse(&["retire", &old]);
    assert!(said.contains("is needed until") && said.contains("--force"), "{said}");
    let said = place.keys_refuse(&["retire", &new, "--force"]);
    assert!(said.contains("signs"), "{said}");
    assert!(place.keys_refuse(&["retire", "nobody's"]).contains("there is no key"));
    place.keys(&["retire", &old, "--force"]);
    let started = Instant::now();
    while server.is_signed_in(&before) {
        assert!(started.elapsed() < SOON, "a retired key's tokens are accepted");
        thread::sleep(Duration::from_millis(100));
    }
    assert!(refresh(&server, &before).starts_with("HTTP/1.1 401"));
    assert!(server.is_signed_in(&after));
    assert_eq!(place.state_of(&old), "retired");
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 1);
    drop(server);
    assert!(place.serve().is_signed_in(&after));
}

#[test]
fn a_key_that_is_taken_away_too_early_is_missed_at_the_next_start() {
    let place = Place::new();
    place.create_ada();
    let server = place.serve();
    let cookies = server.login();
    let old = kid(&cookies);
    place.keys(&["rotate"]);
    let file = place.path().join("data/signing.key");
    let both = fs::read_to_string(&file).unwrap();
    let new = both.lines().next().unwrap().to_owned();
    let started = Instant::now();
    while kid(&server.login()) == old {
        assert!(started.elapsed() < SOON, "the new key does not sign");
        thread::sleep(Duration::from_millis(200));
    }
    fs::write(&file, &new).unwrap();
    thread::sleep(Duration::from_secs(5));
    assert!(server.is_signed_in(&cookies), "it is held as long as it is needed");
    drop(server);
    let said = place.refused_start(&[]);
    assert!(said.contains(&format!("the signing key {old} is gone")), "{said}");
    fs::write(&file, both).unwrap();
    assert!(place.serve().is_signed_in(&cookies));
    // Nonsense in the file changes nothing while the server runs.
    let server = place.serve();
    fs::write(&file, "nonsense").unwrap();
    thread::sleep(Duration::from_secs(5));
    assert!(server.is_signed_in(&cookies) && server.is_signed_in(&server.login()));
}

/// What is between the lines of `keys/ed.pub`.
const SPKI: &str = "MCowBQYDK2VwAyEA0NqgZC6yDEso0h0WJFeqUL/y15J54W0yG6SdikWK3pE=";

#[test]
fn a_key_of_a_curve_is_taken_as_openssl_writes_it() {
    let place = Place::new();
    let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----";
    let key = format!("{parameters}\n{}", include_str!("keys/p256.sec1.pem"));
    fs::write(place.path().join("key"), key).unwrap();
    place.create_ada();
    let server = place.serve_with(&["--algorithm", "ES256", "--signing-key-file", "key"]);
    assert!(server.is_signed_in(&server.login()));
}

#[test]
fn keys_that_cannot_be_trusted_are_refused_with_a_sentence() {
    let place = Place::new();
    let write = |name: &str, text: &str| {
        fs::write(place.path().join(name), text).unwrap();
        place.refused_start(&["--signing-key-file", name])
    };
    let secret = "6c61c8ffa9b1a0e4f9c4b2f5e8d7a3b16c61c8ffa9b1a0e4f9c4b2f5e8d7a3b2";
    let rsa = include_str!("keys/rsa1024.pem");
    let pair = include_str!("keys/ed.pem");
    for (text, part) in [
        (format!("{secret}\n{secret}\n"), "go by the name"),
        ("change-me-change-me-change-me-change-me".to_owned(), "examples"),
        (format!("{secret}\nchange-me-change-me-change-me-change-me"), "key 2: the signing key"),
        (pair.to_owned(), "the signing key is no secret"),
        (SPKI.to_owned(), "the signing key is no secret"),
        ("abcdefghijklmnopqrstuvwxyz123456".to_owned(), "is not random: it is characters in their"),
        ("a".repeat(32), "is not random: it is a few characters over and over. Make one with"),
        (format!("{secret}\n{rsa}"), "RSA needs at least 2048"),
        ("short".to_owned(), "at least 32"),
    ] {
        let said = write("key", &text);
        assert!(said.contains(part), "{part}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    let said =
        place.refused_start(&["--signing-key", "django-insecure-k1v@0c5$-a-secret-of-fifty"]);
    assert!(said.contains("django-insecure-"), "{said}");
}

/// Three servers on one PostgreSQL, each with a key file of its own.
struct Cluster {
    place: Place,
    nodes: Vec<Server>,
}

const OLD: &str = "the key that has signed until now, of 32 bytes or more";
const NEW: &str = "the-key-that-is-to-sign-from-now-on-of-32-bytes-or-more";
const OLD_IN_A_LINE: &str = "the-key-that-has-signed-until-now-of-32-bytes-or-more";

impl Cluster {
    fn start() -> Self {
        let url = tokio::runtime::Runtime::new().unwrap().block_on(new_postgres_database());
        let place = Place::with([("DATABASE_URL", url), ("LOG", "error".to_owned())]);
        assert!(place.create_ada().status.success());
        let mut cluster = Self { place, nodes: Vec::new() };
        for node in 0..3 {
            cluster.give(node, OLD_IN_A_LINE);
            cluster.nodes.push(cluster.serve(node));
        }
        cluster
    }

    fn file(&self, node: usize) -> PathBuf {
        self.place.path().join(format!("key-{node}"))
    }

    /// Puts keys into a node's file, as deployments do: a new file in the place of the old one.
    fn give(&self, node: usize, keys: &str) {
        let draft = self.file(node).with_extension("draft");
        fs::write(&draft, keys).unwrap();
        fs::rename(draft, self.file(node)).unwrap();
    }

    fn serve(&self, node: usize) -> Server {
        self.place.serve_with(&["--signing-key-file", name(&self.file(node))])
    }

    /// The key that each node signs with.
    fn signing(&self) -> Vec<String> {
        self.nodes.iter().map(|node| kid(&node.login())).collect()
    }
}

fn name(file: &Path) -> &str {
    file.to_str().unwrap()
}

/// Somebody who goes round and round the nodes, refreshes and looks at their data; it is a failure
/// that this is ever refused.
fn goes_round(nodes: &[Server], mut cookies: String, stop: &AtomicBool, rounds: &AtomicUsize) {
    let mut turn = 0;
    while !stop.load(Ordering::Relaxed) {
        turn += 1;
        let answer = refresh(&nodes[turn % 3], &cookies);
        assert!(answer.starts_with("HTTP/1.1 200"), "turn {turn}: {answer}");
        for name in ["access", "refresh"] {
            let Some(value) = cookie(&answer, name) else { continue };
            let rest = cookies.trim_start_matches("Cookie: ").trim_end();
            let others = rest.split("; ").filter(|c| !c.starts_with(&format!("{name}=")));
            let others: Vec<_> = others.collect();
            cookies = format!("Cookie: {name}={value}; {}\r\n", others.join("; "));
        }
        for node in nodes {
            assert!(node.is_signed_in(&cookies), "turn {turn}: {} refuses", node.address);
        }
        rounds.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn three_nodes_get_a_new_key_one_after_another_under_load() {
    let mut cluster = Cluster::start();
    let before = cluster.nodes[0].login();
    let old = kid(&before);
    let both = format!("{NEW}\n{OLD_IN_A_LINE}\n");
    let (stop, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let (nodes, stop, rounds) = (&cluster.nodes, &stop, &rounds);
        let people: Vec<_> = (0..4)
            .map(|person| {
                let cookies = nodes[person % 3].login();
                scope.spawn(move || goes_round(nodes, cookies, stop, rounds))
            })
            .collect();
        let rotated = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for node in 0..2 {
                cluster.give(node, &both);
                thread::sleep(Duration::from_secs(5));
                assert_eq!(cluster.signing(), [&*old, &*old, &*old], "node 2 cannot verify it yet");
            }
            cluster.give(2, &both);
            let started = Instant::now();
            while cluster.signing().contains(&old) {
                assert!(started.elapsed() < SOON, "the new key does not sign everywhere");
            }
        }));
        thread::sleep(Duration::from_secs(3));
        stop.store(true, Ordering::Relaxed);
        for person in people {
            person.join().unwrap();
        }
        rotated.unwrap();
    });
    println!("{} rounds of four people while the key was rotated", rounds.into_inner());
    assert!(cluster.nodes.iter().all(|node| node.is_signed_in(&before)));
    for node in &cluster.nodes {
        assert_ok(&refresh(node, &before));
    }
    let new = kid(&cluster.nodes[0].login());
    assert_eq!(cluster.place.state_of(&new), "signs");
    assert_eq!(cluster.place.state_of(&old), "verifies");

    // A node that comes later has to bring both.
    for (keys, part) in [
        (OLD_IN_A_LINE, format!("the signing key {new} is gone")),
        (NEW, format!("the signing key {old} is gone")),
        (OLD, "not one that the database has been served with".to_owned()),
    ] {
        cluster.give(3, keys);
        let said = cluster.place.refused_start(&["--signing-key-file", name(&cluster.file(3))]);
        assert!(said.contains(&part), "{said}");
    }
    cluster.give(3, &both);
    cluster.nodes.push(cluster.serve(3));
    assert!(cluster.nodes[3].is_signed_in(&before));
    let said = cluster.place.keys_refuse(&["rotate"]);
    assert!(said.contains("before the others"), "{said}");
}
