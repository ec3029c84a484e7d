//! The machine as a table.

use super::{super::Elapsed, *};
use crate::{
    session::testing::ada,
    wire::{SessionEnd, SessionSnapshot},
};

const NOW: Now = Now { elapsed: Elapsed(1_000_000), jitter: 0.0 };
const TICKET: Ticket = Ticket { epoch: 3, refreshes: 7 };
/// The person is the same, a refresh has been made since.
const BEFORE_REFRESH: Ticket = Ticket { epoch: 3, refreshes: 6 };
/// Somebody else, or nobody.
const BEFORE_SIGN_IN: Ticket = Ticket { epoch: 2, refreshes: 7 };
const NEXT_EPOCH: Ticket = Ticket { epoch: 4, refreshes: 7 };
const REFRESHED: Ticket = Ticket { epoch: 3, refreshes: 8 };

const KEPT: Trust = Trust { failures: 0, refuted: 0, untried: false, cookies_kept: true };
const NEW: Trust = Trust { cookies_kept: false, ..KEPT };
/// A refresh has brought a token that nobody has used yet.
const FRESH: Trust = Trust { untried: true, ..KEPT };
/// One was refused at once, and there is another.
const AGAIN: Trust = Trust { refuted: 1, ..FRESH };
const REFUTED: Trust = Trust { untried: false, ..AGAIN };
const FAILED: Trust = Trust { failures: 1, ..KEPT };

const VISIBLE: Event = Event::Tick { visible: true };
const HIDDEN: Event = Event::Tick { visible: false };
const REFUSED: RefreshEnd = RefreshEnd::Refused { why: None };
const OFFLINE: RefreshEnd = RefreshEnd::Failed { retry_after_s: None };
const THROTTLED: RefreshEnd = RefreshEnd::Failed { retry_after_s: Some(58) };

fn bob() -> User {
    User { pk: 2, username: "bob".to_owned(), ..User::default() }
}

/// An access token of 15 minutes, made [`NOW`].
fn token() -> Access {
    Access::fresh(NOW.elapsed, 900)
}

fn due_in(ms: i64, trust: Trust) -> Rest {
    let due = NOW.elapsed.0.checked_add_signed(ms).map(Elapsed);
    Rest { due, trust, ..Rest::default() }
}

fn no_timer(trust: Trust) -> Rest {
    Rest { trust, ..Rest::default() }
}

/// A rest after `Retry-After: 58`.
fn throttled() -> Rest {
    Rest { not_before: NOW.elapsed.plus(58_000), ..due_in(58_500, FAILED) }
}

fn active(rest: Rest) -> State {
    State::Active { user: ada(), rest }
}

fn anonymous(why: SessionEnd) -> State {
    State::Anonymous { why: Some(why) }
}

fn refreshing(trust: Trust) -> State {
    State::Refreshing { user: Some(ada()), trust }
}

fn finding_out() -> State {
    State::Refreshing { user: None, trust: NEW }
}

fn renewed(user: User) -> RefreshEnd {
    RefreshEnd::Renewed { user, access: Some(token()) }
}

fn ended(epoch: u32, end: RefreshEnd) -> Event {
    Event::RefreshEnded { epoch, end }
}

fn refresh(user: Option<User>) -> Command {
    Command::Refresh { epoch: TICKET.epoch, user }
}

/// `before, event => ticket, after, commands`; each `before` has [`TICKET`], each step is at [`NOW`].
macro_rules! table {
    ($($before:expr, $event:expr => $ticket:expr, $after:expr, $commands:expr;)*) => {$({
        let before = machine($before, 0, false);
        let after = machine_of($ticket, $after);
        let row = concat!(stringify!($before), ", ", stringify!($event));
        // When the access token expires, and what a success speaks for, have tests of their own.
        let (step, commands) = before.step($event, NOW);
        let step = Machine { expires: None, calm_until: Elapsed(0), ..step };
        assert_eq!((step, commands), (after, Vec::from($commands)), "{row}");
    })*};
}

#[test]
fn the_clock() {
    use Command::Arm;
    let nobody = || State::Anonymous { why: None };
    table! {
        active(due_in(5, KEPT)), VISIBLE => TICKET, active(due_in(5, KEPT)), [Arm { delay_ms: 5 }];
        active(due_in(5, KEPT)), HIDDEN => TICKET, active(due_in(5, KEPT)), [Arm { delay_ms: 5 }];
        active(due_in(0, FRESH)), VISIBLE => TICKET, refreshing(FRESH), [refresh(Some(ada()))];
        active(due_in(0, KEPT)), HIDDEN => TICKET, active(due_in(0, KEPT)), [];
        active(due_in(-9, FAILED)), VISIBLE => TICKET, refreshing(FAILED), [refresh(Some(ada()))];
        active(no_timer(KEPT)), VISIBLE => TICKET, active(no_timer(KEPT)), [];
        State::Unknown(due_in(0, NEW)), VISIBLE => TICKET, finding_out(), [refresh(None)];
        State::Unknown(due_in(0, NEW)), HIDDEN => TICKET, State::Unknown(due_in(0, NEW)), [];
        State::Unknown(due_in(7, NEW)), VISIBLE
            => TICKET, State::Unknown(due_in(7, NEW)), [Arm { delay_ms: 7 }];
        refreshing(KEPT), VISIBLE => TICKET, refreshing(KEPT), [];
        nobody(), VISIBLE => TICKET, nobody(), [];
    }
}

#[test]
fn a_401_that_a_refresh_may_cure() {
    use Outcome::{Final, Retry, Trouble};
    let unauthorised = |ticket| Event::Unauthorised { ticket };
    let reply = |outcome| [Command::Reply(outcome)];
    let waiting = || active(due_in(5, KEPT));
    let gone = || anonymous(SessionEnd::Ended);
    table! {
        waiting(), unauthorised(TICKET) => TICKET, refreshing(KEPT), [refresh(Some(ada()))];
        active(due_in(-5, KEPT)), unauthorised(TICKET)
            => TICKET, refreshing(KEPT), [refresh(Some(ada()))];
        active(no_timer(NEW)), unauthorised(TICKET)
            => TICKET, refreshing(NEW), [refresh(Some(ada()))];
        waiting(), unauthorised(BEFORE_REFRESH) => TICKET, waiting(), reply(Retry);
        waiting(), unauthorised(BEFORE_SIGN_IN) => TICKET, waiting(), reply(Final);
        active(throttled()), unauthorised(TICKET) => TICKET, active(throttled()), reply(Trouble);
        active(due_in(500, FAILED)), unauthorised(TICKET)
            => TICKET, refreshing(FAILED), [refresh(Some(ada()))];
        State::Unknown(due_in(0, NEW)), unauthorised(TICKET)
            => TICKET, finding_out(), [refresh(None)];
        refreshing(KEPT), unauthorised(TICKET) => TICKET, refreshing(KEPT), [];
        refreshing(KEPT), unauthorised(BEFORE_REFRESH) => TICKET, refreshing(KEPT), [];
        refreshing(KEPT), unauthorised(BEFORE_SIGN_IN) => TICKET, refreshing(KEPT), reply(Final);
        gone(), unauthorised(TICKET) => TICKET, gone(), reply(Final);
    }
}

#[test]
fn proof_and_the_lack_of_it() {
    let retry_refused = |ticket| Event::RetryRefused { ticket };
    let seen = |ticket| Event::Authenticated { ticket };
    let rest = |trust| active(due_in(5, trust));
    let gone = || anonymous(SessionEnd::SignedOut);
    let stop = || [Command::Disarm];
    let stop_refresh = || [Command::AbortRefresh, Command::Settle(Outcome::Final), Command::Disarm];
    let refused = || anonymous(SessionEnd::CookiesRefused);
    table! {
        rest(FRESH), retry_refused(TICKET) => TICKET, rest(REFUTED), [];
        rest(REFUTED), retry_refused(TICKET) => TICKET, rest(REFUTED), [];
        rest(AGAIN), retry_refused(TICKET) => NEXT_EPOCH, refused(), stop();
        rest(AGAIN), retry_refused(BEFORE_REFRESH) => TICKET, rest(AGAIN), [];
        rest(AGAIN), retry_refused(BEFORE_SIGN_IN) => TICKET, rest(AGAIN), [];
        refreshing(AGAIN), retry_refused(TICKET) => NEXT_EPOCH, refused(), stop_refresh();
        gone(), retry_refused(TICKET) => TICKET, gone(), [];
        rest(AGAIN), seen(TICKET) => TICKET, rest(KEPT), [];
        rest(NEW), seen(TICKET) => TICKET, rest(KEPT), [];
        rest(FAILED), seen(TICKET) => TICKET, rest(FAILED), [];
        rest(AGAIN), seen(BEFORE_REFRESH) => TICKET, rest(AGAIN), [];
        rest(NEW), seen(BEFORE_SIGN_IN) => TICKET, rest(NEW), [];
        refreshing(AGAIN), seen(TICKET) => TICKET, refreshing(KEPT), [];
        gone(), seen(TICKET) => TICKET, gone(), [];
    }
}

#[test]
fn signing_in_and_out() {
    use Command::{AbortRefresh, Arm, Disarm, Settle};
    let sign_in = |access| Event::SignedIn { user: ada(), access };
    let fresh = || active(due_in(840_000, NEW));
    let nobody = || State::Anonymous { why: None };
    let somebody_else = || State::Active { user: bob(), rest: throttled() };
    let out = || anonymous(SessionEnd::SignedOut);
    let arm = || Arm { delay_ms: 840_000 };
    let forget = || [AbortRefresh, Settle(Outcome::Final)];
    table! {
        nobody(), sign_in(Some(token())) => NEXT_EPOCH, fresh(), [arm()];
        nobody(), sign_in(None) => NEXT_EPOCH, active(no_timer(NEW)), [Disarm];
        State::Unknown(throttled()), sign_in(Some(token())) => NEXT_EPOCH, fresh(), [arm()];
        somebody_else(), sign_in(Some(token())) => NEXT_EPOCH, fresh(), [arm()];
        finding_out(), sign_in(Some(token())) => NEXT_EPOCH, fresh(), [&forget()[..], &[arm()]].concat();
        refreshing(AGAIN), sign_in(Some(token()))
            => NEXT_EPOCH, fresh(), [&forget()[..], &[arm()]].concat();
        active(due_in(5, KEPT)), Event::SignedOut { offline: false } => NEXT_EPOCH, out(), [Disarm];
        refreshing(KEPT), Event::SignedOut { offline: false }
            => NEXT_EPOCH, out(), [&forget()[..], &[Disarm]].concat();
        anonymous(SessionEnd::Ended), Event::SignedOut { offline: false } => NEXT_EPOCH, out(), [Disarm];
    }
}

#[test]
fn the_end_of_a_refresh() {
    use Command::{Arm, Disarm, Settle};
    use Outcome::{Final, Retry, Trouble};
    let fresh = |trust| active(due_in(840_000, trust));
    let renewed = || renewed(ada());
    let untold = RefreshEnd::Renewed { user: ada(), access: None };
    let retry = || [Arm { delay_ms: 840_000 }, Settle(Retry)];
    let over = || [Disarm, Settle(Final)];
    let wait = |delay_ms| [Arm { delay_ms }, Settle(Trouble)];
    let failed = |failures| {
        let rest = due_in(500, Trust { failures, ..KEPT });
        active(Rest { not_before: NOW.elapsed, ..rest })
    };
    let throttled_finding_out =
        State::Unknown(Rest { trust: Trust { failures: 1, ..NEW }, ..throttled() });
    table! {
        refreshing(KEPT), ended(3, renewed()) => REFRESHED, fresh(FRESH), retry();
        refreshing(NEW), ended(3, renewed()) => REFRESHED, fresh(FRESH), retry();
        refreshing(FRESH), ended(3, renewed()) => REFRESHED, fresh(FRESH), retry();
        refreshing(REFUTED), ended(3, renewed()) => REFRESHED, fresh(AGAIN), retry();
        refreshing(FAILED), ended(3, renewed()) => REFRESHED, fresh(FRESH), retry();
        refreshing(KEPT), ended(3, untold)
            => REFRESHED, active(no_timer(FRESH)), [Disarm, Settle(Retry)];
        finding_out(), ended(3, renewed()) => REFRESHED, fresh(FRESH), retry();
        refreshing(KEPT), ended(3, REFUSED) => NEXT_EPOCH, anonymous(SessionEnd::Ended), over();
        refreshing(NEW), ended(3, REFUSED)
            => NEXT_EPOCH, anonymous(SessionEnd::CookiesRefused), over();
        finding_out(), ended(3, REFUSED) => NEXT_EPOCH, State::Anonymous { why: None }, over();
        refreshing(KEPT), ended(3, OFFLINE) => TICKET, failed(1), wait(500);
        refreshing(FAILED), ended(3, OFFLINE) => TICKET, failed(2), wait(500);
        refreshing(KEPT), ended(3, THROTTLED) => TICKET, active(throttled()), wait(58_500);
        finding_out(), ended(3, THROTTLED) => TICKET, throttled_finding_out, wait(58_500);
    }
}

fn machine_of(ticket: Ticket, state: State) -> Machine {
    Machine::at_rest(ticket, state, Changes::default())
}

fn machine(state: State, under_way: u32, refresh_wanted: bool) -> Machine {
    Machine { changes: Changes { under_way, refresh_wanted }, ..machine_of(TICKET, state) }
}

#[test]
fn a_sign_in_or_a_sign_out_on_its_way() {
    use Command::{AbortRefresh, Disarm};
    let waiting = || active(due_in(5, KEPT));
    let interrupted = || active(due_in(0, KEPT));
    let begun = machine(refreshing(KEPT), 0, false).step(Event::ChangeBegins, NOW);
    assert_eq!(begun, (machine(interrupted(), 1, true), vec![AbortRefresh, Disarm]));
    let begun = machine(waiting(), 0, false).step(Event::ChangeBegins, NOW);
    assert_eq!(begun, (machine(waiting(), 1, false), vec![Disarm]));

    // Meanwhile nothing is refreshed, for no reason; whoever needs it waits.
    let overdue = |wanted| machine(active(due_in(-5, KEPT)), 1, wanted);
    assert_eq!(overdue(false).step(VISIBLE, NOW), (overdue(false), vec![]));
    let unauthorised = Event::Unauthorised { ticket: TICKET };
    assert_eq!(overdue(false).step(unauthorised, NOW), (overdue(true), vec![]));
}

#[test]
fn a_sign_in_or_a_sign_out_that_fails() {
    use Command::{Arm, Settle};
    let waiting = || active(due_in(5, KEPT));
    let failed =
        |state, under_way, wanted| machine(state, under_way, wanted).step(Event::ChangeFailed, NOW);
    let go_on = machine(waiting(), 0, false);
    assert_eq!(failed(waiting(), 1, false), (go_on, vec![Arm { delay_ms: 5 }]));
    let go_on = machine(refreshing(KEPT), 0, false);
    assert_eq!(failed(waiting(), 1, true), (go_on, vec![refresh(Some(ada()))]), "somebody waits");
    let go_on = machine(active(throttled()), 0, false);
    let told = vec![Settle(Outcome::Trouble), Arm { delay_ms: 58_500 }];
    assert_eq!(failed(active(throttled()), 1, true), (go_on, told), "the server asked to wait");
    // Another one is still on its way.
    assert_eq!(failed(waiting(), 2, true), (machine(waiting(), 1, true), vec![]));
}

#[test]
fn a_sign_in_or_a_sign_out_that_succeeds() {
    use Command::{Disarm, Settle};
    let waiting = || machine(active(due_in(5, KEPT)), 2, true);
    let (after, commands) = waiting().step(Event::SignedOut { offline: false }, NOW);
    assert_eq!(after.state, anonymous(SessionEnd::SignedOut));
    assert_eq!(after.changes, Changes { under_way: 1, refresh_wanted: false });
    assert_eq!(commands, [Settle(Outcome::Final), Disarm]);
    let signed_in = Event::SignedIn { user: bob(), access: Some(token()) };
    let (after, commands) = waiting().step(signed_in, NOW);
    assert_eq!(after.changes, Changes { under_way: 1, refresh_wanted: false });
    assert_eq!(commands[0], Settle(Outcome::Final));
}

#[test]
fn an_end_for_another_reason_settles_no_change() {
    let refused = machine(active(due_in(5, AGAIN)), 2, true);
    let (after, _) = refused.step(Event::RetryRefused { ticket: TICKET }, NOW);
    assert_eq!(after.state, anonymous(SessionEnd::CookiesRefused));
    assert_eq!(after.changes, Changes { under_way: 2, refresh_wanted: false });
}

#[test]
fn a_refresh_that_was_overtaken() {
    let states = [
        anonymous(SessionEnd::SignedOut),
        active(due_in(5, KEPT)),
        State::Unknown(due_in(5, NEW)),
        refreshing(KEPT),
    ];
    for state in states {
        for end in [renewed(bob()), REFUSED, OFFLINE] {
            let state = || state.clone();
            table! { state(), ended(2, end.clone()) => TICKET, state(), []; }
        }
    }
    // Not in flight any more, although the epoch is the same.
    let rest = || active(due_in(5, KEPT));
    table! { rest(), ended(3, renewed(bob())) => TICKET, rest(), []; }
}

#[test]
fn the_first_state_is_the_servers() {
    let unknown = Machine::new(SessionSnapshot::Unknown, 0.0);
    assert_eq!(unknown.due(NOW.elapsed), Some(Elapsed(0)));
    let why = Some(SessionEnd::Ended);
    let nobody = Machine::new(SessionSnapshot::Anonymous { why }, 0.0);
    assert_eq!((nobody.due(NOW.elapsed), &nobody.state), (None, &State::Anonymous { why }));
    let snapshot = SessionSnapshot::Active {
        user: ada(),
        expires_in_ms: 100_000,
        lifetime_ms: 900_000,
        session_ends_in_ms: None,
    };
    assert_eq!(Machine::new(snapshot.clone(), 0.0).due(NOW.elapsed), Some(Elapsed(40_000)));
    assert_eq!(Machine::new(snapshot, 0.5).due(NOW.elapsed), Some(Elapsed(25_000)));
}
