//! A tab: the very machine that the browser runs, and what its driver does with its commands.

use app::{
    session::{
        Access, Elapsed, Outcome,
        machine::{
            Changes, Command, Event, Machine, Now, RefreshEnd, Rest, State as Real,
            Ticket as RealTicket, Trust,
        },
    },
    wire::User,
};

use super::{
    faults::Fault,
    scenario::Scenario,
    world::{
        Answer, Call, Change, Jar, Mind, Orphan, Person, Refresh, State, Ticket, Token, World,
    },
};

const NOW: Now = Now { elapsed: Elapsed(1_000_000), jitter: 0.5 };
/// The tab's ticket, whatever its numbers: what counts is which calls were sent with it.
const TICKET: RealTicket = RealTicket { epoch: 10, refreshes: 10 };
const ACCESS_S: u64 = 900;

/// Something that the driver tells the machine.
pub enum Told {
    Look,
    Unauthorised,
    RetryRefused(Ticket),
    Authenticated(Ticket),
    ChangeBegins,
    ChangeFailed,
    SignedIn(Person),
    SignedOut,
    Ended { answer: Option<Answer>, user: Option<Person>, overtaken: bool },
}

/// Tells a tab's machine, and does what it commands. `Err` is a broken promise.
pub fn tell(
    world: &mut World,
    tab: usize,
    told: &Told,
    scenario: &Scenario,
) -> Result<(), &'static str> {
    let mind = world.tabs[tab].mind;
    let caller = match world.tabs[tab].call {
        Call::Sent { ticket, .. } | Call::Waiting { ticket } => ticket,
        Call::None => Ticket::Current,
    };
    let (machine, commands) = machine(mind).step(event(told, caller), NOW);
    let after = mind_of(&machine);
    world.tabs[tab].mind = after;
    if matches!(told, Told::Ended { answer: None | Some(Answer::Trouble), .. })
        && after.state == State::Anonymous
        && mind.state != State::Anonymous
    {
        return Err("I7: trouble signs nobody out");
    }
    age_ticket(world, tab, machine.ticket);
    for command in commands {
        obey(world, tab, &command, scenario);
    }
    let signed_out = matches!(told, Told::SignedOut);
    if after.state == State::Anonymous && mind.state != State::Anonymous && !signed_out {
        let presented = match told {
            Told::Ended { answer: Some(Answer::Refused { of }), .. } => *of,
            _ => None,
        };
        may_be_out(world, mind.user, presented)?;
    }
    Ok(())
}

/// Whoever is out has signed out, or was robbed: the person whom the tab knows, and the one whose
/// token was refused.
fn may_be_out(
    world: &World,
    known: Option<Person>,
    presented: Option<Person>,
) -> Result<(), &'static str> {
    // A browser that has restarted knows nobody, and may have forgotten a sign-in.
    let nobody = (known, presented) == (None, None);
    let cookie = nobody.then(|| world.jar.refresh.map_or(Person::Ada, |token| token.of));
    let mut out = [known, presented, cookie].into_iter().flatten();
    let rightly = out.all(|person| world.row(person).ended_rightly());
    if rightly { Ok(()) } else { Err("nobody honest is signed out") }
}

fn event(told: &Told, caller: Ticket) -> Event {
    match *told {
        Told::Look => Event::Tick { visible: true },
        Told::Unauthorised => Event::Unauthorised { ticket: real(caller) },
        Told::RetryRefused(ticket) => Event::RetryRefused { ticket: real(ticket) },
        Told::Authenticated(ticket) => Event::Authenticated { ticket: real(ticket) },
        Told::ChangeBegins => Event::ChangeBegins,
        Told::ChangeFailed => Event::ChangeFailed,
        Told::SignedIn(person) => Event::SignedIn { user: user(person), access: Some(access()) },
        Told::SignedOut => Event::SignedOut { offline: false },
        Told::Ended { answer, user: of, overtaken } => {
            let epoch = TICKET.epoch - u32::from(overtaken);
            let end = match (answer, of) {
                (Some(Answer::Given { .. }), Some(of)) => {
                    RefreshEnd::Renewed { user: user(of), access: Some(access()) }
                }
                (Some(Answer::Refused { .. }), _) => RefreshEnd::Refused { why: None },
                _ => RefreshEnd::Failed { retry_after_s: None },
            };
            Event::RefreshEnded { epoch, end }
        }
    }
}

/// What the driver does.
fn obey(world: &mut World, tab: usize, command: &Command, scenario: &Scenario) {
    match command {
        Command::Refresh { .. } => {
            world.tabs[tab].refresh = Refresh::Queued;
            send_refresh(world, tab, scenario);
        }
        Command::AbortRefresh => abort(world, tab, scenario),
        Command::Reply(outcome) => settle(world, tab, *outcome),
        Command::Settle(outcome) => {
            if matches!(world.tabs[tab].call, Call::Waiting { .. }) {
                settle(world, tab, *outcome);
            }
        }
        Command::Arm { .. } | Command::Disarm => {}
    }
}

/// Sends the refresh unless another tab is signing in or out.
pub fn send_refresh(world: &mut World, tab: usize, scenario: &Scenario) {
    let locked = scenario.fault != Some(Fault::NoLock);
    let held = locked && world.tabs.iter().any(|other| other.change != Change::None);
    if world.tabs[tab].refresh == Refresh::Queued && !held {
        let token = world.jar.refresh;
        world.tabs[tab].refresh = Refresh::Sent { token, late: false };
    }
}

/// The tab hangs up: the server may still hear the request, and nobody hears its answer.
fn abort(world: &mut World, tab: usize, scenario: &Scenario) {
    let refresh = std::mem::replace(&mut world.tabs[tab].refresh, Refresh::None);
    let answer = match refresh {
        Refresh::Answered { answer, .. } if scenario.fault == Some(Fault::LateSuccess) => {
            Some(answer)
        }
        Refresh::Answered { .. } | Refresh::None | Refresh::Queued => return,
        Refresh::Sent { .. } | Refresh::Read { .. } => None,
    };
    world.orphan(Orphan { token: refresh.token(), answer, age: 0 }, scenario.orphans);
}

/// The call that met a 401 goes on, as `Api::send` does.
fn settle(world: &mut World, tab: usize, outcome: Outcome) {
    let (Call::Sent { ticket, .. } | Call::Waiting { ticket }) = world.tabs[tab].call else {
        return;
    };
    world.tabs[tab].call = match outcome {
        Outcome::Retry if ticket != Ticket::BeforeChange => Call::Sent {
            access: world.jar.access,
            ticket: Ticket::Current,
            second: true,
            late: false,
        },
        Outcome::Retry | Outcome::Final | Outcome::Trouble => Call::None,
    };
}

/// The tab's ticket has moved on: calls that are under way were sent with an older one.
fn age_ticket(world: &mut World, tab: usize, now: RealTicket) {
    let (Call::Sent { ticket, .. } | Call::Waiting { ticket }) = &mut world.tabs[tab].call else {
        return;
    };
    if now.epoch != TICKET.epoch {
        *ticket = Ticket::BeforeChange;
    } else if now.refreshes != TICKET.refreshes {
        *ticket = (*ticket).max(Ticket::BeforeRefresh);
    }
}

fn machine(mind: Mind) -> Machine {
    // Whether a cookie has ever come back decides on a word only.
    let Mind { refuted, untried, .. } = mind;
    let trust = Trust { failures: 0, refuted, untried, cookies_kept: true };
    // It may refresh at any moment: that covers every lifetime and every jitter.
    let rest = Rest { due: Some(Elapsed(0)), not_before: Elapsed(0), trust };
    let state = match (mind.state, mind.user.map(user)) {
        (State::Unknown, _) => Real::Unknown(rest),
        (State::Anonymous, _) => Real::Anonymous { why: None },
        (State::Active, user) => Real::resting(user, rest),
        (State::Refreshing, user) => Real::Refreshing { user, trust },
    };
    let changes =
        Changes { under_way: u32::from(mind.changing), refresh_wanted: mind.refresh_wanted };
    // No request waits for a refresh that comes first: all of them meet a 401.
    Machine::at_rest(TICKET, state, changes)
}

fn mind_of(machine: &Machine) -> Mind {
    let (state, user, trust) = match &machine.state {
        Real::Unknown(rest) => (State::Unknown, None, rest.trust),
        Real::Anonymous { .. } => (State::Anonymous, None, Trust::default()),
        Real::Active { user, rest } => (State::Active, Some(user), rest.trust),
        Real::Refreshing { user, trust } => (State::Refreshing, user.as_ref(), *trust),
    };
    Mind {
        state,
        user: user.map(|user| if user.pk == 0 { Person::Ada } else { Person::Bob }),
        changing: machine.changes.any(),
        refresh_wanted: machine.changes.refresh_wanted,
        refuted: trust.refuted,
        untried: trust.untried,
    }
}

fn real(ticket: Ticket) -> RealTicket {
    match ticket {
        Ticket::Current => TICKET,
        Ticket::BeforeRefresh => RealTicket { refreshes: TICKET.refreshes - 1, ..TICKET },
        Ticket::BeforeChange => RealTicket { epoch: TICKET.epoch - 1, ..TICKET },
    }
}

fn user(person: Person) -> User {
    User { pk: person as i64, ..User::default() }
}

fn access() -> Access {
    Access::fresh(NOW.elapsed, ACCESS_S)
}

impl Refresh {
    /// What is being presented.
    pub const fn token(self) -> Option<Token> {
        match self {
            Self::Sent { token, .. } => token,
            Self::Read { token, .. } => Some(token),
            Self::None | Self::Queued | Self::Answered { .. } => None,
        }
    }
}

impl Jar {
    /// Keeps what an answer sets, or a failure deletes.
    pub fn keep(&mut self, answer: Answer, fault: Option<Fault>) {
        match answer {
            Answer::Given { access, refresh } => {
                self.access = Some(access);
                if refresh {
                    self.refresh = Some(access);
                }
            }
            Answer::Refused { .. } | Answer::Trouble if fault == Some(Fault::FailureDeletes) => {
                *self = Self { access: None, refresh: None };
            }
            Answer::Refused { .. } | Answer::Trouble => {}
        }
    }
}
