//! Removing what nobody can use any more.

use super::*;

/// Where the walk ends up, and how many steps it took.
async fn walk(store: &dyn Store, count: u32, dead: Dead) -> usize {
    let (mut after, mut steps) = (None, 1);
    while let Some(last) = store.remove_dead(after, count, dead).await.unwrap() {
        after = Some(last);
        steps += 1;
    }
    steps
}

async fn the_dead_are_removed_and_nobody_else(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let mut families = Vec::new();
    for seed in 1..=5 {
        families.push(add_family(&*store, ada, seed).await);
    }
    let [idle, used, ended, ended_lately, limited] = &families[..] else { panic!() };
    for family in [used, ended, ended_lately, limited] {
        let rotate = Transition::Rotate { to: Generation::FIRST.next() };
        let applied = store.apply(family, rotate, at(5_000), DELAY).await;
        assert!(applied.unwrap());
    }
    database.clock.advance(Duration::from_secs(6));
    revoke(&*store, ended.id, RevokeCause::Logout).await;
    database.clock.advance(Duration::from_secs(2));
    revoke(&*store, ended_lately.id, RevokeCause::Logout).await;
    database
        .execute(
            "UPDATE sessions SET absolute_expires_at = 6000 WHERE id IN \
         (SELECT max(id) FROM sessions)",
        )
        .await;
    let last = families.iter().map(|family| family.id).max().unwrap();

    walk(&*store, 100, Dead { since: at(7_000), idle_since: at(1_000) }).await;
    for family in &families {
        let gone = [idle.id, ended.id, last].contains(&family.id);
        assert_eq!(store.lookup_family(family.id).await.unwrap().is_none(), gone);
    }
}

async fn a_walk_in_small_steps_comes_past_everybody(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let mut families = Vec::new();
    for seed in 0..10 {
        families.push(add_family(&*store, user, seed).await);
    }
    let nobody = Dead { since: at(0), idle_since: at(0) };
    assert_eq!(walk(&*store, 3, nobody).await, 4);
    assert_eq!(store.list_sessions(None).await.unwrap().len(), 10);
    // A step of exactly the rest is not taken for the last one.
    assert_eq!(walk(&*store, 5, nobody).await, 3);
    let everybody = Dead { since: at(1), idle_since: at(1) };
    assert_eq!(walk(&*store, 3, everybody).await, 4);
    assert!(store.list_sessions(None).await.unwrap().is_empty());
}

async fn what_is_remembered_of_removed_sessions_is_forgotten_in_the_end(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let family = add_family(&*store, user, 1).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_user(user, at(5_000)).await.unwrap(), [family.id]);
    tx.commit().await.unwrap();
    for (since, remembered) in [(5_000, 1), (5_001, 0)] {
        walk(&*store, 10, Dead { since: at(since), idle_since: at(0) }).await;
        assert_eq!(store.revoked_since(at(0)).await.unwrap().len(), remembered);
    }
}

on_both_engines! {
    the_dead_are_removed_and_nobody_else,
    a_walk_in_small_steps_comes_past_everybody,
    what_is_remembered_of_removed_sessions_is_forgotten_in_the_end,
}
