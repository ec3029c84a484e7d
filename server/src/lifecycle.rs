//! Serving, and stopping without cutting anybody off.

use std::{future::IntoFuture as _, io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, signal, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long requests in progress may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long the tasks in the background may take after that.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves until SIGINT or SIGTERM, then lets requests finish, and after them, by `stop`, the tasks:
/// what the last requests have left to be written is written, too.
///
/// # Errors
/// What the listener or the signal handler says.
pub async fn run(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    tasks: TaskTracker,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let draining = CancellationToken::new();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown(draining.clone().cancelled_owned())
        .into_future();
    tokio::pin!(serving);
    let told = tokio::select! {
        ended = &mut serving => return ended,
        told = signalled() => told,
    };
    tracing::info!("stopping");
    draining.cancel();
    let served = timeout(GRACE, serving).await.unwrap_or_else(|_| {
        tracing::warn!("some requests took too long to finish");
        Ok(())
    });
    stop.cancel();
    tasks.close();
    if timeout(LAST_WORDS, tasks.wait()).await.is_err() {
        tracing::warn!("the database took too long to hear the rest");
    }
    told.and(served)
}

#[cfg(unix)]
async fn signalled() -> io::Result<()> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signalled() -> io::Result<()> {
    signal::ctrl_c().await
}
