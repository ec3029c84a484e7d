//! What is measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::{sync::Mutex, task::JoinSet};

use super::{
    load::{Client, credentials, get, rate, repeat, sign_in},
    node::{Cores, Engine, Node, binary_mb, floor, pin_this, rate_of_floor},
    report::Report,
};

const CONNECTIONS: usize = 32;
/// More than there are places in the queue of two cores.
const STORM: usize = 192;
/// Short rounds in turn with the floor's: what else the machine does meets both alike.
const SPAN: Duration = Duration::from_secs(1);
const ROUNDS: usize = 11;

/// Start to first answer, idle memory, size.
pub async fn start_up(engine: &Engine, report: &mut Report) {
    let mut times = Vec::new();
    let mut memory = None;
    for _ in 0..5 {
        let (node, millis) = Node::timed(engine).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        memory = node.memory_mb();
        times.push(millis);
    }
    report.at_most(&engine.row("start to first answer"), median(times), 150.0, "ms");
    if let Some(memory) = memory {
        report.at_most(&engine.row("idle memory"), memory, 25.0, "MB");
    }
    if let (Some(size), "SQLite") = (binary_mb(), engine.name()) {
        report.at_most("release binary", size, 25.0, "MB");
    }
}

/// Authenticated reads beside a bare server that checks a token.
pub async fn reads(engine: &Engine, report: &mut Report) {
    pin_this(Cores::Last);
    let node = engine.serve(&[], Cores::AllButLast);
    let bare = Node::start(floor(&["floor-http"], Cores::AllButLast));
    let (access, _) = sign_in(&node.address).await;
    let cookie = format!("access={access}");
    let paths = [(&bare, "/"), (&node, "/api/data/"), (&node, "/api/auth/user/")];
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for ((server, path), rates) in paths.iter().zip(&mut rates) {
            let one = |_, deadline| {
                repeat(server.address.clone(), (*path).to_owned(), cookie.clone(), deadline)
            };
            rates.push(rate(CONNECTIONS, SPAN, one).await);
        }
    }
    let [bare, data, user] = rates.map(median);
    report.rate(&engine.row("GET /api/data/"), data, bare, 0.85);
    report.rate(&engine.row("GET /api/auth/user/"), user, bare, 0.5);
    pin_this(Cores::All);
}

/// Sign-ins beside the hash alone.
pub async fn logins(engine: &Engine, report: &mut Report) {
    let node = engine.serve(&[], Cores::All);
    let (mut raw, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw.push(rate_of_floor(&["floor-argon2", "1"], Cores::All));
        let one = |_, deadline| log_in(node.address.clone(), deadline);
        // More at once at one account would be guesses.
        rates.push(rate(4, SPAN, one).await);
    }
    report.rate(&engine.row("login"), median(rates), median(raw), 0.95);
}

async fn log_in(address: String, deadline: Instant) -> u64 {
    let mut client = Client::connect(&address).await.unwrap();
    let mut rounds = 0;
    while Instant::now() < deadline {
        let answer = client.send("POST", "/api/auth/login/", "", &credentials()).await.unwrap();
        assert_eq!(answer.status, 200, "login");
        rounds += 1;
    }
    rounds
}

/// Refreshes that rotate, beside single-row transactions.
pub async fn refreshes(engine: &Engine, report: &mut Report) {
    let (node, tokens) = rotating(engine).await;
    let (mut raw, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw.push(rate_of_floor(&["floor-rows", &engine.url, "1"], Cores::All));
        rates.push(rotate(&node, &tokens).await);
    }
    report.rate(&engine.row("refresh"), median(rates), median(raw), 0.6);
}

/// Refreshes that rotate, per second.
pub async fn refresh_rate(engine: &Engine) -> f64 {
    let (node, tokens) = rotating(engine).await;
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        rates.push(rotate(&node, &tokens).await);
    }
    median(rates)
}

type Tokens = Arc<Vec<Mutex<String>>>;

/// A server whose every refresh rotates, and sessions to do so.
async fn rotating(engine: &Engine) -> (Node, Tokens) {
    let windows = [("RACE_WINDOW", "0s"), ("STORE_DELAY", "0s")];
    let node = engine.serve(&windows, Cores::All);
    let mut tokens = Vec::new();
    for _ in 0..CONNECTIONS {
        tokens.push(Mutex::new(sign_in(&node.address).await.1));
    }
    (node, Arc::new(tokens))
}

async fn rotate(node: &Node, tokens: &Tokens) -> f64 {
    let one = |n, deadline| refresh(node.address.clone(), Arc::clone(tokens), n, deadline);
    rate(CONNECTIONS, SPAN, one).await
}

async fn refresh(address: String, tokens: Tokens, n: usize, deadline: Instant) -> u64 {
    let mut client = Client::connect(&address).await.unwrap();
    let mut token = tokens[n].lock().await;
    let mut rounds = 0;
    while Instant::now() < deadline {
        let cookie = format!("refresh={token}");
        let path = "/api/auth/token/refresh/";
        let answer = client.send("POST", path, &cookie, "").await.unwrap();
        assert_eq!(answer.status, 200, "refresh");
        let successor = answer.cookie("refresh").unwrap();
        assert_ne!(successor, *token, "it rotates");
        *token = successor;
        rounds += 1;
    }
    rounds
}

/// Signs in again and again; whoever finds the queue full comes back a little later.
async fn keep_logging_in(address: String, deadline: Instant) {
    let mut client = Client::connect(&address).await.unwrap();
    while Instant::now() < deadline {
        let answer = client.send("POST", "/api/auth/login/", "", &credentials()).await.unwrap();
        match answer.status {
            200 => {}
            503 => tokio::time::sleep(Duration::from_millis(100)).await,
            other => panic!("login: {other}"),
        }
    }
}

/// Reads at a steady pace while sign-ins fill the queue.
pub async fn storm(engine: &Engine, report: &mut Report) {
    const PER_SECOND: u32 = 100;
    const SECONDS: u32 = 10;
    // First, as a process takes over where its parent may run. All sign in to one account.
    let node = engine.serve(&[("LOGIN_LIMITS", "false")], Cores::All);
    pin_this(Cores::Last);
    let (access, _) = sign_in(&node.address).await;
    let cookie = format!("access={access}");
    let deadline = Instant::now() + Duration::from_secs(u64::from(SECONDS) + 1);
    let mut logins = JoinSet::new();
    for _ in 0..STORM {
        logins.spawn(keep_logging_in(node.address.clone(), deadline));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut reads = JoinSet::new();
    let started = tokio::time::Instant::now();
    for n in 0..PER_SECOND * SECONDS {
        // Counted from the moment at which it should have been sent.
        let due = started + Duration::from_secs(1) / PER_SECOND * n;
        tokio::time::sleep_until(due).await;
        let (address, cookie) = (node.address.clone(), cookie.clone());
        reads.spawn(async move {
            assert_eq!(get(&address, "/api/data/", &cookie).await, Some(200));
            due.elapsed().as_secs_f64() * 1_000.0
        });
    }
    let mut times = reads.join_all().await;
    logins.join_all().await;
    times.sort_by(f64::total_cmp);
    let p99 = times[times.len() * 99 / 100];
    report.at_most(&engine.row("GET p99 at 100/s in a login storm"), p99, 25.0, "ms");
    pin_this(Cores::All);
}

/// How long until three nodes refuse a session that has been signed out on one of them.
pub async fn revocations(report: &mut Report) {
    let engine = Engine::postgres().await;
    engine.create_user();
    let nodes: Vec<_> = (0..3).map(|_| engine.serve(&[], Cores::All)).collect();
    let announced = worst_revocation(&nodes).await;
    report.figure("sign-out on three nodes, worst of 10", announced, "ms");
    let mut connection = PgConnection::connect(&engine.url).await.unwrap();
    connection.execute("DROP TRIGGER sessions_announce_revocation ON sessions").await.unwrap();
    let polled = worst_revocation(&nodes).await;
    report.figure("the same with every notice lost", polled, "ms");
}

async fn worst_revocation(nodes: &[Node]) -> f64 {
    let mut worst = 0.0_f64;
    for round in 0..10 {
        let (access, refresh) = sign_in(&nodes[round % 3].address).await;
        let cookie = format!("access={access}; refresh={refresh}");
        let mut client = Client::connect(&nodes[round % 3].address).await.unwrap();
        let answer = client.send("POST", "/api/auth/logout/", &cookie, "").await.unwrap();
        assert_eq!(answer.status, 200);
        let started = Instant::now();
        for node in nodes {
            while get(&node.address, "/api/data/", &cookie).await == Some(200) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        worst = worst.max(started.elapsed().as_secs_f64() * 1_000.0);
    }
    worst
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
