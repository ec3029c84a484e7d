//! What happened to accounts, and sessions in their owner's hands.

use latchkey::{
    domain::EventKind,
    storage::{Alive, NewEvent},
};

use super::*;

fn event(user: UserId, kind: EventKind, millis: i64) -> NewEvent {
    let client = ClientInfo { user_agent: "curl/8".to_owned(), ip: "192.0.2.7".to_owned() };
    NewEvent { user_id: user, kind, at: at(millis), count: 1, client }
}

async fn note(store: &dyn Store, event: &NewEvent) {
    let mut tx = store.begin().await.unwrap();
    if event.kind == EventKind::SignInFailed {
        tx.count_event(event).await.unwrap();
    } else {
        tx.insert_event(event).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn counts(store: &dyn Store, user: UserId) -> Vec<(Option<EventKind>, u32, Timestamp)> {
    let events = store.list_events(user, None, 100).await.unwrap();
    events.into_iter().map(|event| (event.kind, event.count, event.at)).collect()
}

async fn what_is_counted_makes_one_row_an_hour(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let bob = add_user(&*store, "bob", None).await.unwrap();
    for millis in [1, 3_599_999, 3_600_000] {
        note(&*store, &event(ada, EventKind::SignInFailed, millis)).await;
    }
    note(&*store, &event(bob, EventKind::SignInFailed, 7)).await;
    note(&*store, &event(ada, EventKind::SignedIn, 8)).await;
    note(&*store, &event(ada, EventKind::SignedIn, 8)).await;
    note(&*store, &event(UserId(99), EventKind::SignInFailed, 9)).await;
    let (failed, signed_in) = (Some(EventKind::SignInFailed), Some(EventKind::SignedIn));
    let expected = [
        (signed_in, 1, at(8)),
        (signed_in, 1, at(8)),
        (failed, 1, at(3_600_000)),
        (failed, 2, at(3_599_999)),
    ];
    assert_eq!(counts(&*store, ada).await, expected);
    assert_eq!(counts(&*store, bob).await, [(failed, 1, at(7))]);
    let newest = store.list_events(ada, None, 1).await.unwrap().remove(0);
    let older = store.list_events(ada, Some(newest.id), 100).await.unwrap();
    assert_eq!(older.len(), 3);
}

async fn what_is_old_is_removed_in_small_steps(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    for millis in 0..5 {
        note(&*store, &event(ada, EventKind::SignedIn, millis)).await;
    }
    assert!(store.forget_clients(at(3), 2).await.unwrap());
    assert!(!store.forget_clients(at(3), 2).await.unwrap());
    let known = store.list_events(ada, None, 9).await.unwrap();
    let known: Vec<_> = known.iter().map(|event| !event.client.ip.is_empty()).collect();
    assert_eq!(known, [true, true, false, false, false]);
    assert!(store.remove_events(at(3), 2).await.unwrap());
    assert!(!store.remove_events(at(3), 2).await.unwrap());
    assert_eq!(counts(&*store, ada).await.len(), 2);
}

async fn a_session_is_handled_by_its_owner_alone(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let bob = add_user(&*store, "bob", None).await.unwrap();
    let [own, other] = [add_family(&*store, ada, 1).await, add_family(&*store, ada, 2).await];
    let bobs = add_family(&*store, bob, 3).await;
    let alive = Alive { now: at(10), idle_since: at(-1) };
    let cause = RevokeCause::Logout;
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.revoke_session_of(ada, bobs.id, cause, alive).await.unwrap());
    assert!(!tx.session_lives(ada, bobs.id).await.unwrap());
    assert!(!tx.authenticate_session(ada, bobs.id, at(9)).await.unwrap());
    let idle = Alive { idle_since: at(0), ..alive };
    assert!(!tx.revoke_session_of(ada, other.id, cause, idle).await.unwrap());
    assert!(tx.authenticate_session(ada, own.id, at(9)).await.unwrap());
    // No moment goes back.
    assert!(tx.authenticate_session(ada, own.id, at(8)).await.unwrap());
    assert!(tx.revoke_session_of(ada, other.id, cause, alive).await.unwrap());
    assert!(!tx.revoke_session_of(ada, other.id, cause, alive).await.unwrap());
    assert!(!tx.session_lives(ada, other.id).await.unwrap());
    assert!(tx.revoke_other_families_of(ada, own.id, cause, at(10)).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert_eq!(family(&*store, own.id).await.authenticated_at, Some(at(9)));
    assert!(family(&*store, bobs.id).await.revoked.is_none());
    let listed = store.own_sessions(ada, own.id, alive, 10).await.unwrap();
    assert_eq!((listed.total, listed.sessions[0].id), (1, own.id));
    assert_eq!(store.own_sessions(ada, own.id, idle, 10).await.unwrap().total, 0);
}

on_both_engines! {
    what_is_counted_makes_one_row_an_hour,
    what_is_old_is_removed_in_small_steps,
    a_session_is_handled_by_its_owner_alone,
}
