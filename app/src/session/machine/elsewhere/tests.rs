//! Other tabs, wake-ups and requests, as a table.

use super::*;
use crate::{
    session::{
        Elapsed, Outcome,
        machine::{Event, RefreshEnd, Ticket, Trust},
        testing::ada,
    },
    wire::{SessionEnd, User},
};

const NOW: Now = Now { elapsed: Elapsed(1_000_000), jitter: 0.0 };
const TICKET: Ticket = Ticket { epoch: 3, refreshes: 7 };
const NEXT_EPOCH: Ticket = Ticket { epoch: 4, refreshes: 7 };
const REFRESHED: Ticket = Ticket { epoch: 3, refreshes: 8 };
const FAILED: Trust = Trust { failures: 2, refuted: 0, untried: false, cookies_kept: true };

fn machine(state: State) -> Machine {
    let expires = Some(NOW.elapsed.plus(30_000));
    Machine { expires, ..Machine::at_rest(TICKET, state, Changes::default()) }
}

fn active(due_in_ms: u64, trust: Trust) -> State {
    let due = Some(NOW.elapsed.plus(due_in_ms));
    State::Active { user: ada(), rest: Rest { due, trust, ..Rest::default() } }
}

fn refreshing() -> State {
    State::Refreshing { user: Some(ada()), trust: Trust::default() }
}

fn nobody() -> State {
    State::Anonymous { why: None }
}

fn of(user: i64) -> Fresh {
    Fresh { user, expires_in_s: Some(900) }
}

fn hear(state: State, hint: Hint) -> (Machine, Vec<Command>) {
    machine(state).step(Event::Elsewhere(hint), NOW)
}

/// Nothing is shown, and the next tick asks.
fn finds_out(machine: &Machine) -> bool {
    machine.ticket == NEXT_EPOCH
        && matches!(machine.state, State::Unknown(_))
        && machine.due(NOW.elapsed) == Some(NOW.elapsed)
        && machine.expires.is_none()
}

#[test]
fn a_refresh_gives_way_to_another_tabs_sign_in_and_comes_after_it() {
    let (waits, commands) = hear(refreshing(), Hint::ChangeBegins);
    let rested = Some(NOW.elapsed.plus(3_000));
    assert_eq!(waits, Machine { resumes: rested, ..machine(refreshing()) });
    assert_eq!(commands, [Command::AbortRefresh, Command::Arm { delay_ms: 3_000 }]);

    let again = Command::Refresh { epoch: TICKET.epoch, user: Some(ada()) };
    let resumed = || (machine(refreshing()), vec![again.clone()]);
    let tick = |ms| {
        let now = Now { elapsed: NOW.elapsed.plus(ms), ..NOW };
        waits.clone().step(Event::Tick { visible: false }, now)
    };
    assert_eq!(tick(1_000), (waits.clone(), vec![Command::Arm { delay_ms: 2_000 }]));
    assert_eq!(tick(3_000), resumed(), "nothing was heard of the other tab");
    for over in [Hint::ChangeFailed, Hint::SignedIn(of(1))] {
        assert_eq!(waits.clone().step(Event::Elsewhere(over), NOW), resumed());
    }
    let (after, _) = waits.clone().step(Event::ChangeBegins, NOW);
    assert_eq!((after.resumes, after.changes.refresh_wanted), (None, true), "our own comes first");
    let (after, _) = waits.step(Event::Elsewhere(Hint::SignedIn(of(2))), NOW);
    assert!(finds_out(&after) && after.resumes.is_none());

    for state in [active(5, FAILED), nobody()] {
        for hint in [Hint::ChangeBegins, Hint::ChangeFailed] {
            assert_eq!(hear(state.clone(), hint), (machine(state.clone()), vec![]));
        }
    }
}

#[test]
fn a_page_on_which_nobody_is_signed_in_makes_this_one_ask() {
    let (after, commands) = hear(active(40_000, Trust::default()), Hint::Nobody);
    assert_eq!(
        (&after.state, commands),
        (&active(0, Trust::default()), vec![Command::Arm { delay_ms: 0 }])
    );
    for state in [active(5, FAILED), nobody(), refreshing(), State::Unknown(Rest::default())] {
        assert_eq!(hear(state.clone(), Hint::Nobody), (machine(state), vec![]));
    }
}

#[test]
fn a_refresh_that_brought_somebody_elses_session_sends_nothing_in_their_name() {
    let bob = User { pk: 2, ..User::default() };
    let end = RefreshEnd::Renewed { user: bob, access: None };
    let (after, commands) = machine(refreshing()).step(Event::RefreshEnded { epoch: 3, end }, NOW);
    assert!(finds_out(&after), "nothing of the first may stand under the name of the second");
    assert_eq!(commands, [Command::Arm { delay_ms: 0 }, Command::Settle(Outcome::Final)]);
}

#[test]
fn the_server_hears_of_a_sign_out_at_last() {
    let heard = |why| machine(State::Anonymous { why }).step(Event::FarewellHeard, NOW).0.state;
    let out = |why| State::Anonymous { why: Some(why) };
    assert_eq!(heard(Some(SessionEnd::SignedOutOffline)), out(SessionEnd::SignedOut));
    assert_eq!(heard(Some(SessionEnd::Ended)), out(SessionEnd::Ended));
    let signed_in = machine(active(5, FAILED));
    assert_eq!(signed_in.clone().step(Event::FarewellHeard, NOW), (signed_in, vec![]));
}

#[test]
fn a_sign_out_in_another_tab_is_one_here() {
    for (offline, why) in
        [(false, SessionEnd::SignedOutElsewhere), (true, SessionEnd::SignedOutOffline)]
    {
        for state in [active(5, FAILED), refreshing(), State::Unknown(Rest::default())] {
            let (after, commands) = hear(state, Hint::SignedOut { offline });
            assert_eq!(after.state, State::Anonymous { why: Some(why) });
            assert_eq!((after.ticket, after.expires), (NEXT_EPOCH, None));
            assert!(commands.contains(&Command::Disarm));
        }
    }
    let here = State::Anonymous { why: Some(SessionEnd::SignedOut) };
    let hint = Hint::SignedOut { offline: false };
    assert_eq!(hear(here.clone(), hint), (machine(here), vec![]));
    // Another tab has told the server at last.
    let offline = State::Anonymous { why: Some(SessionEnd::SignedOutOffline) };
    let elsewhere = State::Anonymous { why: Some(SessionEnd::SignedOutElsewhere) };
    assert_eq!(hear(offline, hint), (machine(elsewhere), vec![]));
}

#[test]
fn another_account_in_another_tab_shows_nothing_of_this_one() {
    for state in [active(5, FAILED), refreshing(), nobody(), State::Unknown(Rest::default())] {
        let (after, commands) = hear(state.clone(), Hint::SignedIn(of(2)));
        assert!(finds_out(&after), "{after:?}");
        assert!(commands.contains(&Command::Arm { delay_ms: 0 }));
        let in_flight = matches!(state, State::Refreshing { .. });
        assert_eq!(commands.contains(&Command::AbortRefresh), in_flight);
    }
}

#[test]
fn a_refresh_of_another_tab_counts_here() {
    for hint in [Hint::Refreshed(of(1)), Hint::SignedIn(of(1))] {
        let (after, commands) = hear(active(5, FAILED), hint);
        assert_eq!(after.ticket, REFRESHED, "a 401 to an earlier request is sent again at once");
        assert_eq!(after.expires, Some(NOW.elapsed.plus(900_000)));
        assert_eq!(commands, [Command::Arm { delay_ms: 840_000 }]);
        let State::Active { rest, .. } = after.state else { panic!("still signed in") };
        assert_eq!(rest.trust.failures, 0);
    }
    let other = Hint::Refreshed(of(2));
    assert_eq!(hear(nobody(), other), (machine(nobody()), vec![]));
    for state in [active(5, FAILED), refreshing()] {
        assert!(finds_out(&hear(state, other).0), "somebody else is signed in");
    }
    let own = Hint::Refreshed(of(1));
    assert_eq!(hear(refreshing(), own), (machine(refreshing()), vec![]), "ours is on its way");
}

#[test]
fn a_page_that_was_put_away_shows_nothing_until_it_knows_who_is_signed_in() {
    for state in [active(5, FAILED), refreshing()] {
        let (after, _) = machine(state).step(Event::Restored, NOW);
        assert!(finds_out(&after), "{after:?}");
    }
    let (after, commands) = machine(nobody()).step(Event::Restored, NOW);
    assert_eq!((after.state, commands), (nobody(), vec![]));
}

#[test]
fn the_network_ends_the_wait_for_it_but_not_the_servers() {
    let online = Event::Online { visible: true };
    let (after, commands) = machine(active(40_000, FAILED)).step(online.clone(), NOW);
    assert!(matches!(after.state, State::Refreshing { .. }));
    assert!(matches!(commands[..], [Command::Refresh { .. }]));
    let (hidden, commands) =
        machine(active(40_000, FAILED)).step(Event::Online { visible: false }, NOW);
    assert!(matches!(hidden.state, State::Active { .. }) && commands.is_empty());

    let asked_to_wait = Rest {
        due: Some(NOW.elapsed.plus(40_000)),
        not_before: NOW.elapsed.plus(30_000),
        trust: FAILED,
    };
    let state = State::Active { user: ada(), rest: asked_to_wait };
    let (_, commands) = machine(state).step(online.clone(), NOW);
    assert_eq!(commands, [Command::Arm { delay_ms: 30_000 }]);
    let (_, commands) = machine(active(40_000, Trust::default())).step(online, NOW);
    assert_eq!(commands, [Command::Arm { delay_ms: 40_000 }], "nothing has failed");
}

#[test]
fn a_refresh_that_began_without_a_network_is_soon_made_again() {
    let tired = Trust { failures: 9, ..FAILED };
    let begun = State::Refreshing { user: Some(ada()), trust: tired };
    let wait = |state: State| {
        let failed = RefreshEnd::Failed { retry_after_s: None };
        let ended = Event::RefreshEnded { epoch: TICKET.epoch, end: failed };
        let (_, commands) = machine(state).step(ended, Now { jitter: 0.99, ..NOW });
        let Some(Command::Arm { delay_ms }) = commands.first() else { panic!("{commands:?}") };
        *delay_ms
    };
    let (heard, commands) = machine(begun.clone()).step(Event::Online { visible: true }, NOW);
    assert_eq!(commands, []);
    assert!(wait(begun) > 10_000);
    assert!(wait(heard.state) <= 4_000);
}

#[test]
fn a_request_without_an_answer_makes_the_session_look_for_the_server() {
    let (after, commands) = machine(active(40_000, Trust::default())).step(Event::Unanswered, NOW);
    let State::Active { rest, .. } = &after.state else { panic!("still signed in") };
    assert_eq!(rest.trust.failures, 1);
    assert_eq!(commands, [Command::Arm { delay_ms: 500 }]);
    let again = after.clone().step(Event::Unanswered, NOW);
    assert_eq!(again, (after, vec![]), "one look-out for all of them");
    // Whatever brought a new token just now.
    let renewed = RefreshEnd::Renewed { user: ada(), access: None };
    for success in [
        Event::RefreshEnded { epoch: 3, end: renewed },
        Event::SignedIn { user: ada(), access: None },
    ] {
        let (calm, _) = machine(refreshing()).step(success, NOW);
        let later = |ms| Now { elapsed: NOW.elapsed.plus(ms), ..NOW };
        assert_eq!(calm.clone().step(Event::Unanswered, later(29_999)), (calm.clone(), vec![]));
        assert!(!calm.step(Event::Unanswered, later(30_000)).1.is_empty());
    }
    for state in [refreshing(), nobody(), State::Unknown(Rest::default())] {
        let step = machine(state.clone()).step(Event::Unanswered, NOW);
        assert_eq!(step, (machine(state), vec![]));
    }
}

#[test]
fn a_request_waits_where_its_token_is_known_to_have_expired() {
    let go = vec![Command::Reply(Outcome::Retry)];
    let ask = |state, margin_ms| machine(state).step(Event::Requested { margin_ms }, NOW).1;
    assert_eq!(ask(active(5, FAILED), 29_999), go);
    assert!(matches!(ask(active(5, FAILED), 30_000)[..], [Command::Refresh { .. }]));
    assert_eq!(ask(refreshing(), 29_999), go, "a refresh ahead of time holds nobody up");
    assert_eq!(ask(refreshing(), 30_000), []);
    assert_eq!(ask(nobody(), 30_000), go);
    let unknown = Machine { expires: None, ..machine(active(5, FAILED)) };
    assert_eq!(unknown.step(Event::Requested { margin_ms: 60_000 }, NOW).1, go);
}

#[test]
fn what_is_known_of_the_token_follows_it() {
    let renewed = |access| RefreshEnd::Renewed { user: ada(), access };
    let end =
        |end| machine(refreshing()).step(Event::RefreshEnded { epoch: 3, end }, NOW).0.expires;
    let fresh = Access::fresh(NOW.elapsed, 900);
    assert_eq!(end(renewed(Some(fresh))), Some(fresh.expires));
    assert_eq!(end(renewed(None)), None);
    assert_eq!(end(RefreshEnd::Failed { retry_after_s: None }), Some(NOW.elapsed.plus(30_000)));
    assert_eq!(end(RefreshEnd::Refused { why: None }), None);
    let signed_in = Event::SignedIn { user: ada(), access: Some(fresh) };
    assert_eq!(machine(nobody()).step(signed_in, NOW).0.expires, Some(fresh.expires));
}

#[test]
fn the_servers_reason_is_passed_on() {
    let refused = |user, why| {
        let state = State::Refreshing { user, trust: Trust::default() };
        let end = RefreshEnd::Refused { why };
        machine(state).step(Event::RefreshEnded { epoch: 3, end }, NOW).0.state
    };
    let replayed = Some(SessionEnd::Replayed);
    assert_eq!(refused(Some(ada()), replayed), State::Anonymous { why: replayed });
    assert_eq!(refused(None, replayed), State::Anonymous { why: replayed });
    assert_eq!(refused(None, None), nobody());
    // Signed in here, and no cookie came with the refresh.
    let refused_cookies = Some(SessionEnd::CookiesRefused);
    assert_eq!(refused(Some(ada()), None), State::Anonymous { why: refused_cookies });
}
