//! Connections for the statements that every request runs. The pool asks the server for a sign of
//! life whenever a connection comes back, which takes as long as the statement itself; one that
//! has just answered need not be asked.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};

/// A connection that has rested for longer may be dead: it is tried first.
pub(super) const TRUSTED_REST: Duration = Duration::from_secs(5);

type Connection = PoolConnection<Postgres>;

/// Holds on to a few connections of a pool between statements.
pub(super) struct Stash {
    pool: PgPool,
    resting: Mutex<Vec<(Connection, Instant)>>,
    most: usize,
}

impl Stash {
    /// Never holds more than half of the pool: units of work need connections, too.
    pub(super) fn new(pool: PgPool) -> Self {
        let most = pool.options().get_max_connections() / 2;
        Self { pool, resting: Mutex::default(), most: usize::try_from(most).unwrap_or(0) }
    }

    /// Runs a statement. The connection is kept where it has answered; else, and where nobody
    /// waits for the answer any more, it goes back to the pool, which tries it.
    pub(super) async fn run<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let mut connection = self.take().await?;
        let answer = statement(&mut connection).await?;
        self.put(connection);
        Ok(answer)
    }

    /// The last connection that came back, or one of the pool's.
    async fn take(&self) -> Result<Connection, sqlx::Error> {
        let rested = self.lock().pop();
        match rested {
            Some((connection, since)) if since.elapsed() <= TRUSTED_REST => Ok(connection),
            _ => self.pool.acquire().await,
        }
    }

    fn put(&self, connection: Connection) {
        let mut resting = self.lock();
        if resting.len() < self.most && !self.pool.is_closed() {
            resting.push((connection, Instant::now()));
        }
    }

    /// Closes the pool, and with it what rests here.
    pub(super) async fn close(&self) {
        let closed = self.pool.close();
        self.lock().clear();
        closed.await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Connection, Instant)>> {
        // A panic cannot leave a list half-changed.
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
