//! Other nodes' revocations: told by `NOTIFY`, and asked for every two seconds because a notice
//! may be lost.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    domain::SessionId,
    storage::{Heard, RevocationFeed, StoreError},
};

/// Where the triggers of the schema announce a family that has ended, by its id.
const CHANNEL: &str = "latchkey_revoked";
const POLL: Duration = Duration::from_secs(2);

/// Listens on a connection of its own.
pub(super) struct PostgresFeed {
    listener: PgListener,
    poll_at: Instant,
}

impl PostgresFeed {
    pub(super) async fn open(
        pool: sqlx::pool::PoolOptions<sqlx::Postgres>,
        options: PgConnectOptions,
    ) -> Result<Self, StoreError> {
        let pool: PgPool = pool.max_connections(1).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        // What was announced before is read once, at the first look.
        Ok(Self { listener, poll_at: Instant::now() })
    }
}

#[async_trait]
impl RevocationFeed for PostgresFeed {
    async fn next(&mut self) -> Result<Heard, StoreError> {
        // Its time comes however many notices there are.
        while Instant::now() < self.poll_at {
            let Ok(notice) = timeout_at(self.poll_at, self.listener.try_recv()).await else {
                break;
            };
            match notice?.map(|notice| SessionId::parse(notice.payload())) {
                Some(Some(session)) => return Ok(Heard::Ended(session)),
                // Not one of ours.
                Some(None) => {}
                // The connection was lost, and notices with it.
                None => break,
            }
        }
        self.poll_at = Instant::now() + POLL;
        Ok(Heard::Change)
    }
}
