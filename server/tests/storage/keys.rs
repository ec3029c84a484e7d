//! Signing keys, and the nodes that hold them.

use latchkey::{
    domain::{KeyBook, NodeRecord, SigningKey},
    storage::Retirement,
};

use super::*;

fn key(name: &str) -> SigningKey {
    SigningKey::from_secret(format!("{name}: a secret of thirty-two bytes or more").as_bytes())
        .unwrap()
}

async fn book(store: &dyn Store) -> KeyBook {
    store.begin().await.unwrap().lock_keys().await.unwrap()
}

/// Does something in a unit of work of its own.
macro_rules! commit {
    ($store:expr, $tx:ident => $done:expr) => {{
        let mut $tx = $store.begin().await.unwrap();
        let done = $done.await.unwrap();
        $tx.commit().await.unwrap();
        done
    }};
}

async fn of_two_first_keys_one_is_the_first(database: &TestDatabase) {
    let store = database.open().await;
    let begin = async |name: &'static str| {
        let mut tx = store.begin().await.unwrap();
        let known = tx.lock_keys().await.unwrap().keys;
        if known.is_empty() {
            tx.remember_key(&key(name), at(1)).await.unwrap();
            tx.commit().await.unwrap();
        }
        known
    };
    let (one, two) = tokio::join!(begin("one"), begin("two"));
    assert_ne!(one.is_empty(), two.is_empty(), "the second knows of the first");
}

async fn a_key_is_remembered_without_itself(database: &TestDatabase) {
    let store = database.open().await;
    let (one, two) = (key("one"), key("two"));
    commit!(store, tx => tx.remember_key(&two, at(2)));
    commit!(store, tx => tx.remember_key(&one, at(1)));
    commit!(store, tx => tx.remember_key(&two, at(3)));
    let keys = book(&*store).await.keys;
    let lines: Vec<_> = keys.iter().map(|k| (k.kid.as_deref(), k.first_used_at)).collect();
    assert_eq!(lines, [(Some(one.kid()), at(1)), (Some(two.kid()), at(2))]);
    assert_eq!(keys[0].fingerprint, one.fingerprint());
    assert_eq!(keys[0].algorithm.as_deref(), Some("HS256"));
    assert_eq!((keys[0].needed_until, keys[0].retired_at), (None, None));
}

async fn one_from_before_keys_had_names_gets_its_name(database: &TestDatabase) {
    let store = database.open().await;
    commit!(store, tx => tx.remember_key(&key("one"), at(1)));
    database.execute("UPDATE signing_keys SET kid = NULL, algorithm = NULL").await;
    assert_eq!(book(&*store).await.keys[0].kid, None);
    commit!(store, tx => tx.remember_key(&key("one"), at(2)));
    assert_eq!(book(&*store).await.keys[0].kid.as_deref(), Some(key("one").kid()));
}

async fn a_key_is_needed_for_as_long_as_it_was_ever_said(database: &TestDatabase) {
    let store = database.open().await;
    let one = key("one");
    commit!(store, tx => tx.remember_key(&one, at(1)));
    for (said, needed) in [(500, 500), (900, 900), (600, 900)] {
        assert!(commit!(store, tx => tx.claim_key(one.kid(), at(said))));
        assert_eq!(book(&*store).await.keys[0].needed_until, Some(at(needed)));
    }
    assert!(!commit!(store, tx => tx.claim_key("nobody's", at(1))));
}

/// Two keys that are needed until 900.
async fn needed_keys(store: &dyn Store) -> [SigningKey; 2] {
    let keys = [key("one"), key("two")];
    for key in &keys {
        commit!(store, tx => tx.remember_key(key, at(1)));
        commit!(store, tx => tx.claim_key(key.kid(), at(900)));
    }
    keys
}

/// When each was retired, the earliest first.
async fn retirements(store: &dyn Store) -> Vec<Option<Timestamp>> {
    let mut moments: Vec<_> = book(store).await.keys.iter().map(|key| key.retired_at).collect();
    moments.sort();
    moments
}

async fn a_key_is_retired_once_it_is_not_needed_or_by_force(database: &TestDatabase) {
    let store = database.open().await;
    let [one, two] = needed_keys(&*store).await;
    let gently = Retirement::OnceUnneeded;
    for (fingerprint, how, now, expected) in [
        (one.fingerprint(), gently, 899, false),
        (one.fingerprint(), gently, 900, true),
        (one.fingerprint(), gently, 901, false),
        (two.fingerprint(), Retirement::AtOnce, 10, true),
        (two.fingerprint(), Retirement::AtOnce, 11, false),
        ("nobody's", Retirement::AtOnce, 11, false),
    ] {
        let retired = commit!(store, tx => tx.retire_key(fingerprint, how, at(now)));
        assert_eq!(retired, expected, "{how:?} at {now}");
    }
    assert_eq!(retirements(&*store).await, [Some(at(10)), Some(at(900))]);
    assert!(!commit!(store, tx => tx.claim_key(one.kid(), at(9000))), "it signs nothing");
}

async fn a_retirement_can_be_taken_back(database: &TestDatabase) {
    let store = database.open().await;
    let [one, two] = needed_keys(&*store).await;
    commit!(store, tx => tx.retire_key(one.fingerprint(), Retirement::AtOnce, at(10)));
    for key in [&one, &two] {
        commit!(store, tx => tx.trust_key(key.fingerprint()));
    }
    assert_eq!(retirements(&*store).await, [None, None]);
}

async fn a_node_says_what_it_holds_until_it_goes(database: &TestDatabase) {
    let store = database.open().await;
    let node = |id: &str, until: i64, verifies: &[&str]| NodeRecord {
        id: id.to_owned(),
        live_until: at(until),
        verifies: verifies.iter().map(|kid| (*kid).to_owned()).collect(),
        signs: verifies[0].to_owned(),
    };
    let (a, b) = (node("a", 100, &["one", "two"]), node("b", 200, &["one"]));
    for node in [&node("a", 50, &["one"]), &b, &a] {
        commit!(store, tx => tx.announce_node(node));
    }
    assert_eq!(book(&*store).await.nodes, [a, b.clone()]);
    commit!(store, tx => tx.forget_nodes(at(100)));
    assert_eq!(book(&*store).await.nodes, [b]);
    commit!(store, tx => tx.remove_node("b"));
    assert_eq!(book(&*store).await.nodes, []);
}

on_both_engines! {
    of_two_first_keys_one_is_the_first,
    a_key_is_remembered_without_itself,
    one_from_before_keys_had_names_gets_its_name,
    a_key_is_needed_for_as_long_as_it_was_ever_said,
    a_key_is_retired_once_it_is_not_needed_or_by_force,
    a_retirement_can_be_taken_back,
    a_node_says_what_it_holds_until_it_goes,
}
