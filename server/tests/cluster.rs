//! Three processes on one PostgreSQL, behind a client that goes round.

use std::{
    thread,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::support::{
    database::new_postgres_database,
    program::{Place, Server, text},
};

const KEY: &str = "a secret of thirty-two bytes or more";

fn settings(url: &str) -> [(&'static str, String); 3] {
    [("DATABASE_URL", url.to_owned()), ("SIGNING_KEY", KEY.to_owned()), ("LOG", "error".to_owned())]
}

struct Cluster {
    place: Place,
    nodes: Vec<Server>,
}

impl Cluster {
    fn start(url: &str) -> Self {
        let place = Place::with(settings(url));
        assert!(place.create_ada().status.success());
        let nodes = (0..3).map(|_| place.serve()).collect();
        Self { place, nodes }
    }

    /// Goes round until no node accepts the session, and says how long that took.
    fn time_until_refused(&self, cookies: &str, within: Duration) -> Duration {
        let started = Instant::now();
        for node in &self.nodes {
            while node.is_signed_in(cookies) {
                assert!(started.elapsed() < within, "{} still accepts it", node.address);
                thread::sleep(Duration::from_millis(5));
            }
        }
        started.elapsed()
    }
}

fn new_database() -> String {
    tokio::runtime::Runtime::new().unwrap().block_on(new_postgres_database())
}

fn execute(url: &str, statement: &'static str) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(statement).await.unwrap();
    });
}

fn sign_out(node: &Server, cookies: &str) {
    let answer = node.send("POST /api/auth/logout/", cookies, "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_sign_in_holds_on_every_node_and_so_does_a_sign_out() {
    let cluster = Cluster::start(&new_database());
    let mut worst = Duration::ZERO;
    for round in 0..6 {
        let cookies = cluster.nodes[round % 3].login();
        assert!(cluster.nodes.iter().all(|node| node.is_signed_in(&cookies)));
        sign_out(&cluster.nodes[(round + 1) % 3], &cookies);
        worst = worst.max(cluster.time_until_refused(&cookies, Duration::from_secs(1)));
    }
    println!("refused everywhere within {} ms", worst.as_millis());
}

#[test]
fn a_node_refreshes_what_another_one_made() {
    let cluster = Cluster::start(&new_database());
    let cookies = cluster.nodes[0].login();
    for node in &cluster.nodes {
        let answer = node.send("POST /api/auth/token/refresh/", &cookies, "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(node.send("GET /readyz", "", "").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn a_sign_out_is_heard_of_though_every_notice_is_lost() {
    let url = new_database();
    let cluster = Cluster::start(&url);
    execute(&url, "DROP TRIGGER sessions_announce_revocation ON sessions");
    let cookies = cluster.nodes[0].login();
    sign_out(&cluster.nodes[0], &cookies);
    let took = cluster.time_until_refused(&cookies, Duration::from_secs(3));
    println!("refused everywhere within {} ms, without a notice", took.as_millis());
}

#[test]
fn a_node_that_starts_later_knows_who_has_signed_out() {
    let mut cluster = Cluster::start(&new_database());
    let cookies = cluster.nodes[0].login();
    sign_out(&cluster.nodes[0], &cookies);
    cluster.nodes.push(cluster.place.serve());
    assert!(!cluster.nodes[3].is_signed_in(&cookies));
}

#[test]
fn the_command_line_bites_on_every_node() {
    let cluster = Cluster::start(&new_database());
    let within = Duration::from_secs(1);
    for command in [
        &["session", "revoke", "--user", "ada"][..],
        &["user", "disable", "ada"],
        &["user", "delete", "ada", "--yes"],
    ] {
        let cookies = cluster.nodes[0].login();
        assert!(cluster.nodes.iter().all(|node| node.is_signed_in(&cookies)), "{command:?}");
        let done = cluster.place.run(command, "");
        assert!(done.status.success(), "{}", text(&done.stderr));
        cluster.time_until_refused(&cookies, within);
        cluster.place.run(&["user", "enable", "ada"], "");
    }
}

#[test]
fn a_node_without_the_key_or_with_another_one_does_not_start() {
    let url = new_database();
    let cluster = Cluster::start(&url);
    let refused = |settings: Vec<(&'static str, String)>, arguments: &[&str]| {
        let output = Place::with(settings).run(arguments, "");
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    let serve = ["--listen", "127.0.0.1:0"];
    let said = refused(vec![("DATABASE_URL", url.clone())], &serve);
    assert!(said.contains("set SIGNING_KEY or SIGNING_KEY_FILE, the same on every node"), "{said}");

    let other = vec![
        ("DATABASE_URL", url.clone()),
        ("SIGNING_KEY", "another secret of thirty-two bytes".to_owned()),
    ];
    let said = refused(other, &serve);
    assert!(said.contains("not one that the database has been served with"), "{said}");
    assert!(cluster.nodes[0].is_signed_in(&cluster.nodes[1].login()));
}
