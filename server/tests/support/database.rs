//! A database of a test's own, on either engine.

use std::{path::PathBuf, sync::Arc};

use latchkey::{
    domain::{Clock, SystemEntropy, Timestamp, clock::ManualClock, entropy::random},
    storage::{PostgresStore, SqliteStore, Store},
};
use sqlx::{
    Connection as _, Executor as _, PgConnection, SqliteConnection, postgres::PgConnectOptions,
};
use tempfile::TempDir;

/// Few, so that tests that run at once leave each other some.
const CONNECTIONS: u32 = 6;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The one that the scenarios run on: SQLite unless `TEST_ENGINE=postgres`.
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
    pub fn of_this_run() -> Self {
        match std::env::var("TEST_ENGINE").as_deref() {
            Ok("postgres") => Self::Postgres,
            Ok("sqlite") | Err(_) => Self::Sqlite,
            Ok(other) => panic!("TEST_ENGINE={other}: sqlite or postgres"),
        }
    }
}

/// An empty database that is thrown away.
pub struct TestDatabase {
    pub place: Place,
    pub clock: Arc<ManualClock>,
}

/// Where it is.
#[derive(Clone)]
pub enum Place {
    File { path: PathBuf, _folder: Arc<TempDir> },
    Server { url: String },
}

impl TestDatabase {
    /// Its time is a clock that is moved by hand.
    pub async fn new(engine: Engine, start: Timestamp) -> Self {
        let place = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                Place::File { path: folder.path().join("latchkey.db"), _folder: Arc::new(folder) }
            }
            Engine::Postgres => Place::Server { url: new_postgres_database().await },
        };
        Self { place, clock: Arc::new(ManualClock::new(start)) }
    }

    /// The same for one more node.
    pub fn again(&self) -> Self {
        Self { place: self.place.clone(), clock: Arc::clone(&self.clock) }
    }

    /// Opens it as one more process would.
    pub async fn open(&self) -> Arc<dyn Store> {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        match &self.place {
            Place::File { path, .. } => Arc::new(SqliteStore::open(path, clock).await.unwrap()),
            Place::Server { url } => Arc::new(open_postgres(url, Some(clock)).await),
        }
    }

    /// Does something to it behind the program's back.
    pub async fn execute(&self, statement: &'static str) {
        match &self.place {
            Place::File { path, .. } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                connection.execute(statement).await.unwrap();
                connection.close().await.unwrap();
            }
            Place::Server { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                connection.execute(statement).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// How many rows this table has.
    pub async fn count(&self, table: &str) -> usize {
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = match &self.place {
            Place::File { path, .. } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap()
            }
            Place::Server { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap()
            }
        };
        usize::try_from(count).unwrap()
    }

    /// All that `events` says, but for its numbers.
    pub async fn dump_events(&self) -> String {
        const ALL: &str = "SELECT kind || ' ' || user_agent || ' ' || ip FROM events";
        let rows: Vec<String> = match &self.place {
            Place::File { path, .. } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::query_scalar(ALL).fetch_all(&mut connection).await.unwrap()
            }
            Place::Server { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(ALL).fetch_all(&mut connection).await.unwrap()
            }
        };
        rows.join("\n")
    }

    /// The SQLite file.
    #[track_caller]
    pub fn file(&self) -> &PathBuf {
        match &self.place {
            Place::File { path, .. } => path,
            Place::Server { .. } => panic!("this test is about a file"),
        }
    }
}

/// Opens a PostgreSQL database; without a clock its time is its own.
pub async fn open_postgres(url: &str, clock: Option<Arc<dyn Clock>>) -> PostgresStore {
    let options: PgConnectOptions = url.parse().unwrap();
    PostgresStore::open(options, CONNECTIONS, clock).await.unwrap()
}

/// Makes an empty database on the server that `TEST_DATABASE_URL` names.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
pub async fn new_postgres_database() -> String {
    let server = std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL is not set: run the tests by .make/with-postgres, which starts a \
         PostgreSQL for them",
    );
    let name = format!("test_{}", hex::encode(random::<8>(&SystemEntropy).unwrap()));
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
