//! The storage suite: every method, every constraint, rollback, and races.

use std::{sync::Arc, time::Duration};

use latchkey::{
    domain::{
        Email, Family, Generation, PasswordHash, RevokeCause, SessionId, Timestamp, Transition,
        UserId, Username, entropy::SeededEntropy,
    },
    storage::{ClientInfo, Constraint, NewUser, SqliteStore, Store, StoreError},
};
use tempfile::TempDir;

const DELAY: Duration = Duration::from_mins(1);

async fn store() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("test.db")).await.unwrap();
    (Arc::new(store), folder)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn new_user(name: &str, email: Option<&str>) -> NewUser {
    NewUser {
        username: Username::parse(name).unwrap(),
        email: email.map(|email| Email::parse(email).unwrap()),
        email_verified_at: None,
        first_name: "Ada".to_owned(),
        last_name: String::new(),
        password_hash: PasswordHash::from_stored("hash".to_owned()),
        superuser_since: None,
        created_at: at(0),
    }
}

async fn add_user(
    store: &dyn Store,
    name: &str,
    email: Option<&str>,
) -> Result<UserId, StoreError> {
    let mut tx = store.begin().await?;
    let id = tx.insert_user(&new_user(name, email)).await?;
    tx.commit().await?;
    Ok(id)
}

async fn add_family(store: &dyn Store, user: UserId, seed: u64) -> Family {
    let id = SessionId::generate(at(0), &SeededEntropy::new(seed)).unwrap();
    let family = Family::open(id, user, at(0), Duration::from_hours(2160));
    let mut tx = store.begin().await.unwrap();
    tx.insert_family(&family, &ClientInfo::default()).await.unwrap();
    tx.commit().await.unwrap();
    family
}

async fn family(store: &dyn Store, id: SessionId) -> Family {
    store.lookup_family(id).await.unwrap().unwrap().family
}

#[tokio::test]
async fn users_are_found_by_id_and_name() {
    let (store, _folder) = store().await;
    let id = add_user(&*store, "Ada", Some("ada@example.com")).await.unwrap();
    let by_id = store.lookup_user(id).await.unwrap().unwrap();
    let by_name = store.find_user_by_name("ada").await.unwrap().unwrap();
    assert_eq!((by_id.id, by_name.id), (id, id));
    assert_eq!(by_id.username, "Ada");
    assert_eq!(by_id.email.as_deref(), Some("ada@example.com"));
    assert!(store.find_user_by_name("eve").await.unwrap().is_none());
    assert!(store.lookup_user(UserId(99)).await.unwrap().is_none());
}

#[tokio::test]
async fn names_and_addresses_are_unique_whatever_their_case() {
    let (store, _folder) = store().await;
    add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let taken = add_user(&*store, "ADA", None).await.unwrap_err();
    assert!(matches!(taken, StoreError::Conflict(Constraint::Username)), "{taken}");
    let taken = add_user(&*store, "eve", Some("ADA@Example.com")).await.unwrap_err();
    assert!(matches!(taken, StoreError::Conflict(Constraint::Email)), "{taken}");
    // Nobody's missing address is somebody else's.
    add_user(&*store, "one", None).await.unwrap();
    add_user(&*store, "two", None).await.unwrap();
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    let (store, _folder) = store().await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&new_user("ada", None)).await.unwrap();
    drop(tx);
    assert!(store.find_user_by_name("ada").await.unwrap().is_none());
    add_user(&*store, "ada", None).await.unwrap();
}

#[tokio::test]
async fn a_family_comes_back_as_it_went() {
    let (store, _folder) = store().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    assert_eq!(family(&*store, opened.id).await, opened);
    let mut tx = store.begin().await.unwrap();
    let twice = tx.insert_family(&opened, &ClientInfo::default()).await.unwrap_err();
    assert!(matches!(twice, StoreError::Conflict(Constraint::Session)), "{twice}");
}

#[tokio::test]
async fn transitions_do_to_the_row_what_they_do_to_the_family() {
    let (store, _folder) = store().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let mut expected = add_family(&*store, user, 1).await;
    let second = Generation::FIRST.next();
    for (transition, now) in [
        (Transition::Reissue, at(1_000)),
        (Transition::Sight, at(61_000)),
        (Transition::Renew { sighting: true }, at(62_000)),
        (Transition::Rotate { to: second }, at(200_000)),
        (Transition::Renew { sighting: true }, at(300_000)),
        (Transition::Rotate { to: second.next().next() }, at(400_000)),
        (Transition::Renew { sighting: false }, at(500_000)),
    ] {
        let applied = store.apply(expected.id, expected.generation, transition, now, DELAY).await;
        assert!(applied.unwrap(), "{transition:?}");
        expected = expected.after(transition, now);
        assert_eq!(family(&*store, expected.id).await, expected, "{transition:?}");
    }
}

#[tokio::test]
async fn transitions_carry_their_preconditions() {
    let (store, _folder) = store().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let (first, second) = (Generation::FIRST, Generation::FIRST.next());
    let all = [
        Transition::Sight,
        Transition::Reissue,
        Transition::Renew { sighting: true },
        Transition::Rotate { to: second },
    ];
    let apply = async |read, transition, now| {
        store.apply(opened.id, read, transition, at(now), DELAY).await.unwrap()
    };
    // Another generation than the one that was read.
    for transition in all {
        assert!(!apply(second, transition, 100_000).await, "{transition:?}");
    }
    // A sighting before the client can have stored its cookie, and a second one.
    assert!(!apply(first, Transition::Sight, 59_999).await);
    assert!(apply(first, Transition::Sight, 60_000).await);
    assert!(!apply(first, Transition::Sight, 70_000).await);
    // A family that has ended.
    assert!(store.revoke_family(opened.id, RevokeCause::Logout, at(80_000)).await.unwrap());
    for transition in all {
        assert!(!apply(first, transition, 100_000).await, "{transition:?}");
    }
    let revoked = family(&*store, opened.id).await.revoked.unwrap();
    assert_eq!((revoked.at, revoked.cause), (at(80_000), RevokeCause::Logout));
    // The first end is the end.
    assert!(!store.revoke_family(opened.id, RevokeCause::Replay, at(90_000)).await.unwrap());
    assert_eq!(family(&*store, opened.id).await.revoked.unwrap().cause, RevokeCause::Logout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_rotations_of_one_generation_one_wins() {
    let (store, _folder) = store().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let rotate = Transition::Rotate { to: Generation::FIRST.next() };
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (store, id) = (Arc::clone(&store), opened.id);
        racing.spawn(async move {
            store.apply(id, Generation::FIRST, rotate, at(100_000), DELAY).await.unwrap()
        });
    }
    let won = racing.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    assert_eq!(family(&*store, opened.id).await.generation, Generation::FIRST.next());
}

#[tokio::test]
async fn disabling_a_user_happens_once_and_ends_all_families() {
    let (store, _folder) = store().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let other = add_user(&*store, "eve", None).await.unwrap();
    let ids = [add_family(&*store, user, 1).await.id, add_family(&*store, user, 2).await.id];
    let untouched = add_family(&*store, other, 3).await;

    let mut tx = store.begin().await.unwrap();
    assert!(tx.disable_user(user, at(5)).await.unwrap());
    assert!(!tx.disable_user(user, at(6)).await.unwrap());
    assert!(tx.revoke_family(ids[0], RevokeCause::Superseded, at(4)).await.unwrap());
    let ended = tx.revoke_families_of(user, RevokeCause::UserDisabled, at(5)).await.unwrap();
    assert_eq!(ended, [ids[1]]);
    tx.touch_last_login(user, at(7)).await.unwrap();
    let locked = tx.lock_user(user).await.unwrap().unwrap();
    assert_eq!((locked.disabled_at, locked.last_login_at), (Some(at(5)), Some(at(7))));
    tx.commit().await.unwrap();

    let record = store.lookup_family(ids[1]).await.unwrap().unwrap();
    assert_eq!(record.user_disabled_at, Some(at(5)));
    assert_eq!(family(&*store, untouched.id).await, untouched);
    let mut since = store.revoked_since(at(5)).await.unwrap();
    assert_eq!(since, [(ids[1], at(5))]);
    since = store.revoked_since(at(4)).await.unwrap();
    assert_eq!(since.len(), 2);
}

#[tokio::test]
async fn the_feed_notices_other_connections() {
    let (store, folder) = store().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let mut feed = store.revocation_feed().await.unwrap();
    assert!(feed.next().await.unwrap(), "the first look always reads");
    assert!(!feed.next().await.unwrap(), "nothing happened");
    let elsewhere = SqliteStore::open(&folder.path().join("test.db")).await.unwrap();
    add_family(&elsewhere, user, 1).await;
    assert!(feed.next().await.unwrap());
}

#[tokio::test]
async fn an_older_binary_starts_on_a_newer_schema() {
    let (store, folder) = store().await;
    store.close().await;
    let path = folder.path().join("test.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut newer = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let row = "INSERT INTO _sqlx_migrations VALUES (9999, 'newer', '2030-01-01', 1, x'00', 1)";
    sqlx::query(row).execute(&mut newer).await.unwrap();
    SqliteStore::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_said_to_be_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    std::fs::write(
        &path,
        "this is not a database, but it is long enough to be looked at".repeat(99),
    )
    .unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}
