//! What happened to accounts, and sessions in their owner's hands.

use latchkey::{
    domain::EventKind,
    storage::{Alive, EventPlace, NewEvent},
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
    let events = store.list_events(user, EventPlace::START, 100).await.unwrap();
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
        (failed, 1, at(3_600_000)),
        (failed, 2, at(3_599_999)),
        (signed_in, 1, at(8)),
        (signed_in, 1, at(8)),
    ];
    assert_eq!(counts(&*store, ada).await, expected);
    assert_eq!(counts(&*store, bob).await, [(failed, 1, at(7))]);
    // One at a time, and of those of one moment each once.
    let (mut place, mut seen) = (EventPlace::START, Vec::new());
    loop {
        let next = store.list_events(ada, place, 1).await.unwrap();
        let Some(event) = next.first() else { break };
        seen.push((event.kind, event.count, event.at));
        place = EventPlace::parse(&place.behind(&next).to_string()).unwrap();
    }
    assert_eq!(seen, expected);
}

async fn nobody_hides_behind_anothers_address_and_many_fill_no_disk(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let bob = add_user(&*store, "bob", None).await.unwrap();
    let from = async |user: UserId, ip: &str, millis: i64| {
        let mut event = event(user, EventKind::SignInFailed, millis);
        ip.clone_into(&mut event.client.ip);
        note(&*store, &event).await;
    };
    for n in 0..30 {
        from(ada, &format!("192.0.2.{n}"), n).await;
    }
    from(ada, "192.0.2.3", 40).await;
    from(bob, "192.0.2.29", 41).await;
    from(ada, "192.0.2.29", 3_600_000).await;
    let seen = async |user| {
        let events = store.list_events(user, EventPlace::START, 100).await.unwrap();
        let seen = events.into_iter().map(|e| (e.count, e.at, e.client.ip, e.client.user_agent));
        seen.collect::<Vec<_>>()
    };
    let row = |count, millis, ip: &str| {
        let agent = if ip.is_empty() { "" } else { "curl/8" };
        (count, at(millis), ip.to_owned(), agent.to_owned())
    };
    let of_ada = seen(ada).await;
    // The first ten, the others together, and the next hour.
    assert_eq!(of_ada.len(), 12);
    let latest = [row(1, 3_600_000, "192.0.2.29"), row(2, 40, "192.0.2.3"), row(20, 29, "")];
    assert_eq!(of_ada[..4], [&latest[..], &[row(1, 9, "192.0.2.9")]].concat());
    assert_eq!(seen(bob).await, [row(1, 41, "192.0.2.29")]);
    // They are alike once their addresses are forgotten, and what comes later is counted anew.
    while store.forget_clients(at(3_700_000), 5).await.unwrap() {}
    from(ada, "192.0.2.3", 50).await;
    let forgotten = seen(ada).await;
    assert_eq!(forgotten.len(), 13);
    assert_eq!(forgotten[1..4], [row(1, 50, "192.0.2.3"), row(2, 40, ""), row(20, 29, "")]);
}

async fn what_is_old_is_removed_in_small_steps(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    for millis in 0..5 {
        note(&*store, &event(ada, EventKind::SignedIn, millis)).await;
    }
    assert!(store.forget_clients(at(3), 2).await.unwrap());
    assert!(!store.forget_clients(at(3), 2).await.unwrap());
    let known = store.list_events(ada, EventPlace::START, 9).await.unwrap();
    let known: Vec<_> = known.iter().map(|event| !event.client.ip.is_empty()).collect();
    assert_eq!(known, [true, true, false, false, false]);
    assert!(store.remove_events(at(3), 2).await.unwrap());
    assert!(!store.remove_events(at(3), 2).await.unwrap());
    assert_eq!(counts(&*store, ada).await.len(), 2);
}

/// Two sessions of Ada's, one of Bob's, and Ada.
async fn three(store: &dyn Store) -> ([Family; 3], UserId) {
    let ada = add_user(store, "ada", None).await.unwrap();
    let bob = add_user(store, "bob", None).await.unwrap();
    let own = add_family(store, ada, 1).await;
    ([own, add_family(store, ada, 2).await, add_family(store, bob, 3).await], ada)
}

async fn a_session_is_ended_by_its_owner_alone(database: &TestDatabase) {
    let store = database.open().await;
    let ([own, other, bobs], ada) = three(&*store).await;
    let alive = Alive { now: at(10), idle_since: at(-1) };
    let idle = Alive { idle_since: at(0), ..alive };
    let rows = [(&bobs, alive, false), (&other, idle, false), (&other, alive, true)];
    for (session, alive, ended) in rows.into_iter().chain([(&other, alive, false)]) {
        let mut tx = store.begin().await.unwrap();
        let done = tx.revoke_session_of(ada, session.id, RevokeCause::Logout, alive).await;
        assert_eq!(done.unwrap(), ended);
        tx.commit().await.unwrap();
    }
    assert!(family(&*store, bobs.id).await.revoked.is_none());
    let listed = store.own_sessions(ada, own.id, alive, 10).await.unwrap();
    assert_eq!((listed.total, listed.sessions[0].id), (1, own.id));
    assert_eq!(store.own_sessions(ada, own.id, idle, 10).await.unwrap().total, 0);
}

async fn all_but_one_are_ended(database: &TestDatabase) {
    let store = database.open().await;
    let ([own, other, bobs], ada) = three(&*store).await;
    let mut tx = store.begin().await.unwrap();
    let cause = RevokeCause::Logout;
    assert_eq!(tx.revoke_other_families_of(ada, own.id, cause, at(9)).await.unwrap(), [other.id]);
    tx.commit().await.unwrap();
    for lives in [own.id, bobs.id] {
        assert!(family(&*store, lives).await.revoked.is_none());
    }
}

async fn the_password_counts_for_a_living_session_of_ones_own(database: &TestDatabase) {
    let store = database.open().await;
    let ([own, other, bobs], ada) = three(&*store).await;
    assert!(revoke(&*store, other.id, RevokeCause::Logout).await);
    let mut tx = store.begin().await.unwrap();
    // No moment goes back.
    for (session, millis, lives) in
        [(&own, 9, true), (&own, 8, true), (&other, 9, false), (&bobs, 9, false)]
    {
        assert_eq!(tx.session_lives(ada, session.id).await.unwrap(), lives);
        let noted = tx.authenticate_session(ada, session.id, at(millis)).await;
        assert_eq!(noted.unwrap(), lives);
    }
    tx.commit().await.unwrap();
    assert_eq!(family(&*store, own.id).await.authenticated_at, Some(at(9)));
    assert_eq!(family(&*store, bobs.id).await.authenticated_at, Some(at(0)));
}

async fn a_use_is_noted_and_never_goes_back(database: &TestDatabase) {
    let store = database.open().await;
    let ([own, other, _], ada) = three(&*store).await;
    assert!(revoke(&*store, other.id, RevokeCause::Logout).await);
    for millis in [9, 8] {
        store.touch(&[(own.id, at(millis)), (other.id, at(millis))]).await.unwrap();
    }
    let listed = store.list_sessions(Some(ada)).await.unwrap();
    assert_eq!((listed.len(), listed[0].last_used_at), (1, at(9)));
}

on_both_engines! {
    what_is_counted_makes_one_row_an_hour,
    nobody_hides_behind_anothers_address_and_many_fill_no_disk,
    what_is_old_is_removed_in_small_steps,
    a_session_is_ended_by_its_owner_alone,
    all_but_one_are_ended,
    the_password_counts_for_a_living_session_of_ones_own,
    a_use_is_noted_and_never_goes_back,
}
