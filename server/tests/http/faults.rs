//! A database in trouble, under everything that is served: nobody is signed out for it, nobody is told
//! that their password is wrong, nothing is half done, and all goes on without help once it is over.
//! What SQLite's file can suffer besides is in `trouble`, a full disk in `program`.

use std::sync::Arc;

use app::wire::paths;
use futures::future::join_all;
use latchkey::domain::{Clock, Timestamp, clock::ManualClock};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};

use crate::support::{
    Engine, Reply, TestApp, TestDatabase,
    app::START,
    database::{Place, open_postgres},
    errands::Scene,
    proxy::Proxy,
    routes::{self, Operation},
};

/// What needs no database: a token is looked at, and a sign-out holds at once (see `trouble`).
const GO_ON: [&str; 3] = [paths::TOKEN_VERIFY, paths::LOGOUT, paths::LOGOUT_PAGE];

/// Several that take a password in one session would be guesses.
const ALL_AT_ONCE: [&str; 2] = ["--login-limits", "false"];

fn needing() -> impl Iterator<Item = Operation> {
    routes::mutating().into_iter().filter(|operation| !GO_ON.contains(&operation.path))
}

#[track_caller]
fn assert_try_again(operation: &Operation, reply: &Reply) {
    assert_eq!(reply.status, 503, "{operation:?}: {}", reply.body);
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{operation:?}: {wait}");
    assert!(reply.all_cookies().is_empty(), "{operation:?}: cookies untouched");
    for inside in ["Unable to log in", "sqlite", "postgres", "SQL", "locked", "read-only", "/tmp"] {
        assert!(!reply.body.contains(inside), "{operation:?}: {}", reply.body);
    }
}

/// Everything is asked for at once while the database is in trouble, and Ada is still signed in.
async fn everything_waits(scene: &Scene) {
    let operations: Vec<_> = needing().collect();
    let asked = operations
        .iter()
        .map(|operation| async { scene.errand(operation).send(&scene.browser.copy(), &[]).await });
    for (operation, reply) in operations.iter().zip(join_all(asked).await) {
        assert_try_again(operation, &reply);
    }
    scene.browser.get(paths::DATA).await.assert_status(200);
    let page = scene.browser.open(paths::ACCOUNT_PAGE).await;
    assert!(page.assert_status(200).all_cookies().is_empty());
}

/// Once it is over.
async fn everything_goes_on(scene: &Scene) {
    let ready = || async { scene.app.browser().get("/readyz").await.status };
    // A pool may take a moment to notice.
    for _ in 0..100 {
        if ready().await == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(ready().await, 200);
    scene.browser.refresh().await.assert_status(200);
    for operation in needing().filter(|one| [paths::LOGIN, paths::PROFILE_PAGE].contains(&one.path))
    {
        let errand = scene.errand(&operation);
        let reply = errand.send(&scene.browser, &[]).await;
        assert!(errand.has_worked(&reply), "{operation:?}: {}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_locked_for_longer_than_anybody_waits() {
    let scene = Scene::in_app(TestApp::on(Engine::Sqlite, &ALL_AT_ONCE).await, &[]).await;
    let before = scene.app.database.dump().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(scene.app.database.file());
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    everything_waits(&scene).await;
    // Whatever only reads is served meanwhile.
    scene.app.browser().get("/readyz").await.assert_status(200);
    scene.browser.get(paths::USER).await.assert_status(200);
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(scene.app.database.dump().await, before, "nothing is half done");
    everything_goes_on(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_without_its_file() {
    let scene = Scene::in_app(TestApp::on(Engine::Sqlite, &ALL_AT_ONCE).await, &[]).await;
    let before = scene.app.database.dump().await;
    let aside = scene.app.database.file().with_extension("aside");
    std::fs::rename(scene.app.database.file(), &aside).unwrap();
    everything_waits(&scene).await;
    scene.app.browser().get("/readyz").await.assert_status(503);
    std::fs::rename(&aside, scene.app.database.file()).unwrap();
    assert_eq!(scene.app.database.dump().await, before, "nothing is half done");
    everything_goes_on(&scene).await;
}

/// On a PostgreSQL that can be stopped.
async fn behind_a_proxy() -> (Scene, Proxy) {
    let database = TestDatabase::new(Engine::Postgres, Timestamp::from_millis(START)).await;
    let Place::Server { url } = &database.place else { unreachable!() };
    let proxy = Proxy::before(url).await;
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&database.clock);
    let store = Arc::new(open_postgres(&proxy.url(url), Some(clock)).await);
    (Scene::in_app(TestApp::over(database, store, &ALL_AT_ONCE), &[]).await, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_stopped_and_started_again() {
    let (scene, proxy) = behind_a_proxy().await;
    let before = scene.app.database.dump().await;
    proxy.stop().await;
    everything_waits(&scene).await;
    scene.app.browser().get("/readyz").await.assert_status(503);
    scene.app.browser().get("/healthz").await.assert_status(200);
    proxy.start().await;
    assert_eq!(scene.app.database.dump().await, before, "nothing is half done");
    everything_goes_on(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_that_takes_no_writes() {
    const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let scene = Scene::in_app(TestApp::on(Engine::Postgres, &ALL_AT_ONCE).await, &[]).await;
    let before = scene.app.database.dump().await;
    let database = &scene.app.database;
    database
        .execute(
            "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() \
             || ' SET default_transaction_read_only = on'; END $$",
        )
        .await;
    database.execute(CUT).await;
    everything_waits(&scene).await;
    scene.browser.get(paths::USER).await.assert_status(200);
    assert_eq!(database.dump().await, before);
    database
        .execute(
            "BEGIN READ WRITE; \
             DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() \
             || ' RESET default_transaction_read_only'; END $$; \
             COMMIT",
        )
        .await;
    database.execute(CUT).await;
    everything_goes_on(&scene).await;
}

/// Reading goes on, as it does beside a migration that has got stuck.
const LOCK: &str = "BEGIN; LOCK TABLE users, sessions, mails, events IN EXCLUSIVE MODE";

#[tokio::test(flavor = "multi_thread")]
async fn postgres_locked_for_longer_than_anybody_waits() {
    let scene = Scene::in_app(TestApp::on(Engine::Postgres, &ALL_AT_ONCE).await, &[]).await;
    let before = scene.app.database.dump().await;
    let Place::Server { url } = &scene.app.database.place else { unreachable!() };
    let mut other = PgConnection::connect(url).await.unwrap();
    other.execute(LOCK).await.unwrap();
    everything_waits(&scene).await;
    scene.browser.get(paths::USER).await.assert_status(200);
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(scene.app.database.dump().await, before, "nothing is half done");
    everything_goes_on(&scene).await;
}
