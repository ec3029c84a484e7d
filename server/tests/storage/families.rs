//! Session families.

use super::*;

const TRANSITIONS: [Transition; 4] = [
    Transition::Sight,
    Transition::Reissue,
    Transition::Renew { sighting: true },
    Transition::Rotate { to: Generation::FIRST },
];

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
        let applied = store.apply(&expected, transition, now, DELAY).await;
        assert!(applied.unwrap(), "{transition:?}");
        expected = expected.after(transition, now);
        assert_eq!(family(&*store, expected.id).await, expected, "{transition:?}");
    }
}

async fn transitions_carry_their_preconditions(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    // Another generation than the one that was read.
    let other = Family { generation: Generation::FIRST.next(), ..opened.clone() };
    for transition in TRANSITIONS {
        let applied = store.apply(&other, transition, at(100_000), DELAY).await;
        assert!(!applied.unwrap(), "{transition:?}");
    }
}

async fn nothing_is_rotated_that_was_handed_out_again_since_it_was_read(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let rotate = Transition::Rotate { to: Generation::FIRST.next() };
    for (seed, again) in [(1, Transition::Reissue), (2, Transition::Renew { sighting: true })] {
        let read = add_family(&*store, user, seed).await;
        assert!(store.apply(&read, again, at(99_999), DELAY).await.unwrap());
        assert!(!store.apply(&read, rotate, at(100_000), DELAY).await.unwrap(), "{again:?}");
        let read = family(&*store, read.id).await;
        assert!(store.apply(&read, rotate, at(200_000), DELAY).await.unwrap(), "{again:?}");
    }
}

async fn the_moment_of_the_last_answer_never_goes_back(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    for (seed, late) in [(1, Transition::Reissue), (2, Transition::Renew { sighting: false })] {
        let read = add_family(&*store, user, seed).await;
        assert!(store.apply(&read, Transition::Reissue, at(2_000), DELAY).await.unwrap());
        assert!(store.apply(&read, late, at(1_000), DELAY).await.unwrap());
        assert_eq!(family(&*store, read.id).await.answered_at, at(2_000), "{late:?}");
    }
    let renew = Transition::Renew { sighting: false };
    let read = add_family(&*store, user, 3).await;
    assert!(store.apply(&read, renew, at(2_000), DELAY).await.unwrap());
    for late in [renew, Transition::Reissue] {
        assert!(store.apply(&read, late, at(1_000), DELAY).await.unwrap());
    }
    assert_eq!(family(&*store, read.id).await.rotated_at, at(2_000));
    let listed = store.list_sessions(None).await.unwrap();
    assert!(listed.iter().all(|session| session.last_used_at == at(2_000)));
}

async fn a_sighting_counts_once_and_not_too_soon(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let sight = async |now| {
        let sighting = Transition::Sight;
        store.apply(&opened, sighting, at(now), DELAY).await.unwrap()
    };
    // A sighting before the client can have stored its cookie, and a second one.
    assert!(!sight(59_999).await);
    assert!(sight(60_000).await);
    assert!(!sight(70_000).await);
}

async fn many_sightings_are_applied_at_once_each_by_its_own_precondition(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let mut families = Vec::new();
    for seed in 1..=4 {
        families.push(add_family(&*store, user, seed).await);
    }
    revoke(&*store, families[2].id, RevokeCause::Logout).await;
    let given = [(0, 1, 60_000), (1, 1, 59_999), (2, 1, 60_000), (3, 2, 60_000)];
    let sightings = given.map(|(n, generation, millis)| Sighting {
        session: families[n].id,
        generation: Generation::new(generation).unwrap(),
        at: at(millis),
    });
    // One; then one too early, one of a family that has ended, one of another generation.
    let applied = store.sight(&sightings, DELAY).await.unwrap();
    assert_eq!(applied, [true, false, false, false]);
    assert_eq!(family(&*store, families[0].id).await.seen_at, Some(at(60_000)));
    assert_eq!(family(&*store, families[1].id).await.seen_at, None);
    // A second one changes nothing.
    assert_eq!(store.sight(&sightings[..1], DELAY).await.unwrap(), [false]);
}

async fn the_first_end_of_a_family_is_the_end(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    database.clock.advance(Duration::from_secs(80));
    assert!(revoke(&*store, opened.id, RevokeCause::Logout).await);
    for transition in TRANSITIONS {
        let late = store.apply(&opened, transition, at(100_000), DELAY);
        assert!(!late.await.unwrap(), "{transition:?}");
    }
    let revoked = family(&*store, opened.id).await.revoked.unwrap();
    assert_eq!((revoked.at, revoked.cause), (at(80_000), RevokeCause::Logout));
    assert!(!revoke(&*store, opened.id, RevokeCause::Replay).await);
    assert_eq!(family(&*store, opened.id).await.revoked.unwrap().cause, RevokeCause::Logout);
}

async fn of_many_rotations_of_one_generation_one_wins(database: &TestDatabase) {
    let store = database.open().await;
    let user = add_user(&*store, "ada", None).await.unwrap();
    let opened = add_family(&*store, user, 1).await;
    let rotate = Transition::Rotate { to: Generation::FIRST.next() };
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (store, opened) = (Arc::clone(&store), opened.clone());
        racing
            .spawn(async move { store.apply(&opened, rotate, at(100_000), DELAY).await.unwrap() });
    }
    let won = racing.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    assert_eq!(family(&*store, opened.id).await.generation, Generation::FIRST.next());
}

async fn of_many_who_ask_at_once_each_gets_their_own_answer(database: &TestDatabase) {
    let store = database.open().await;
    let mut families = Vec::new();
    for seed in 1..=4 {
        let user = add_user(&*store, &format!("ada{seed}"), None).await.unwrap();
        families.push(add_family(&*store, user, seed).await);
    }
    // A row that cannot be read is trouble for its own session alone.
    let spoil = "UPDATE sessions SET revoked_at = 1, revoke_cause = 'x' WHERE user_id = 4";
    database.execute(spoil).await;
    let mut asking = tokio::task::JoinSet::new();
    for n in 0..200 {
        let (store, family) = (Arc::clone(&store), families[n % 4].clone());
        asking.spawn(async move {
            let found = store.lookup_family(family.id).await;
            if n % 4 == 3 {
                assert!(matches!(found, Err(StoreError::Inconsistent(_))), "{found:?}");
            } else {
                // Others rotate it meanwhile.
                let found = found.unwrap().unwrap().family;
                assert_eq!((found.id, found.user_id), (family.id, family.user_id));
            }
            let user = store.lookup_user(family.user_id).await.unwrap().unwrap();
            assert_eq!(user.id, family.user_id);
            let rotate = Transition::Rotate { to: Generation::FIRST.next() };
            store.apply(&family, rotate, at(100_000), DELAY).await.unwrap()
        });
    }
    let strange = SessionId::generate(at(0), &SeededEntropy::new(9)).unwrap();
    assert!(store.lookup_family(strange).await.unwrap().is_none());
    // One rotation of each of the three that go on.
    assert_eq!(asking.join_all().await.into_iter().filter(|rotated| *rotated).count(), 3);
}

async fn sessions_are_listed_by_use(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let eve = add_user(&*store, "eve", None).await.unwrap();
    let old = add_family(&*store, ada, 1).await;
    let used = add_family(&*store, ada, 2).await;
    let over = add_family(&*store, ada, 3).await;
    let foreign = add_family(&*store, eve, 4).await;
    store.apply(&used, Transition::Reissue, at(9), DELAY).await.unwrap();
    revoke(&*store, over.id, RevokeCause::Logout).await;

    let ids = async |of| -> Vec<SessionId> {
        store.list_sessions(of).await.unwrap().into_iter().map(|session| session.id).collect()
    };
    assert_eq!(ids(Some(ada)).await, [used.id, old.id]);
    assert_eq!(ids(Some(eve)).await, [foreign.id]);
    assert_eq!(ids(None).await.len(), 3);
    let users = store.list_users().await.unwrap();
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [ada, eve]);
}

on_both_engines! {
    a_family_comes_back_as_it_went,
    transitions_do_to_the_row_what_they_do_to_the_family,
    transitions_carry_their_preconditions,
    the_moment_of_the_last_answer_never_goes_back,
    nothing_is_rotated_that_was_handed_out_again_since_it_was_read,
    a_sighting_counts_once_and_not_too_soon,
    many_sightings_are_applied_at_once_each_by_its_own_precondition,
    the_first_end_of_a_family_is_the_end,
    of_many_rotations_of_one_generation_one_wins,
    of_many_who_ask_at_once_each_gets_their_own_answer,
    sessions_are_listed_by_use,
}
