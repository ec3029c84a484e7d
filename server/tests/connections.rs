//! Connections of those who send slowly, send nothing, or send too much.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use latchkey::lifecycle::connections::{Limits, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

const QUICK: Limits = Limits {
    connections: 2,
    head: Duration::from_millis(200),
    silence: Duration::from_millis(400),
};
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct Served {
    address: SocketAddr,
    draining: CancellationToken,
    done: JoinHandle<()>,
}

impl Served {
    async fn with(limits: Limits) -> Self {
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            "done"
        };
        let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let draining = CancellationToken::new();
        let done = tokio::spawn(serve(listener, router, limits, draining.clone()));
        Self { address, draining, done }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// What comes until the connection ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A server that hangs up on somebody who still sends may reset the connection.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).await.unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[tokio::test]
async fn who_says_nothing_is_left() {
    let served = Served::with(QUICK).await;
    assert_eq!(rest(&mut served.connect().await).await, "");
    // Between two requests, too.
    let mut stream = served.connect().await;
    stream.write_all(REQUEST).await.unwrap();
    assert!(answer(&mut stream).await.ends_with("here"));
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_head_in_drops_is_not_waited_for() {
    let served = Served::with(Limits { silence: Duration::from_mins(1), ..QUICK }).await;
    let (mut reader, mut writer) = served.connect().await.into_split();
    let dripping = tokio::spawn(async move {
        // One header: many would be too many before they are too slow.
        writer.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
        while writer.write_all(b"y").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut said = Vec::new();
    let left = tokio::time::timeout(Duration::from_secs(10), reader.read_to_end(&mut said)).await;
    let _ = left.unwrap();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(!said.contains("here"), "{said}");
    dripping.await.unwrap();
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let served = Served::with(QUICK).await;
    let mut stream = served.connect().await;
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    let _ = stream.write_all(long.as_bytes()).await;
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn those_beyond_the_limit_wait_for_a_place() {
    let served = Served::with(QUICK).await;
    let silent = [served.connect().await, served.connect().await];
    let mut third = served.connect().await;
    third.write_all(REQUEST).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(100), answer(&mut third)).await;
    assert!(early.is_err(), "both places are taken");
    drop(silent);
    assert!(answer(&mut third).await.ends_with("here"));
}

#[tokio::test]
async fn a_place_comes_back_from_each_of_many_that_hang_up() {
    let served = Served::with(QUICK).await;
    for n in 0..500 {
        let mut stream = served.connect().await;
        // At every point of a request.
        let sent = &REQUEST[..n % REQUEST.len()];
        stream.write_all(sent).await.unwrap();
    }
    let mut stream = served.connect().await;
    stream.write_all(REQUEST).await.unwrap();
    assert!(answer(&mut stream).await.ends_with("here"));
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_the_end() {
    let served = Served::with(QUICK).await;
    let (mut busy, mut idle) = (served.connect().await, served.connect().await);
    idle.write_all(REQUEST).await.unwrap();
    assert!(answer(&mut idle).await.ends_with("here"));
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    served.draining.cancel();
    assert!(rest(&mut busy).await.ends_with("done"));
    assert_eq!(rest(&mut idle).await, "");
    served.done.await.unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}
