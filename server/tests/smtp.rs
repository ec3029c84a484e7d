//! Mails that leave the real program for a real mail server.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    time::{Duration, Instant},
};

use crate::support::{
    mail_server::{MailServer, Mode},
    program::{PASSWORD, Place, Server},
};

const FROM: &str = "Zoë's shop <no-reply@example.com>";

fn place(server: &MailServer, url: String) -> Place {
    Place::with([
        ("EMAIL_URL", url),
        ("DEFAULT_FROM_EMAIL", FROM.to_owned()),
        ("FRONTEND_URL", "https://app.example.com".to_owned()),
        // Where the system's certificates are, for a system that has none but this.
        ("SSL_CERT_FILE", server.authority().display().to_string()),
    ])
}

fn register(server: &Server, name: &str) -> String {
    let body = format!(
        r#"{{"username":"{name}","email":"{name}@example.com",
            "password1":"{PASSWORD}","password2":"{PASSWORD}"}}"#
    );
    server.send("POST /api/auth/registration/", "", &body)
}

fn ask_for_reset(server: &Server, email: &str) {
    let body = format!(r#"{{"email":"{email}"}}"#);
    let answer = server.send("POST /api/auth/password/reset/", "", &body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_mail_says_the_same_as_text_and_as_html_to_one_person() {
    let post = MailServer::start(Mode::Plain);
    let place = place(&post, format!("smtp://127.0.0.1:{}", post.port));
    let server = place.serve();
    assert!(register(&server, "ada").starts_with("HTTP/1.1 201"));
    let mail = post.mail();
    assert_eq!(mail["to"], serde_json::json!(["ada@example.com"]));
    assert_eq!(mail["from"], "no-reply@example.com");
    assert!(mail["headers"]["From"].as_str().unwrap().contains("Zoë's shop"), "{mail}");
    assert_eq!(mail["headers"]["Subject"], "Is this your e-mail address?");
    assert_eq!(mail["headers"]["Auto-Submitted"], "auto-generated");
    let text = mail["text"].as_str().unwrap();
    let link = text.lines().find(|line| line.starts_with("https://app.example.com/")).unwrap();
    assert!(link.contains("/verify-email?key="), "{link}");
    assert!(mail["html"].as_str().unwrap().contains(&format!("href=\"{link}\"")), "{mail}");
}

#[test]
fn a_server_is_spoken_to_encrypted_and_with_the_password() {
    for mode in [Mode::StartTls, Mode::Tls] {
        let post = MailServer::start(mode);
        let url = match mode {
            Mode::Tls => format!("smtps://ada:secret@127.0.0.1:{}", post.port),
            _ => format!("smtp://ada:secret@127.0.0.1:{}?tls=required", post.port),
        };
        let place = place(&post, url);
        place.create_ada();
        let server = place.serve();
        ask_for_reset(&server, "nobody@example.com");
        ask_for_reset(&server, "ADA@example.com");
        let mail = post.mail();
        assert_eq!(mail["to"], serde_json::json!(["ada@example.com"]), "{mode:?}");
        assert_eq!(mail["encrypted"], true, "{mode:?}");
        assert!(post.is_empty(), "nobody gets none");
    }
}

#[test]
fn a_server_that_nobody_certifies_gets_nothing() {
    let (post, other) = (MailServer::start(Mode::Tls), MailServer::start(Mode::Tls));
    let place = place(&other, format!("smtps://ada:secret@127.0.0.1:{}", post.port));
    let server = place.serve();
    register(&server, "ada");
    std::thread::sleep(Duration::from_secs(3));
    assert!(post.is_empty());
}

#[test]
fn what_a_server_says_of_an_address_is_not_repeated_in_the_log() {
    let post = MailServer::start(Mode::Plain);
    let place = place(&post, format!("smtp://127.0.0.1:{}", post.port));
    let mut child = place.command(&["--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap().rsplit_once("http://").unwrap().1.to_owned();
    let mut log = child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = log.read_to_string(&mut text);
        text
    });
    let server = Server::new(child, address);
    for name in ["gone", "ada"] {
        assert!(register(&server, name).starts_with("HTTP/1.1 201"));
    }
    assert_eq!(post.mail()["to"], serde_json::json!(["ada@example.com"]));
    std::thread::sleep(Duration::from_secs(1));
    drop(server);
    let log = reading.join().unwrap();
    assert!(log.contains("refused with 550") && log.contains(r#""given_up":true"#), "{log}");
    assert!(!log.contains("gone@") && !log.contains("Recipient"), "{log}");
}

#[test]
fn nobody_waits_for_a_server_that_is_down() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let place = Place::with([
        ("EMAIL_URL", format!("smtp://127.0.0.1:{port}")),
        ("DEFAULT_FROM_EMAIL", FROM.to_owned()),
    ]);
    let server = place.serve();
    let started = Instant::now();
    assert!(register(&server, "ada").starts_with("HTTP/1.1 201"));
    ask_for_reset(&server, "ada@example.com");
    assert!(started.elapsed() < Duration::from_secs(5), "no answer waits for a mail");
    // Time enough to fail.
    std::thread::sleep(Duration::from_secs(2));
    let late = MailServer::start_on(port, Mode::Plain);
    ask_for_reset(&server, "ada@example.com");
    assert_eq!(late.mail()["headers"]["Subject"], "A new password");
}
