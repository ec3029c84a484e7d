//! The storage suite: every method, every constraint, rollback, and races.

use std::{sync::Arc, time::Duration};

use latchkey::{
    domain::{
        Email, Family, Generation, PasswordHash, RevokeCause, SessionId, Timestamp, Transition,
        UserId, Username, clock::ManualClock, entropy::SeededEntropy,
    },
    storage::{
        ClientInfo, Constraint, Heard, NewUser, PostgresStore, SqliteStore, Store, StoreError, Tx,
    },
};

use crate::support::{Engine, TestDatabase, database::Place};

const DELAY: Duration = Duration::from_mins(1);

/// Each scenario as a test on each engine.
macro_rules! on_both_engines {
    ($($scenario:ident,)*) => {
        mod sqlite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $scenario() {
                    super::$scenario(&TestDatabase::new(Engine::Sqlite, at(0)).await).await;
                }
            )*
        }

        mod postgres {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $scenario() {
                    super::$scenario(&TestDatabase::new(Engine::Postgres, at(0)).await).await;
                }
            )*
        }
    };
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

async fn users_are_found_by_id_and_name(database: &TestDatabase) {
    let store = database.open().await;
    let id = add_user(&*store, "Ada", Some("ada@example.com")).await.unwrap();
    let by_id = store.lookup_user(id).await.unwrap().unwrap();
    let by_name = store.find_user_by_name("ada").await.unwrap().unwrap();
    assert_eq!((by_id.id, by_name.id), (id, id));
    assert_eq!(by_id.username, "Ada");
    assert_eq!(by_id.email.as_deref(), Some("ada@example.com"));
    assert!(store.find_user_by_name("eve").await.unwrap().is_none());
    assert!(store.lookup_user(UserId(99)).await.unwrap().is_none());
}

async fn names_and_addresses_are_unique_whatever_their_case(database: &TestDatabase) {
    let store = database.open().await;
    add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let taken = add_user(&*store, "ADA", None).await.unwrap_err();
    assert!(matches!(taken, StoreError::Conflict(Constraint::Username)), "{taken}");
    let taken = add_user(&*store, "eve", Some("ADA@Example.com")).await.unwrap_err();
    assert!(matches!(taken, StoreError::Conflict(Constraint::Email)), "{taken}");
    // Nobody's missing address is somebody else's.
    add_user(&*store, "one", None).await.unwrap();
    add_user(&*store, "two", None).await.unwrap();
}

async fn what_is_not_committed_never_was(database: &TestDatabase) {
    let store = database.open().await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&new_user("ada", None)).await.unwrap();
    drop(tx);
    assert!(store.find_user_by_name("ada").await.unwrap().is_none());
    add_user(&*store, "ada", None).await.unwrap();
}

async fn a_family_comes_back_as_it_went(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    assert_eq!(family(&*store, opened.id).await, opened);
    let mut tx = store.begin().await.unwrap();
    let twice = tx.insert_family(&opened, &ClientInfo::default()).await.unwrap_err();
    assert!(matches!(twice, StoreError::Conflict(Constraint::Session)), "{twice}");
}

async fn transitions_do_to_the_row_what_they_do_to_the_family(database: &TestDatabase) {
    let store = database.open().await;
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

const TRANSITIONS: [Transition; 4] = [
    Transition::Sight,
    Transition::Reissue,
    Transition::Renew { sighting: true },
    Transition::Rotate { to: Generation::FIRST },
];

async fn transitions_carry_their_preconditions(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    // Another generation than the one that was read.
    let second = Generation::FIRST.next();
    for transition in TRANSITIONS {
        let applied = store.apply(opened.id, second, transition, at(100_000), DELAY).await;
        assert!(!applied.unwrap(), "{transition:?}");
    }
}

async fn a_sighting_counts_once_and_not_too_soon(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let sight = async |now| {
        let sighting = Transition::Sight;
        store.apply(opened.id, Generation::FIRST, sighting, at(now), DELAY).await.unwrap()
    };
    // A sighting before the client can have stored its cookie, and a second one.
    assert!(!sight(59_999).await);
    assert!(sight(60_000).await);
    assert!(!sight(70_000).await);
}

async fn the_first_end_of_a_family_is_the_end(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    database.clock.advance(Duration::from_secs(80));
    assert!(store.revoke_family(opened.id, RevokeCause::Logout).await.unwrap());
    for transition in TRANSITIONS {
        let late = store.apply(opened.id, Generation::FIRST, transition, at(100_000), DELAY);
        assert!(!late.await.unwrap(), "{transition:?}");
    }
    let revoked = family(&*store, opened.id).await.revoked.unwrap();
    assert_eq!((revoked.at, revoked.cause), (at(80_000), RevokeCause::Logout));
    assert!(!store.revoke_family(opened.id, RevokeCause::Replay).await.unwrap());
    assert_eq!(family(&*store, opened.id).await.revoked.unwrap().cause, RevokeCause::Logout);
}

async fn of_many_rotations_of_one_generation_one_wins(database: &TestDatabase) {
    let store = database.open().await;
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

async fn an_account_is_disabled_once_and_enabled_once(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let changed = [
        tx.disable_user(user, at(5)).await.unwrap(),
        tx.disable_user(user, at(6)).await.unwrap(),
        tx.enable_user(user).await.unwrap(),
        tx.enable_user(user).await.unwrap(),
        tx.disable_user(user, at(7)).await.unwrap(),
    ];
    assert_eq!(changed, [true, false, true, false, true]);
    tx.touch_last_login(user, at(8)).await.unwrap();
    let locked = tx.lock_user(user).await.unwrap().unwrap();
    assert_eq!((locked.disabled_at, locked.last_login_at), (Some(at(7)), Some(at(8))));
}

async fn a_disabled_user_has_no_families_left(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let other = add_user(&*store, "eve", None).await.unwrap();
    let ids = [add_family(&*store, user, 1).await.id, add_family(&*store, user, 2).await.id];
    let untouched = add_family(&*store, other, 3).await;

    let mut tx = store.begin().await.unwrap();
    assert!(tx.disable_user(user, at(5)).await.unwrap());
    assert!(tx.revoke_family(ids[0], RevokeCause::Superseded, at(4)).await.unwrap());
    let ended = tx.revoke_families_of(user, RevokeCause::UserDisabled, at(5)).await.unwrap();
    assert_eq!(ended, [ids[1]]);
    tx.commit().await.unwrap();

    let record = store.lookup_family(ids[1]).await.unwrap().unwrap();
    assert_eq!(record.user_disabled_at, Some(at(5)));
    assert_eq!(family(&*store, untouched.id).await, untouched);
    let mut since = store.revoked_since(at(5)).await.unwrap();
    assert_eq!(since, [(ids[1], at(5))]);
    since = store.revoked_since(at(4)).await.unwrap();
    assert_eq!(since.len(), 2);
}

async fn the_feed_tells_what_others_end(database: &TestDatabase) {
    let store = database.open().await;
    let elsewhere = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let mut feed = store.revocation_feed().await.unwrap();
    assert_eq!(feed.next().await.unwrap(), Heard::Change, "the first look always reads");

    assert!(elsewhere.revoke_family(opened.id, RevokeCause::Logout).await.unwrap());
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

async fn an_account_goes_with_all_that_is_its_owners(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let other = add_user(&*store, "eve", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let untouched = add_family(&*store, other, 2).await;

    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_user(user, at(7)).await.unwrap(), [opened.id]);
    tx.commit().await.unwrap();
    assert!(store.lookup_user(user).await.unwrap().is_none());
    assert!(store.lookup_family(opened.id).await.unwrap().is_none());
    assert_eq!(family(&*store, untouched.id).await, untouched);
    // Its access tokens are still out: the blacklist has to know.
    assert_eq!(store.revoked_since(at(7)).await.unwrap(), [(opened.id, at(7))]);
    // Name and address are free again, the id is not.
    let again = add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    assert!(again > other);
}

async fn a_password_is_replaced_only_if_it_is_the_one_that_was_read(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let hash = |text: &str| PasswordHash::from_stored(text.to_owned());
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.replace_password(user, &hash("other"), &hash("new")).await.unwrap());
    assert!(tx.replace_password(user, &hash("hash"), &hash("new")).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.lookup_user(user).await.unwrap().unwrap().password_hash, hash("new"));
}

async fn whoever_locks_an_account_second_sees_what_the_first_did(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let mut first = store.begin().await.unwrap();
    first.lock_user(user).await.unwrap().unwrap();
    let second = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let mut second = store.begin().await.unwrap();
            second.lock_user(user).await.unwrap().unwrap().disabled_at
        }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!second.is_finished(), "the second waits");
    first.disable_user(user, at(5)).await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), Some(at(5)));
}

async fn sessions_are_listed_by_use(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let eve = add_user(&*store, "eve", None).await.unwrap();
    let old = add_family(&*store, ada, 1).await;
    let used = add_family(&*store, ada, 2).await;
    let over = add_family(&*store, ada, 3).await;
    let foreign = add_family(&*store, eve, 4).await;
    store.apply(used.id, Generation::FIRST, Transition::Reissue, at(9), DELAY).await.unwrap();
    store.revoke_family(over.id, RevokeCause::Logout).await.unwrap();

    let ids = async |of| -> Vec<SessionId> {
        store.list_sessions(of).await.unwrap().into_iter().map(|session| session.id).collect()
    };
    assert_eq!(ids(Some(ada)).await, [used.id, old.id]);
    assert_eq!(ids(Some(eve)).await, [foreign.id]);
    assert_eq!(ids(None).await.len(), 3);
    let users = store.list_users().await.unwrap();
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [ada, eve]);
}

async fn of_two_first_keys_one_is_the_first(database: &TestDatabase) {
    let store = database.open().await;
    let begin = async |name: &'static str| {
        let mut tx = store.begin().await.unwrap();
        let known = tx.lock_keys().await.unwrap();
        if known.is_empty() {
            tx.remember_key(name, at(1)).await.unwrap();
            tx.commit().await.unwrap();
        }
        known
    };
    let (one, two) = tokio::join!(begin("one"), begin("two"));
    assert_ne!(one.is_empty(), two.is_empty(), "the second knows of the first");
    // Remembering it again is no fault.
    let mut tx: Box<dyn Tx> = store.begin().await.unwrap();
    let known = tx.lock_keys().await.unwrap();
    tx.remember_key(&known[0], at(2)).await.unwrap();
    assert_eq!(tx.lock_keys().await.unwrap(), known);
}

on_both_engines! {
    users_are_found_by_id_and_name,
    names_and_addresses_are_unique_whatever_their_case,
    what_is_not_committed_never_was,
    a_family_comes_back_as_it_went,
    transitions_do_to_the_row_what_they_do_to_the_family,
    transitions_carry_their_preconditions,
    a_sighting_counts_once_and_not_too_soon,
    the_first_end_of_a_family_is_the_end,
    of_many_rotations_of_one_generation_one_wins,
    an_account_is_disabled_once_and_enabled_once,
    a_disabled_user_has_no_families_left,
    the_feed_tells_what_others_end,
    an_older_binary_starts_on_a_newer_schema,
    an_account_goes_with_all_that_is_its_owners,
    a_password_is_replaced_only_if_it_is_the_one_that_was_read,
    whoever_locks_an_account_second_sees_what_the_first_did,
    sessions_are_listed_by_use,
    of_two_first_keys_one_is_the_first,
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
    store.revoke_family(opened.id, RevokeCause::Logout).await.unwrap();
    let revoked_at = family(&store, opened.id).await.revoked.unwrap().at;
    let after = store.begin().await.unwrap().now().await.unwrap();
    assert!(before <= read_at && read_at <= revoked_at && revoked_at <= after);
}
