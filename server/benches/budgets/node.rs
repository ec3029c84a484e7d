//! Processes that are measured.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use latchkey::domain::{SystemEntropy, entropy::random};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use super::load::get;

pub const PASSWORD: &str = "correct-horse-9";

/// Where users and sessions are kept.
pub struct Engine {
    name: &'static str,
    /// `DATABASE_URL`.
    pub url: String,
    folder: TempDir,
}

impl Engine {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("latchkey.db").display());
        Self { name: "SQLite", url, folder }
    }

    /// A new database on the server that `TEST_DATABASE_URL` names.
    #[expect(clippy::disallowed_methods, reason = "set by make bench")]
    pub async fn postgres() -> Self {
        let server = std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
            panic!("TEST_DATABASE_URL is not set: run this by make bench");
        });
        let name = format!("bench_{}", hex::encode(random::<8>(&SystemEntropy).unwrap()));
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(create).await.unwrap();
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        Self { name: "PostgreSQL", url, folder: tempfile::tempdir().unwrap() }
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A row's name in the table.
    pub fn row(&self, what: &str) -> String {
        format!("{what}, {}", self.name)
    }

    /// The program under test: `LATCHKEY_BIN`, with these settings.
    #[expect(clippy::disallowed_methods, reason = "set by make bench")]
    fn latchkey(&self, settings: &[(&str, &str)]) -> Command {
        let program = std::env::var("LATCHKEY_BIN")
            .unwrap_or_else(|_| panic!("LATCHKEY_BIN is not set: run this by make bench"));
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env("DATABASE_URL", &self.url)
            .env("SIGNING_KEY", "a secret of thirty-two bytes or more")
            .env("LISTEN", "127.0.0.1:0")
            .env("LOG", "error")
            .envs(settings.iter().copied());
        command
    }

    /// Makes Ada's account, if there is none.
    pub fn create_user(&self) {
        self.create(&["--username", "ada"]);
    }

    /// Makes an account whose password is [`PASSWORD`], if there is none.
    pub fn create(&self, account: &[&str]) {
        let mut command = self.latchkey(&[]);
        command.args(["user", "create", "--password-stdin"]).args(account);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let _ = writeln!(child.stdin.take().unwrap(), "{PASSWORD}");
        child.wait().unwrap();
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) {
        let done = self.latchkey(&[]).args(arguments).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "{arguments:?}");
    }

    /// Starts a server.
    pub fn serve(&self, settings: &[(&str, &str)], cores: Cores) -> Node {
        Node::start(on(cores, self.latchkey(settings)))
    }
}

/// Which cores a process may use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    All,
    /// All but the last, which the load has to itself.
    AllButLast,
    Last,
}

/// Pins a process where the system has `taskset`.
fn on(cores: Cores, command: Command) -> Command {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let list = match cores {
        Cores::All => return command,
        _ if count < 2 => return command,
        Cores::AllButLast => format!("0-{}", count - 2),
        Cores::Last => (count - 1).to_string(),
    };
    if Command::new("taskset").arg("-V").stdout(Stdio::null()).status().is_err() {
        return command;
    }
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", &list]).arg(command.get_program()).args(command.get_args());
    pinned.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        pinned.current_dir(folder);
    }
    pinned
}

/// Pins this process, the load generator.
pub fn pin_this(cores: Cores) {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let list = if cores == Cores::All {
        format!("0-{}", count.max(1) - 1)
    } else {
        (count - 1).to_string()
    };
    let pid = std::process::id().to_string();
    let _ = Command::new("taskset")
        .args(["-a", "-c", "-p", &list, &pid])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// This program, as a floor.
pub fn floor(words: &[&str], cores: Cores) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(words);
    on(cores, command)
}

/// Runs a floor that prints a rate.
pub fn rate_of_floor(words: &[&str], cores: Cores) -> f64 {
    let output = floor(words, cores).stderr(Stdio::inherit()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
}

/// A server that runs.
pub struct Node {
    child: Child,
    pub address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    /// Starts a program that says in its first line where it listens.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let ready = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let address = ready.rsplit_once("http://").unwrap().1.to_owned();
        Self { child, address }
    }

    /// Milliseconds from the start of the process to its first answer.
    pub async fn timed(engine: &Engine) -> (Self, f64) {
        let started = Instant::now();
        let node = engine.serve(&[], Cores::All);
        while get(&node.address, "/healthz", "").await != Some(200) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        (node, started.elapsed().as_secs_f64() * 1_000.0)
    }

    /// Resident memory in MB.
    pub fn memory_mb(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024.0 / 1e6)
    }
}

/// The size of the program in MB.
#[expect(clippy::disallowed_methods, reason = "set by make bench")]
pub fn binary_mb() -> Option<f64> {
    let program = PathBuf::from(std::env::var("LATCHKEY_BIN").ok()?);
    #[expect(clippy::cast_precision_loss, reason = "a file's size")]
    let bytes = program.metadata().ok()?.len() as f64;
    Some(bytes / 1e6)
}
