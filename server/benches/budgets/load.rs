//! The load: connections that are kept open, and every status checked.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Request, client::conn::http1::SendRequest, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

/// A connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    address: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
}

impl Client {
    pub async fn connect(address: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(Self { sender, address: address.to_owned() })
    }

    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> Option<Answer> {
        self.send_from("", method, path, cookie, body).await
    }

    /// As a proxy would for somebody at this address.
    pub async fn send_from(
        &mut self,
        address: &str,
        method: &str,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> Option<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.address)
            .header(header::CONTENT_TYPE, "application/json");
        if !address.is_empty() {
            request = request.header("x-forwarded-for", address);
        }
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).ok()?;
        self.sender.ready().await.ok()?;
        let (parts, body) = self.sender.send_request(request).await.ok()?.into_parts();
        body.collect().await.ok()?;
        Some(Answer { status: parts.status.as_u16(), headers: parts.headers })
    }
}

impl Answer {
    /// The value of a cookie that it sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.headers.get_all(header::SET_COOKIE).iter().find_map(|value| {
            let (cookie, value) = value.to_str().ok()?.split(';').next()?.split_once('=')?;
            (cookie == name).then(|| value.to_owned())
        })
    }
}

/// The status of one request on a connection of its own.
pub async fn get(address: &str, path: &str, cookie: &str) -> Option<u16> {
    Some(Client::connect(address).await?.send("GET", path, cookie, "").await?.status)
}

/// Signs in and returns the two tokens.
pub async fn sign_in(address: &str) -> (String, String) {
    let mut client = Client::connect(address).await.unwrap();
    let answer = client.send("POST", "/api/auth/login/", "", &credentials()).await.unwrap();
    assert_eq!(answer.status, 200);
    (answer.cookie("access").unwrap(), answer.cookie("refresh").unwrap())
}

pub fn credentials() -> String {
    format!(r#"{{"username":"ada","password":"{}"}}"#, super::node::PASSWORD)
}

/// Runs `connections` closed loops for a while and returns how often they went round per second.
pub async fn rate<F>(connections: usize, span: Duration, one: impl Fn(usize, Instant) -> F) -> f64
where
    F: Future<Output = u64> + Send + 'static,
{
    let started = Instant::now();
    let loops: JoinSet<u64> = (0..connections).map(|n| one(n, started + span)).collect();
    let rounds: u64 = loops.join_all().await.into_iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let rounds = rounds as f64;
    rounds / started.elapsed().as_secs_f64()
}

/// A closed loop of one request, which must always be answered with 200.
pub async fn repeat(address: String, path: String, cookie: String, deadline: Instant) -> u64 {
    let mut client = Client::connect(&address).await.unwrap();
    let mut rounds = 0;
    while Instant::now() < deadline {
        let answer = client.send("GET", &path, &cookie, "").await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        rounds += 1;
    }
    rounds
}
