//! Connections, each within limits, so that those who send slowly or nothing at all cost little.

use std::{net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

/// What a connection may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many there may be at once.
    pub connections: usize,
    /// How long the head of a request may take from its first byte.
    pub head: Duration,
    /// How long one may be silent where it could speak, and how long it may take nothing that is sent to
    /// it. Longer than a request may take, as a caller who waits for an answer is silent, too.
    pub silence: Duration,
}

impl Limits {
    /// Those of a server with so many connections, whose answers begin after so long at the latest.
    pub const fn with(connections: usize, request: Duration) -> Self {
        let silence = request.saturating_add(Duration::from_secs(30));
        Self { connections, head: Duration::from_secs(10), silence }
    }
}

/// The most that the head of a request may take in memory.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// How many requests one connection may have under way by HTTP/2.
const MAX_STREAMS: u32 = 100;
/// Files, connections to the database, and whatever else is open.
const OTHER_FILES: u64 = 200;
/// After the system has had no connection to give.
const PAUSE: Duration = Duration::from_millis(500);

/// How many connections there may be at once, of so many that are wanted: each takes a file of those
/// that the system allows, and it is asked for more where it gives few.
pub fn allowed(wanted: usize) -> usize {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(u64::MAX);
    let left = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX);
    if left < wanted {
        tracing::warn!(wanted, left, "the system allows fewer connections than MAX_CONNECTIONS");
    }
    wanted.min(left.max(1))
}

/// Takes connections until `draining`; those beyond the limit wait to be taken. Returns once the last
/// request that was under way then is answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    draining: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (builder, graceful) = (builder(limits.head), GracefulShutdown::new());
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((place, take(&listener).await))
        };
        let Some(Some((place, (stream, peer)))) = draining.run_until_cancelled(next).await else {
            break;
        };
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request)
        });
        let connection =
            builder.serve_connection(TokioIo::new(watched(stream, limits.silence)), service);
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn take(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(taken) => return taken,
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn builder(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(MAX_STREAMS);
    builder
}

/// Ends a connection that is silent for too long: before its first byte, between two requests, within
/// a body, and where it takes no more of an answer.
fn watched(stream: TcpStream, silence: Duration) -> Pin<Box<TimeoutStream<TcpStream>>> {
    // Answers are written whole: there is nothing to gather.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(silence));
    stream.set_write_timeout(Some(silence));
    Box::pin(stream)
}
