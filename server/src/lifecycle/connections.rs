//! Connections, each within limits, so that those who send slowly or nothing at all cost little.

use std::{
    future::pending,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{Arc, Once},
    time::Duration,
};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1::Builder, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::sleep,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::places::Places;
use crate::domain::Network;

/// What a connection may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many there may be at once.
    pub connections: usize,
    /// How long it may take until one has asked for something.
    pub first_head: Duration,
    /// How long one may be silent where it could speak, and how long it may take nothing that is sent to
    /// it; the next head has to be there by then, too. Longer than a request may take, as a
    /// caller who waits for an answer is silent, too, and longer than proxies keep a connection:
    /// whoever hangs up first must not be the one who is about to be asked.
    pub silence: Duration,
}

impl Limits {
    /// Those of a server with so many connections, whose answers begin after so long at the latest.
    pub const fn with(connections: usize, request: Duration) -> Self {
        let silence = request.saturating_add(KEPT_BY_PROXIES);
        Self { connections, first_head: Duration::from_secs(10), silence }
    }
}

/// For how long proxies keep a connection that nobody uses, and some seconds.
const KEPT_BY_PROXIES: Duration = Duration::from_secs(65);
/// The most that the head of a request may take in memory.
const MAX_HEAD_BYTES: usize = 32 * 1024;
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

/// Takes connections until `draining`; those beyond the limit wait to be taken. Those of a network that
/// has its share of them are closed at once: `counted` says with whom one is counted, if with anybody.
/// Returns once the last request that was under way then is answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    counted: impl Fn(IpAddr) -> Option<Network>,
    draining: CancellationToken,
) {
    let places = Places::new(limits.connections);
    let (builder, graceful) = (builder(limits.silence), GracefulShutdown::new());
    loop {
        let next = async { Some((places.free().await?, take(&listener).await)) };
        let Some(Some((free, (stream, peer)))) = draining.run_until_cancelled(next).await else {
            break;
        };
        let Some(place) = places.take(free, counted(peer.ip())) else {
            warn_of(peer.ip());
            continue;
        };
        let asked = Arc::new(Notify::new());
        let idle = asks_nothing(Arc::clone(&asked), limits.first_head, draining.clone());
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            asked.notify_one();
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request)
        });
        let io = TokioIo::new(watched(stream, limits.silence));
        let connection = graceful.watch(builder.serve_connection(io, service));
        tokio::spawn(async move {
            attend(connection, idle).await;
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
                sleep(PAUSE).await;
            }
        }
    }
}

fn warn_of(peer: IpAddr) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            %peer,
            "a network has its share of MAX_CONNECTIONS: what it opens beyond is closed. If it is a \
             proxy, name it in TRUSTED_PROXIES"
        );
    });
}

/// Until a connection ends, or `idle` does.
async fn attend(
    connection: impl Future<Output = hyper::Result<()>>,
    idle: impl Future<Output = ()>,
) {
    tokio::select! {
        // The connection first: it may just have been asked for something.
        biased;
        ended = connection => if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        },
        () = idle => tracing::debug!("a connection asked for nothing"),
    }
}

/// Ends when a connection has had its time for a first request, or when the server stops. Never once
/// there was one.
async fn asks_nothing(asked: Arc<Notify>, first_head: Duration, draining: CancellationToken) {
    tokio::select! {
        biased;
        () = asked.notified() => pending().await,
        () = draining.cancelled() => {}
        () = sleep(first_head) => {}
    }
}

/// HTTP/1 alone: no browser speaks HTTP/2 without TLS, which ends before this server, and by it one
/// connection could have a hundred bodies and heads kept in memory.
fn builder(silence: Duration) -> Builder {
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(silence).max_buf_size(MAX_HEAD_BYTES);
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

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn who_has_asked_is_not_idle_at_the_end() {
        let draining = CancellationToken::new();
        draining.cancel();
        let idle = |asked| asks_nothing(asked, Duration::ZERO, draining.clone()).now_or_never();
        assert!(idle(Arc::default()).is_some());
        // By chance it would be, sooner or later.
        for _ in 0..100 {
            let asked = Arc::new(Notify::new());
            asked.notify_one();
            assert!(idle(asked).is_none());
        }
    }
}
