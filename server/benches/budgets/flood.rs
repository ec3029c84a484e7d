//! Five hundred guesses a second from everywhere: what becomes of everybody else.

use std::time::{Duration, Instant};

use tokio::{task::JoinSet, time};

use super::{
    load::{Client, credentials, get},
    node::{Cores, Engine, pin_this},
    report::Report,
    scenarios::median,
};

const GUESSES_PER_SECOND: u32 = 500;
const READS_PER_SECOND: u32 = 100;
const SPAN: Duration = Duration::from_mins(1);

/// Memory, reads, and the sign-in of somebody whose browser is known.
pub async fn of_guesses(engine: &Engine, report: &mut Report) {
    let proxies = [("TRUSTED_PROXIES", "127.0.0.1")];
    let node = engine.serve(&proxies, Cores::All);
    pin_this(Cores::Last);
    let mut owner = Client::connect(&node.address).await.unwrap();
    let answer = owner.send("POST", "/api/auth/login/", "", &credentials()).await.unwrap();
    let device = format!("latchkey-device={}", answer.cookie("latchkey-device").unwrap());
    let access = format!("access={}", answer.cookie("access").unwrap());
    let end = Instant::now() + SPAN;

    let flood = tokio::spawn(flood(node.address.clone(), end));
    let reads = tokio::spawn(read(node.address.clone(), access, end));
    let (mut sign_ins, mut memory) = (Vec::new(), 0.0_f64);
    while Instant::now() < end {
        time::sleep(Duration::from_secs(1)).await;
        let begun = Instant::now();
        let answer = owner.send("POST", "/api/auth/login/", &device, &credentials()).await.unwrap();
        assert_eq!(answer.status, 200, "the known browser is let in");
        sign_ins.push(begun.elapsed().as_secs_f64() * 1_000.0);
        memory = memory.max(node.memory_mb().unwrap_or_default());
    }
    let mut times = reads.await.unwrap();
    times.sort_by(f64::total_cmp);
    let sent = flood.await.unwrap();
    pin_this(Cores::All);

    let row = |what: &str| engine.row(&format!("flood: {what}"));
    report.figure(&row("guesses sent"), f64::from(sent) / SPAN.as_secs_f64(), "/s");
    report.at_most(&row("memory"), memory, 150.0, "MB");
    report.at_most(&row("GET p99 at 100/s"), times[times.len() * 99 / 100], 25.0, "ms");
    sign_ins.sort_by(f64::total_cmp);
    report.figure(&row("sign-in of a known browser, worst"), sign_ins[sign_ins.len() - 1], "ms");
    report.figure(&row("the same, median"), median(sign_ins), "ms");
}

/// Guesses at a steady pace, each from another address, every tenth at the one account that is there.
async fn flood(address: String, end: Instant) -> u32 {
    let mut guesses = JoinSet::new();
    let mut ticks = time::interval(Duration::from_secs(1) / GUESSES_PER_SECOND);
    let mut sent = 0;
    while Instant::now() < end {
        ticks.tick().await;
        guesses.spawn(guess(address.clone(), sent));
        sent += 1;
        while guesses.try_join_next().is_some() {}
    }
    guesses.join_all().await;
    sent
}

async fn guess(address: String, n: u32) {
    let [_, a, b, c] = n.to_be_bytes();
    let name = if n.is_multiple_of(10) { "ada".to_owned() } else { format!("nobody-{n}") };
    let body = format!(r#"{{"username":"{name}","password":"wrong-horse-9"}}"#);
    let Some(mut client) = Client::connect(&address).await else { return };
    let from = format!("10.{a}.{b}.{c}");
    let answer = client.send_from(&from, "POST", "/api/auth/login/", "", &body).await;
    let status = answer.map(|answer| answer.status);
    assert!(matches!(status, Some(400 | 429 | 503)), "{status:?}");
}

/// Reads at a steady pace. Returns how many milliseconds each took, from the moment at which it should
/// have been sent.
async fn read(address: String, access: String, end: Instant) -> Vec<f64> {
    let mut reads = JoinSet::new();
    let started = time::Instant::now();
    let mut n = 0;
    while Instant::now() < end {
        let due = started + Duration::from_secs(1) / READS_PER_SECOND * n;
        time::sleep_until(due).await;
        let (address, access) = (address.clone(), access.clone());
        reads.spawn(async move {
            assert_eq!(get(&address, "/api/data/", &access).await, Some(200));
            due.elapsed().as_secs_f64() * 1_000.0
        });
        n += 1;
    }
    reads.join_all().await
}
