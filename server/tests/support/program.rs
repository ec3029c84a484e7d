//! The program itself, started as a person starts it.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tempfile::TempDir;

pub const PASSWORD: &str = "correct-horse-9";

/// A folder in which the program runs with nothing set but what is set here, and pages' files for
/// it to find.
pub struct Place {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    pub fn new() -> Self {
        Self::with::<&str>([])
    }

    /// With these environment variables.
    pub fn with<Name: Into<String>>(settings: impl IntoIterator<Item = (Name, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        fs::write(folder.path().join("site/pkg/latchkey.wasm"), "").unwrap();
        let settings = settings.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { folder, settings }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(arguments);
        self.furnish(command)
    }

    fn furnish(&self, mut command: Command) -> Command {
        command
            .current_dir(self.path())
            .env_clear()
            .env("LEPTOS_SITE_ROOT", self.path().join("site"))
            .envs(self.settings.clone())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub fn create_ada(&self) -> Output {
        let email = ["--email", "ada@example.com", "--password-stdin"];
        let arguments = [&["user", "create", "--username", "ada"], &email[..]].concat();
        self.run(&arguments, &format!("{PASSWORD}\n"))
    }

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, flags: &[&str]) -> Server {
        let arguments = [&["--listen", "127.0.0.1:0"], flags].concat();
        Self::start(self.command(&arguments))
    }

    /// After these commands of a shell.
    pub fn serve_after(&self, commands: &str) -> Server {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{commands}; exec \"$0\" --listen 127.0.0.1:0")]);
        shell.arg(env!("CARGO_BIN_EXE_latchkey"));
        Self::start(self.furnish(shell))
    }

    /// With all that it logs, once it has stopped.
    pub fn serve_logging(&self) -> (Server, JoinHandle<String>) {
        let mut server = self.serve_with(&["--log", "trace"]);
        // Read along: a full pipe would stop the server.
        let mut log = server.child.stderr.take().unwrap();
        let reading = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = log.read_to_end(&mut text);
            String::from_utf8(text).unwrap()
        });
        (server, reading)
    }

    fn start(mut command: Command) -> Server {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.next().unwrap().unwrap();
        let address = ready.rsplit_once("http://").unwrap().1.to_owned();
        Server::new(child, address)
    }
}

/// A server that runs.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn new(child: Child, address: String) -> Self {
        Self { child, address }
    }

    /// Sends a request and returns the whole answer.
    pub fn send(&self, request: &str, headers: &str, body: &str) -> String {
        send(&self.address, request, headers, body).unwrap()
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a person or a supervisor does it: the others are told, and do not wait for it.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.child.wait().unwrap();
    }

    pub fn login(&self) -> String {
        let body = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
        let answer = self.send("POST /api/auth/login/", "", &body);
        let cookies = answer.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next())?
        });
        format!("Cookie: {}\r\n", cookies.collect::<Vec<_>>().join("; "))
    }

    pub fn is_signed_in(&self, cookies: &str) -> bool {
        self.send("GET /api/data/", cookies, "").starts_with("HTTP/1.1 200")
    }

    /// What another process has ended is heard of here in a second.
    pub fn ends_within_a_second(&self, cookies: &str) {
        let started = Instant::now();
        while self.is_signed_in(cookies) {
            assert!(started.elapsed() < Duration::from_secs(1), "still signed in");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Sends a request to an address and returns the whole answer, if there is one.
pub fn send(address: &str, request: &str, headers: &str, body: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
}

/// The value of a cookie that an answer sets.
pub fn cookie(answer: &str, name: &str) -> Option<String> {
    answer.lines().find_map(|line| {
        let (header, value) = line.split_once(": ")?;
        let (cookie, value) = value.split(';').next()?.split_once('=')?;
        (header.eq_ignore_ascii_case("set-cookie") && cookie == name).then(|| value.to_owned())
    })
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
