//! Accounts.

use super::*;

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

on_both_engines! {
    users_are_found_by_id_and_name,
    names_and_addresses_are_unique_whatever_their_case,
    what_is_not_committed_never_was,
    an_account_is_disabled_once_and_enabled_once,
    a_disabled_user_has_no_families_left,
    an_account_goes_with_all_that_is_its_owners,
    a_password_is_replaced_only_if_it_is_the_one_that_was_read,
    whoever_locks_an_account_second_sees_what_the_first_did,
}
