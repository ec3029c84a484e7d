//! Connections of those who send slowly, send nothing, send too much, or come in numbers.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get};
use futures::future::join_all;
use latchkey::{
    domain::Network,
    lifecycle::connections::{Limits, serve},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Nothing ends by itself within a test.
const ROOMY: Limits =
    Limits { connections: 2, first_head: Duration::from_mins(1), silence: Duration::from_mins(1) };
const SHORT: Duration = Duration::from_millis(500);
/// For what has to come, on the slowest machine.
const LONG: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const SLOW_REQUEST: &[u8] = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// As HTTP/2 begins: the preface, and settings that leave all as it is.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

struct Served {
    address: SocketAddr,
    draining: CancellationToken,
    done: JoinHandle<()>,
    /// A slow request has begun.
    begun: Arc<Notify>,
    /// It may be answered.
    go: Arc<Notify>,
}

impl Served {
    async fn with(limits: Limits) -> Self {
        Self::counting(limits, |_| None).await
    }

    async fn counting(
        limits: Limits,
        counted: impl Fn(IpAddr) -> Option<Network> + Send + 'static,
    ) -> Self {
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (Arc::clone(&begun), Arc::clone(&go));
        let slow = async move || {
            tell.notify_one();
            wait.notified().await;
            "done"
        };
        let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let draining = CancellationToken::new();
        let done = tokio::spawn(serve(listener, router, limits, counted, draining.clone()));
        Self { address, draining, done, begun, go }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        // A server that hangs up on somebody who still sends may reset the connection.
        let _ = stream.write_all(bytes).await;
        stream
    }
}

/// What comes until the connection ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // The connection may be reset here, too.
    let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("it ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let count = timeout(LONG, stream.read(&mut bytes)).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[tokio::test]
async fn who_is_silent_is_left() {
    let served = Served::with(Limits { silence: SHORT, ..ROOMY }).await;
    assert_eq!(rest(&mut served.connect().await).await, "");
    // Between two requests, too.
    let mut stream = served.send(REQUEST).await;
    assert!(answer(&mut stream).await.ends_with("here"));
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn who_asks_for_nothing_is_left() {
    let served = Served::with(Limits { connections: 10, first_head: SHORT, ..ROOMY }).await;
    let begun: [&[u8]; 4] = [b"", b"G", b"GET / HTTP/1.1\r\nHost: ", b"PRI * HT"];
    for mut stream in join_all(begun.map(|sent| served.send(sent))).await {
        assert!(!rest(&mut stream).await.contains("HTTP/1.1"));
    }
}

#[tokio::test]
async fn a_head_in_drops_is_not_waited_for() {
    // The first one of a connection, and a later one.
    for (earlier, limits) in
        [(0, Limits { first_head: SHORT, ..ROOMY }), (1, Limits { silence: SHORT, ..ROOMY })]
    {
        let served = Served::with(limits).await;
        let mut stream = served.connect().await;
        for _ in 0..earlier {
            stream.write_all(REQUEST).await.unwrap();
            assert!(answer(&mut stream).await.ends_with("here"));
        }
        let (mut reader, mut writer) = stream.into_split();
        let dripping = tokio::spawn(async move {
            // One header: many would be too many before they are too slow.
            writer.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
            while writer.write_all(b"y").await.is_ok() {
                sleep(Duration::from_millis(20)).await;
            }
        });
        let mut said = Vec::new();
        let _ = timeout(LONG, reader.read_to_end(&mut said)).await.expect("it ends");
        assert_eq!(String::from_utf8_lossy(&said), "");
        dripping.await.unwrap();
    }
}

#[tokio::test]
async fn who_has_asked_may_take_time() {
    let first_head = Duration::from_secs(2);
    let served = Served::with(Limits { connections: 2, first_head, ..ROOMY }).await;
    let mut slow = served.send(SLOW_REQUEST).await;
    let mut idle = served.send(REQUEST).await;
    assert!(answer(&mut idle).await.ends_with("here"));
    sleep(first_head * 2).await;
    served.go.notify_one();
    assert!(answer(&mut slow).await.ends_with("done"));
    // A proxy keeps a connection for the next one whom it speaks for.
    idle.write_all(REQUEST).await.unwrap();
    assert!(answer(&mut idle).await.ends_with("here"));
}

/// These answers are hyper's own, and nothing can be added to them. They are empty: there is nothing in
/// them to keep, to frame, or to take for a script.
#[tokio::test]
async fn what_cannot_be_read_is_refused_without_content() {
    let served = Served::with(ROOMY).await;
    let long = "y".repeat(66_000);
    for (sent, status) in [
        ("nonsense\r\n\r\n", "400 Bad Request"),
        ("GET / HTTP/9.9\r\n\r\n", "400 Bad Request"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", "400 Bad Request"),
        ("GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n", "400 Bad Request"),
        ("GET / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", "400 Bad Request"),
        (&format!("GET / HTTP/1.1\r\nx: {long}\r\n\r\n"), "431 Request Header Fields Too Large"),
        (&format!("GET /{long} HTTP/1.1\r\n\r\n"), "431 Request Header Fields Too Large"),
    ] {
        let said = rest(&mut served.send(sent.as_bytes()).await).await;
        let (head, date) = said.split_once("date: ").unwrap();
        let expected = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n");
        assert_eq!(head, expected);
        assert!(date.ends_with(" GMT\r\n\r\n"), "{said}");
    }
}

/// By HTTP/2 one connection could have any number of bodies kept in memory.
#[tokio::test]
async fn nothing_is_done_by_http_2() {
    let served = Served::with(ROOMY).await;
    let said = rest(&mut served.send(PREFACE).await).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
}

#[tokio::test]
async fn those_beyond_the_limit_wait_for_a_place() {
    let served = Served::with(ROOMY).await;
    let silent = [served.connect().await, served.connect().await];
    let mut third = served.send(REQUEST).await;
    let early = timeout(Duration::from_millis(100), third.readable()).await;
    assert!(early.is_err(), "both places are taken");
    drop(silent);
    assert!(answer(&mut third).await.ends_with("here"));
}

#[tokio::test]
async fn one_network_leaves_places_for_others() {
    // Three come from one network, who comes then from another.
    let come = AtomicUsize::new(0);
    let counted = move |_| {
        let other = u8::from(come.fetch_add(1, Ordering::Relaxed) >= 3);
        Some(Network::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, other))))
    };
    let served = Served::counting(Limits { connections: 8, ..ROOMY }, counted).await;
    let mut share = [served.connect().await, served.connect().await];
    assert_eq!(rest(&mut served.connect().await).await, "");
    assert!(answer(&mut served.send(REQUEST).await).await.ends_with("here"));
    for stream in &mut share {
        stream.write_all(REQUEST).await.unwrap();
        assert!(answer(stream).await.ends_with("here"));
    }
}

#[tokio::test]
async fn a_place_comes_back_from_each_of_many_that_hang_up() {
    let served = Served::with(ROOMY).await;
    for n in 0..500 {
        // At every point of a request.
        served.send(&REQUEST[..n % REQUEST.len()]).await;
    }
    assert!(answer(&mut served.send(REQUEST).await).await.ends_with("here"));
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_the_end() {
    let served = Served::with(Limits { connections: 10, ..ROOMY }).await;
    let mut silent = [served.connect().await, served.send(&REQUEST[..20]).await];
    let mut idle = served.send(REQUEST).await;
    assert!(answer(&mut idle).await.ends_with("here"));
    let mut busy = served.send(SLOW_REQUEST).await;
    served.begun.notified().await;
    served.draining.cancel();
    // Those who wait for nothing are not waited for.
    for stream in silent.iter_mut().chain([&mut idle]) {
        assert!(!rest(stream).await.contains("HTTP/1.1"));
    }
    served.go.notify_one();
    assert!(rest(&mut busy).await.ends_with("done"));
    timeout(LONG, served.done).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}
