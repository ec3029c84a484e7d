//! A mail server that is a process of its own: Python's aiosmtpd.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

/// How it is spoken to.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    /// In the clear, by anybody.
    Plain,
    /// Encrypted once it was asked for, with a password.
    StartTls,
    /// Encrypted from the first byte, with a password.
    Tls,
}

/// The server, with the mails that it took.
pub struct MailServer {
    child: Child,
    lines: Receiver<Value>,
    folder: TempDir,
    pub port: u64,
}

impl MailServer {
    /// On any free port.
    pub fn start(mode: Mode) -> Self {
        Self::start_on(0, mode)
    }

    /// On this port.
    pub fn start_on(port: u16, mode: Mode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("mail_server.py");
        fs::write(&script, include_str!("mail_server.py")).unwrap();
        let mode = match mode {
            Mode::Plain => "plain",
            Mode::StartTls => "starttls",
            Mode::Tls => "tls",
        };
        let mut child = Command::new(python())
            .arg(script)
            .args([mode.as_ref(), folder.path()])
            .arg(port.to_string())
            .stdout(Stdio::piped())
            // It warns of what the tests want.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            while let Some(Ok(line)) = said.next() {
                let Ok(()) = sender.send(serde_json::from_str(&line).unwrap()) else { return };
            }
        });
        let port = lines.recv_timeout(Duration::from_secs(20)).expect("it says its port");
        Self { child, lines, folder, port: port.as_u64().unwrap() }
    }

    /// The next mail.
    pub fn mail(&self) -> Value {
        self.lines.recv_timeout(Duration::from_secs(10)).expect("a mail within ten seconds")
    }

    /// Whether another one came meanwhile.
    pub fn is_empty(&self) -> bool {
        self.lines.try_recv().is_err()
    }

    /// Whom it is certified by.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python that has what the script needs.
fn python() -> PathBuf {
    let python = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    let python = python.filter(|python| Path::new(python).exists());
    python.expect("run make test, or set TEST_PYTHON to a Python with aiosmtpd and trustme")
}
