//! What gets slower the more often it happens, counted by nodes together.

use latchkey::{
    domain::{Ladder, Tally},
    storage::TallyKey,
};

use super::*;

const LADDER: Ladder = Ladder {
    free: 5,
    first: Duration::from_secs(1),
    longest: Duration::from_mins(15),
    forgiven_after: Duration::from_mins(10),
};

fn key(name: &str) -> TallyKey {
    TallyKey(name.to_owned())
}

async fn tallies(store: &dyn Store, keys: &[&str]) -> Vec<(String, u32, i64)> {
    let keys: Vec<_> = keys.iter().map(|name| key(name)).collect();
    let (mut known, _) = store.tallies(&keys).await.unwrap();
    known.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    known.into_iter().map(|(key, t)| (key.0, t.count, t.last_at.millis())).collect()
}

fn known(name: &str, count: u32, millis: i64) -> (String, u32, i64) {
    (name.to_owned(), count, millis)
}

async fn they_are_counted_and_forgiven_in_time(database: &TestDatabase) {
    let store = database.open().await;
    let both = [(key("b"), LADDER), (key("a"), LADDER)];
    assert_eq!(tallies(&*store, &["a", "b"]).await, []);
    store.count(&both).await.unwrap();
    store.count(&both[..1]).await.unwrap();
    assert_eq!(tallies(&*store, &["a", "b", "c"]).await, [known("a", 1, 0), known("b", 2, 0)]);
    database.clock.advance(Duration::from_secs(601));
    store.count(&both).await.unwrap();
    let later = 601_000;
    assert_eq!(tallies(&*store, &["a", "b"]).await, [known("a", 1, later), known("b", 2, later)]);
}

async fn nodes_count_together(database: &TestDatabase) {
    let nodes = [database.open().await, database.open().await];
    let counting = (0..40).map(|n| {
        let store = Arc::clone(&nodes[n % 2]);
        // Each in an order of its own.
        let mut keys = vec![(key("a"), LADDER), (key("b"), LADDER), (key("c"), LADDER)];
        keys.rotate_left(n % 3);
        tokio::spawn(async move { store.count(&keys).await })
    });
    for counted in futures::future::join_all(counting).await {
        counted.unwrap().unwrap();
    }
    for store in nodes {
        let all = [known("a", 40, 0), known("b", 40, 0), known("c", 40, 0)];
        assert_eq!(tallies(&*store, &["a", "b", "c"]).await, all);
    }
}

async fn only_what_was_read_is_forgotten(database: &TestDatabase) {
    let store = database.open().await;
    store.count(&[(key("a"), LADDER), (key("b"), LADDER)]).await.unwrap();
    let (read, _) = store.tallies(&[key("a"), key("b")]).await.unwrap();
    store.count(&[(key("b"), LADDER)]).await.unwrap();
    store.forget_tallies(&read).await.unwrap();
    assert_eq!(tallies(&*store, &["a", "b"]).await, [known("b", 2, 0)]);
    let other = Tally { count: 2, last_at: at(1) };
    store.forget_tallies(&[(key("b"), other)]).await.unwrap();
    assert_eq!(tallies(&*store, &["b"]).await, [known("b", 2, 0)]);
}

async fn forgiven_ones_are_removed_in_steps(database: &TestDatabase) {
    let store = database.open().await;
    let of = |name: &str| (key(name), LADDER);
    store.count(&[of("a"), of("b"), of("c")]).await.unwrap();
    store.count(&[of("c")]).await.unwrap();
    database.clock.advance(Duration::from_mins(10));
    assert!(!store.remove_forgiven(1).await.unwrap(), "not before all is forgiven");
    database.clock.advance(Duration::from_millis(1));
    assert!(store.remove_forgiven(1).await.unwrap());
    assert!(store.remove_forgiven(1).await.unwrap());
    assert!(!store.remove_forgiven(1).await.unwrap());
    assert_eq!(tallies(&*store, &["a", "b", "c"]).await, [known("c", 2, 0)]);
}

on_both_engines! {
    they_are_counted_and_forgiven_in_time,
    nodes_count_together,
    only_what_was_read_is_forgotten,
    forgiven_ones_are_removed_in_steps,
}
