//! Serving, and stopping without cutting anybody off.

use std::{future::IntoFuture as _, io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long requests in progress may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until SIGINT or SIGTERM, then lets requests and tasks finish.
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
    let stopping = stop.clone();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown(async move { stopping.cancelled().await })
        .into_future();
    tokio::pin!(serving);
    let told = tokio::select! {
        ended = &mut serving => return ended,
        told = signalled() => told,
    };
    tracing::info!("stopping");
    stop.cancel();
    tasks.close();
    let finish = async {
        let served = serving.await;
        tasks.wait().await;
        served
    };
    let Ok(served) = tokio::time::timeout(GRACE, finish).await else {
        tracing::warn!("some requests took too long to finish");
        return told;
    };
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
