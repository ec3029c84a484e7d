//! Five hundred guesses a second: what becomes of everybody else, wherever they come from and whomever
//! they are at.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time};

use super::{
    crowd,
    load::{Client, credentials, get},
    node::{Cores, Engine, Node, pin_this},
    report::Report,
    scenarios::median,
};

const GUESSES_PER_SECOND: u32 = 500;
const READS_PER_SECOND: u32 = 100;

/// Guesses, each known by its number.
struct Flood {
    name: &'static str,
    span: Duration,
    /// The address that one comes from.
    from: fn(u32) -> String,
    /// The user name that one is at.
    at: fn(u32) -> String,
}

/// The one that has to be hashed goes on for longest: the others are sent away before.
const FLOODS: [Flood; 3] = [
    Flood {
        name: "many networks, many accounts",
        span: Duration::from_mins(1),
        from: another_network,
        at: crowd::name,
    },
    Flood {
        name: "one network, many accounts",
        span: Duration::from_secs(20),
        // One customer's addresses, of which each guess has another.
        from: |n| format!("2001:db8::{:x}:{:x}", n >> 16, n & 0xffff),
        at: crowd::name,
    },
    // Last: after it the owner waits in a browser that is not known.
    Flood {
        name: "many networks, one account",
        span: Duration::from_secs(20),
        from: another_network,
        at: |_| "ada".to_owned(),
    },
];

fn another_network(n: u32) -> String {
    let [_, a, b, c] = n.to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

/// What was seen during one.
struct Seen {
    /// How many guesses had which status.
    answers: BTreeMap<u16, u32>,
    /// The most that the server took, in MB.
    memory: f64,
    /// Milliseconds, in order.
    reads: Vec<f64>,
    /// Of somebody whose browser is known. Milliseconds, in order.
    sign_ins: Vec<f64>,
    /// How often that somebody was not let in.
    refused: f64,
}

/// Memory, reads, and the sign-in of somebody whose browser is known, in each flood.
pub async fn of_guesses(engine: &Engine, report: &mut Report) {
    crowd::gather(engine).await;
    for flood in &FLOODS {
        // A line for each of those that find no place would bury the table.
        let settings = [("TRUSTED_PROXIES", "127.0.0.1"), ("LOG", "off")];
        let node = engine.serve(&settings, Cores::All);
        pin_this(Cores::Last);
        let seen = flood.watch(&node).await;
        pin_this(Cores::All);
        seen.tell(flood, engine, report);
    }
    crowd::disperse(engine).await;
}

impl Flood {
    async fn watch(&self, node: &Node) -> Seen {
        let mut owner = Client::connect(&node.address).await.unwrap();
        let answer = owner.send("POST", "/api/auth/login/", "", &credentials()).await.unwrap();
        let device = format!("latchkey-device={}", answer.cookie("latchkey-device").unwrap());
        let access = format!("access={}", answer.cookie("access").unwrap());
        let end = Instant::now() + self.span;
        let guesses = tokio::spawn(pour(node.address.clone(), self.from, self.at, end));
        let reads = tokio::spawn(read(node.address.clone(), access, end));
        let (mut sign_ins, mut refused, mut memory) = (Vec::new(), 0.0, 0.0_f64);
        while Instant::now() < end {
            time::sleep(Duration::from_secs(1)).await;
            let (is_in, millis) = sign_in(&mut owner, &device).await;
            refused += f64::from(u8::from(!is_in));
            sign_ins.push(millis);
            memory = memory.max(node.memory_mb().unwrap_or_default());
        }
        let mut reads = reads.await.unwrap();
        reads.sort_by(f64::total_cmp);
        sign_ins.sort_by(f64::total_cmp);
        Seen { answers: guesses.await.unwrap(), memory, reads, sign_ins, refused }
    }
}

impl Seen {
    fn tell(self, flood: &Flood, engine: &Engine, report: &mut Report) {
        let row = |what: &str| engine.row(&format!("flood, {}: {what}", flood.name));
        let seconds = flood.span.as_secs_f64();
        let sent: u32 = self.answers.values().sum();
        report.figure(&row("guesses"), f64::from(sent) / seconds, "/s");
        for (status, what) in
            [(400, "looked at (400)"), (429, "to wait (429)"), (503, "no place (503)")]
        {
            let count = self.answers.get(&status).copied().unwrap_or_default();
            report.figure(&row(what), f64::from(count) / seconds, "/s");
        }
        report.at_most(&row("memory"), self.memory, 150.0, "MB");
        let p99 = self.reads[self.reads.len() * 99 / 100];
        report.at_most(&row("GET p99 at 100/s"), p99, 25.0, "ms");
        report.at_most(&row("sign-ins of a known browser that failed"), self.refused, 0.0, "");
        let worst = self.sign_ins[self.sign_ins.len() - 1];
        report.figure(&row("sign-in of a known browser, worst"), worst, "ms");
        report.figure(&row("the same, median"), median(self.sign_ins), "ms");
    }
}

/// Whether the owner was let in, and how many milliseconds that took.
async fn sign_in(owner: &mut Client, device: &str) -> (bool, f64) {
    let begun = Instant::now();
    let answer = owner.send("POST", "/api/auth/login/", device, &credentials()).await.unwrap();
    (answer.status == 200, begun.elapsed().as_secs_f64() * 1_000.0)
}

/// Guesses at a steady pace. Returns how many had which status.
async fn pour(
    address: String,
    from: fn(u32) -> String,
    at: fn(u32) -> String,
    end: Instant,
) -> BTreeMap<u16, u32> {
    let (mut guesses, mut answers) = (JoinSet::new(), BTreeMap::new());
    let mut ticks = time::interval(Duration::from_secs(1) / GUESSES_PER_SECOND);
    let mut n = 0;
    while Instant::now() < end {
        ticks.tick().await;
        guesses.spawn(guess(address.clone(), from(n), at(n)));
        n += 1;
        while let Some(status) = guesses.try_join_next() {
            *answers.entry(status.unwrap()).or_default() += 1;
        }
    }
    for status in guesses.join_all().await {
        *answers.entry(status).or_default() += 1;
    }
    answers
}

/// The status of one guess, on a connection of its own.
async fn guess(address: String, from: String, name: String) -> u16 {
    let body = format!(r#"{{"username":"{name}","password":"wrong-horse-9"}}"#);
    let mut client = Client::connect(&address).await.unwrap();
    let answer = client.send_from(&from, "POST", "/api/auth/login/", "", &body).await;
    let status = answer.map(|answer| answer.status);
    assert!(matches!(status, Some(400 | 429 | 503)), "{status:?}");
    status.unwrap()
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
