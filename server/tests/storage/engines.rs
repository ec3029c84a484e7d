//! What is about the database itself.

use super::*;

async fn the_feed_tells_what_others_end(database: &TestDatabase) {
    let store = database.open().await;
    let elsewhere = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let mut feed = store.revocation_feed().await.unwrap();
    assert_eq!(feed.next().await.unwrap(), Heard::Change, "the first look always reads");

    assert!(revoke(&*elsewhere, opened.id, RevokeCause::Logout).await);
    let heard = feed.next().await.unwrap();
    assert_ne!(heard, Heard::Nothing);
    if heard == Heard::Change {
        assert_eq!(store.revoked_since(at(0)).await.unwrap(), [(opened.id, at(0))]);
    } else {
        assert_eq!(heard, Heard::Ended(opened.id));
    }
}

async fn an_older_binary_starts_on_a_newer_schema(database: &TestDatabase) {
    database.open().await.close().await;
    database
        .execute(match database.place {
            Place::File { .. } => {
                "INSERT INTO _sqlx_migrations VALUES (9999, 'newer', '2030-01-01', 1, x'00', 1)"
            }
            Place::Server { .. } => {
                "INSERT INTO _sqlx_migrations VALUES (9999, 'newer', now(), true, '\\x00', 1)"
            }
        })
        .await;
    let store = database.open().await;
    add_user(&*store, "ada", None).await.unwrap();
}

async fn looking_at_a_schema_changes_nothing(database: &TestDatabase) {
    let schema = async || match &database.place {
        Place::File { path, .. } => Schema::of_sqlite(path).await.unwrap(),
        Place::Server { url } => Schema::of_postgres(&url.parse().unwrap()).await.unwrap(),
    };
    for _ in 0..2 {
        assert_eq!(schema().await, Schema::None);
    }
    database.open().await.close().await;
    assert_eq!(schema().await, Schema::Current);
    database.execute("DELETE FROM _sqlx_migrations WHERE version > 3").await;
    for _ in 0..2 {
        assert_eq!(schema().await, Schema::Older);
    }
}

on_both_engines! {
    looking_at_a_schema_changes_nothing,
    the_feed_tells_what_others_end,
    an_older_binary_starts_on_a_newer_schema,
}

#[tokio::test]
async fn a_file_that_is_no_database_is_said_to_be_unavailable() {
    let database = TestDatabase::new(Engine::Sqlite, at(0)).await;
    let text = "this is not a database, but it is long enough to be looked at".repeat(99);
    std::fs::write(database.file(), text).unwrap();
    let error = SqliteStore::open(database.file(), Arc::<ManualClock>::clone(&database.clock))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_unavailable() {
    let options = "postgres://latchkey@127.0.0.1:1/none".parse().unwrap();
    let error = PostgresStore::open(options, 1, None).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn on_postgres_time_is_the_databases() {
    let url = crate::support::database::new_postgres_database().await;
    let store = crate::support::database::open_postgres(&url, None).await;
    let user = add_user(&store, "ada", None).await.unwrap();
    let opened = add_family(&store, user, 1).await;
    let before = store.now().await.unwrap();
    assert!(before > at(1_700_000_000_000), "{before:?}");
    let read_at = store.lookup_family(opened.id).await.unwrap().unwrap().read_at;
    revoke(&store, opened.id, RevokeCause::Logout).await;
    let revoked_at = family(&store, opened.id).await.revoked.unwrap().at;
    let after = store.begin().await.unwrap().now().await.unwrap();
    assert!(before <= read_at && read_at <= revoked_at && revoked_at <= after);
}

#[tokio::test]
async fn reads_survive_that_the_server_closes_every_connection() {
    let database = TestDatabase::new(Engine::Postgres, at(0)).await;
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let mut burst = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let store = Arc::clone(&store);
        burst.spawn(async move { store.taken(Some("ada"), None).await.unwrap() });
    }
    burst.join_all().await;
    database
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    for _ in 0..8 {
        assert_eq!(store.lookup_user(user).await.unwrap().unwrap().id, user);
        assert_eq!(family(&*store, opened.id).await, opened);
    }
    store.taken(Some("ada"), None).await.unwrap();
}
