//! Serving, and stopping without cutting anybody off.

pub mod connections;
mod places;

use std::{future::IntoFuture, io, time::Duration};

use axum::Router;
use connections::Limits;
use tokio::{net::TcpListener, signal, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::domain::TrustedProxies;

/// How long requests in progress may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long the tasks in the background may take after that.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves until SIGINT or SIGTERM, then lets requests finish, and after them, by `stop`, the tasks:
/// what the last requests have left to be written is written, too.
///
/// # Errors
/// What the signal handler says.
pub async fn run(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stop: CancellationToken,
    tasks: TaskTracker,
) -> io::Result<()> {
    let draining = CancellationToken::new();
    let counted = move |peer| places::counted(&proxies, peer);
    let serving =
        tokio::spawn(connections::serve(listener, router, limits, counted, draining.clone()));
    let told = signalled().await;
    tracing::info!("stopping");
    draining.cancel();
    wait_for(serving, GRACE, "some requests took too long to finish").await;
    stop.cancel();
    tasks.close();
    wait_for(tasks.wait(), LAST_WORDS, "the database took too long to hear the rest").await;
    told
}

/// Waits for the end, within reason.
async fn wait_for(end: impl IntoFuture, longest: Duration, complaint: &str) {
    if timeout(longest, end).await.is_err() {
        tracing::warn!("{complaint}");
    }
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
