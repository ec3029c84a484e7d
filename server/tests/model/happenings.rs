//! What can happen, and what comes of it.

use std::fmt;

use super::{
    faults::Fault,
    scenario::Scenario,
    server::{RACE, Read, STORE},
    tab::{Told, send_refresh, tell},
    world::{
        Answer, Call, Change, End, Jar, Life, Load, Mind, OLD, Orphan, Person, Refresh, Row, Since,
        State, Ticket, Token, World,
    },
};

/// Ticks that a browser may take to write its cookies to disk: Chromium takes 30 s.
pub const DISK: u8 = 2;

type Outcome = Result<World, &'static str>;

/// Something that can happen. What is numbered happens to a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Tick,
    HalfLife(Person),
    Expire(Person),
    Flush,
    Crash { heard: bool },
    Restore { back: i8, seen: bool },
    Refresh(usize),
    SendQueued(usize),
    ServerReads(usize),
    ServerWrites(usize),
    ServerInTrouble(usize),
    AnswerArrives(usize),
    RefreshLost(usize),
    CopyHandled(usize),
    Call(usize),
    CallServed { tab: usize, sighted: bool },
    CallUnauthorised(usize),
    SignOut { tab: usize, heard: bool },
    SignIn { tab: usize, heard: bool },
    SessionOpened(usize),
    PasswordChanged,
    ChangeArrives(usize),
    ChangeLost(usize),
    OpenPage,
    PageHandled { renews: bool },
    PageArrives,
    PageLost,
    OrphanHandled,
    OrphanArrives,
    UseStolen { behind: i8 },
}

/// Visits everything that can happen in `world`.
pub fn each(scenario: &Scenario, world: &World, visit: &mut dyn FnMut(Happening, Outcome)) {
    // What a thief has done to Ada is done: nothing more is promised to her.
    if world.rows.iter().any(|row| row.robbed) {
        return;
    }
    let mut visit = |happening, possible: Option<Outcome>| {
        if let Some(outcome) = possible {
            visit(happening, outcome);
        }
    };
    use Happening as H;
    visit(H::Tick, tick(world, scenario.late));
    visit(H::Flush, flush(world));
    for person in [Person::Ada, Person::Bob] {
        visit(H::HalfLife(person), half_life(world, person));
        if scenario.expiry {
            visit(H::Expire(person), expire(world, person));
        }
    }
    if scenario.crash {
        let heard = world.requests(scenario.tabs);
        for heard in heard.into_iter().chain([None]) {
            visit(H::Crash { heard: heard.is_some() }, Some(Ok(crash(world, heard))));
        }
    }
    if scenario.restore && !world.restored {
        for (back, seen) in [(1, false), (1, true), (2, false), (2, true)] {
            visit(H::Restore { back, seen }, restore(world, back, seen));
        }
    }
    for tab in 0..scenario.tabs {
        refreshes(scenario, world, tab, &mut visit);
        calls(scenario, world, tab, &mut visit);
        if scenario.changes {
            changes(scenario, world, tab, &mut visit);
        }
    }
    if scenario.load {
        pages(scenario, world, &mut visit);
    }
    visit(H::OrphanHandled, orphan_handled(scenario, world));
    visit(H::OrphanArrives, orphan_arrives(scenario, world));
    if scenario.thief {
        for behind in 0..=OLD {
            visit(H::UseStolen { behind }, use_stolen(scenario, world, behind));
        }
    }
}

type Visit<'v> = dyn FnMut(Happening, Option<Outcome>) + 'v;

fn refreshes(scenario: &Scenario, world: &World, tab: usize, visit: &mut Visit<'_>) {
    use Happening as H;
    let of = world.tabs[tab];
    let fault = scenario.fault;
    let begin = matches!(of.mind.state, State::Unknown | State::Active) && !of.mind.changing;
    visit(H::Refresh(tab), begin.then(|| told(*world, tab, &Told::Look, fault)));
    let mut sent = *world;
    send_refresh(&mut sent, tab);
    visit(H::SendQueued(tab), (sent != *world).then_some(Ok(sent)));
    match of.refresh {
        Refresh::None | Refresh::Queued => {}
        Refresh::Sent { token, late } => {
            visit(H::ServerReads(tab), Some(server_reads(scenario, *world, tab, token, late)));
            if let Some(token) = token {
                let mut copied = *world;
                let handled = present(scenario, &mut copied, token).map(|_| copied);
                visit(H::CopyHandled(tab), Some(handled));
            }
            if fault == Some(Fault::FailureDeletes) {
                let mut next = *world;
                next.tabs[tab].refresh = Refresh::Answered { answer: Answer::Trouble, late };
                visit(H::ServerInTrouble(tab), Some(Ok(next)));
            }
            visit(H::RefreshLost(tab), Some(refresh_lost(scenario, *world, tab)));
        }
        Refresh::Read { .. } => {
            visit(H::ServerWrites(tab), Some(server_writes(scenario, *world, tab)));
        }
        Refresh::Answered { answer, .. } => {
            visit(H::AnswerArrives(tab), Some(answer_arrives(scenario, *world, tab, answer)));
            visit(H::RefreshLost(tab), Some(refresh_lost(scenario, *world, tab)));
        }
    }
}

fn told(mut world: World, tab: usize, told: &Told, fault: Option<Fault>) -> Outcome {
    tell(&mut world, tab, told, fault)?;
    Ok(world)
}

fn server_reads(
    scenario: &Scenario,
    mut world: World,
    tab: usize,
    token: Option<Token>,
    late: bool,
) -> Outcome {
    world.tabs[tab].refresh = match (scenario.server.read(&mut world, token)?, token) {
        (Read::Answer(answer), _) => Refresh::Answered { answer, late },
        (Read::Write(write), Some(token)) if scenario.phases => {
            Refresh::Read { token, write, stale: false, late }
        }
        (Read::Write(write), Some(token)) => {
            let answer = scenario.server.write(&mut world, token, write, false)?;
            Refresh::Answered { answer: answer.ok_or("nothing came between")?, late }
        }
        (Read::Write(_), None) => return Err("a refresh without a token writes nothing"),
    };
    Ok(world)
}

/// Where somebody else came first the server reads once more.
fn server_writes(scenario: &Scenario, mut world: World, tab: usize) -> Outcome {
    let Refresh::Read { token, write, stale, late } = world.tabs[tab].refresh else {
        return Ok(world);
    };
    let answer = scenario.server.write(&mut world, token, write, stale)?;
    // The distance has moved for this exchange as for all others.
    let Refresh::Read { token, .. } = world.tabs[tab].refresh else { return Ok(world) };
    world.tabs[tab].refresh = match answer {
        Some(answer) => Refresh::Answered { answer, late },
        None => Refresh::Sent { token: Some(token), late },
    };
    Ok(world)
}

fn answer_arrives(scenario: &Scenario, mut world: World, tab: usize, answer: Answer) -> Outcome {
    keep(&mut world, answer, scenario);
    world.tabs[tab].refresh = Refresh::None;
    let asked = match answer {
        Answer::Given { access, .. } => Some(access.of),
        Answer::Refused | Answer::Trouble => None,
    };
    // A tab that knows who is signed in does not ask.
    let user = world.tabs[tab].mind.user.or(asked);
    told(world, tab, &Told::Ended { answer: Some(answer), user, overtaken: false }, scenario.fault)
}

/// The connection breaks, or the tab has waited for long enough.
fn refresh_lost(scenario: &Scenario, mut world: World, tab: usize) -> Outcome {
    let refresh = std::mem::replace(&mut world.tabs[tab].refresh, Refresh::None);
    if let Some(token) = refresh.token().filter(|_| scenario.late > 0) {
        world.orphan = Some(Orphan { token: Some(token), answer: None, age: 0 });
    }
    let ended = Told::Ended { answer: None, user: None, overtaken: false };
    told(world, tab, &ended, scenario.fault)
}

fn calls(scenario: &Scenario, world: &World, tab: usize, visit: &mut Visit<'_>) {
    use Happening as H;
    let of = world.tabs[tab];
    let calling = world.tabs.iter().any(|tab| tab.call != Call::None);
    match of.call {
        Call::None if of.mind.state != State::Anonymous && !calling => {
            let mut next = *world;
            let access = world.jar.access;
            next.tabs[tab].call =
                Call::Sent { access, ticket: Ticket::Current, second: false, late: false };
            visit(H::Call(tab), Some(Ok(next)));
        }
        Call::Sent { access, ticket, second, .. } => {
            let life = access.map(|access| world.row(access.of).life);
            for sighted in [false, true] {
                let served = served(scenario, *world, tab, access, ticket, sighted);
                visit(H::CallServed { tab, sighted }, served);
            }
            // A token may have expired at any time, but not one that was fetched just now.
            if !second || life != Some(Life::Live) {
                visit(
                    H::CallUnauthorised(tab),
                    Some(unauthorised(*world, tab, ticket, second, scenario.fault)),
                );
            }
        }
        Call::None | Call::Waiting { .. } => {}
    }
}

/// `sighted`: the sighting is written. A batch may be lost.
fn served(
    scenario: &Scenario,
    mut world: World,
    tab: usize,
    access: Option<Token>,
    ticket: Ticket,
    sighted: bool,
) -> Option<Outcome> {
    let access = access?;
    match world.row(access.of).life {
        Life::Unopened => return None,
        Life::Over { since, .. } if scenario.server.outlives(since) => {
            return Some(Err("I4: access tokens die with their family"));
        }
        Life::Over { .. } => return None,
        Life::Live => {}
    }
    if sighted {
        let before = world;
        scenario.server.sight(&mut world, access);
        if world == before {
            return None;
        }
    }
    world.tabs[tab].call = Call::None;
    Some(told(world, tab, &Told::Authenticated(ticket), scenario.fault))
}

fn unauthorised(
    mut world: World,
    tab: usize,
    ticket: Ticket,
    second: bool,
    fault: Option<Fault>,
) -> Outcome {
    if second {
        world.tabs[tab].call = Call::None;
        return told(world, tab, &Told::RetryRefused(ticket), fault);
    }
    world.tabs[tab].call = Call::Waiting { ticket };
    told(world, tab, &Told::Unauthorised, fault)
}

/// Signing in and out. The lock `latchkey-cookies` keeps them apart from other tabs' refreshes.
fn changes(scenario: &Scenario, world: &World, tab: usize, visit: &mut Visit<'_>) {
    use Happening as H;
    let of = world.tabs[tab];
    let fault = scenario.fault;
    let somebody = of.mind.state != State::Anonymous;
    match of.change {
        Change::None if world.lock_is_free_for(tab) => {
            for heard in [true, false] {
                let out = somebody.then(|| sign_out(scenario, *world, tab, heard));
                visit(H::SignOut { tab, heard }, out);
                let unopened = world.row(Person::Bob).life == Life::Unopened;
                let sign_in = unopened.then(|| sign_in(scenario, *world, tab, heard));
                visit(H::SignIn { tab, heard }, sign_in);
            }
        }
        Change::None => {}
        Change::Verified { replaces, outdated, late } => {
            let opened = open_session(*world, tab, replaces, outdated, scenario.fault);
            visit(H::SessionOpened(tab), Some(opened));
            let mut next = *world;
            next.tabs[tab].change = Change::Verified { replaces, outdated: true, late };
            visit(H::PasswordChanged, (!outdated).then_some(Ok(next)));
        }
        Change::SignedOut { .. } | Change::SignedIn { .. } | Change::Failed { .. } => {
            visit(H::ChangeArrives(tab), Some(change_arrives(scenario, *world, tab)));
            visit(H::ChangeLost(tab), Some(change_lost(*world, tab, fault)));
        }
    }
}

fn sign_out(scenario: &Scenario, mut world: World, tab: usize, heard: bool) -> Outcome {
    let sent = world.jar;
    tell(&mut world, tab, &Told::ChangeBegins, scenario.fault)?;
    world.tabs[tab].change = Change::Failed { late: false };
    if heard {
        for token in sent.access.iter().chain(&sent.refresh) {
            world.end(token.of);
        }
        world.tabs[tab].change = Change::SignedOut { late: false };
    }
    Ok(world)
}

fn sign_in(scenario: &Scenario, mut world: World, tab: usize, heard: bool) -> Outcome {
    let replaces = world.jar.refresh.map(|token| token.of);
    tell(&mut world, tab, &Told::ChangeBegins, scenario.fault)?;
    world.tabs[tab].change = Change::Failed { late: false };
    if heard {
        world.tabs[tab].change = Change::Verified { replaces, outdated: false, late: false };
        if !scenario.phases {
            return open_session(world, tab, replaces, false, scenario.fault);
        }
    }
    Ok(world)
}

/// Locks the user's row, and looks whether the account is as it was when the password was checked.
fn open_session(
    mut world: World,
    tab: usize,
    replaces: Option<Person>,
    outdated: bool,
    fault: Option<Fault>,
) -> Outcome {
    let late = matches!(world.tabs[tab].change, Change::Verified { late: true, .. });
    if outdated {
        if fault == Some(Fault::NoUserLock) {
            return Err("no session is opened by a password that has been replaced");
        }
        world.tabs[tab].change = Change::Failed { late };
        return Ok(world);
    }
    if let Some(person) = replaces {
        world.end(person);
    }
    *world.row_mut(Person::Bob) = Row::opened();
    world.tabs[tab].change = Change::SignedIn { late };
    Ok(world)
}

fn change_arrives(scenario: &Scenario, mut world: World, tab: usize) -> Outcome {
    let change = std::mem::replace(&mut world.tabs[tab].change, Change::None);
    let bob = Some(Token { of: Person::Bob, behind: 0 });
    let what = match change {
        Change::SignedOut { .. } => {
            world.set_jar(Jar { access: None, refresh: None }, scenario);
            Told::SignedOut
        }
        Change::SignedIn { .. } => {
            world.set_jar(Jar { access: bob, refresh: bob }, scenario);
            Told::SignedIn(Person::Bob)
        }
        _ => Told::ChangeFailed,
    };
    told(world, tab, &what, scenario.fault)
}

fn change_lost(mut world: World, tab: usize, fault: Option<Fault>) -> Outcome {
    world.tabs[tab].change = Change::None;
    told(world, tab, &Told::ChangeFailed, fault)
}

/// A page that the server renders once the access token has expired.
fn pages(scenario: &Scenario, world: &World, visit: &mut Visit<'_>) {
    use Happening as H;
    match world.load {
        Load::None => {
            if world.jar.refresh.is_some() {
                let load = Load::Sent { token: world.jar.refresh, late: false };
                visit(H::OpenPage, Some(Ok(World { load, ..*world })));
            }
        }
        Load::Sent { token: Some(token), late } => {
            let mut next = *world;
            let outcome = scenario.server.page(&mut next, token).map(|answer| {
                next.load = rendered(scenario, answer, late);
                next
            });
            visit(H::PageHandled { renews: false }, Some(outcome));
            // In the second half of its life it is treated as by the API.
            let changing = world.tabs.iter().any(|tab| tab.change != Change::None);
            if (token.behind != 0 || world.row(token.of).past_half) && !changing {
                let mut next = *world;
                let outcome = present(scenario, &mut next, token).map(|answer| {
                    next.load = rendered(scenario, answer, late);
                    next
                });
                visit(H::PageHandled { renews: true }, Some(outcome));
            }
            visit(H::PageLost, Some(Ok(World { load: Load::None, ..*world })));
        }
        Load::Sent { token: None, .. } => {}
        Load::Answered { answer, .. } => {
            let mut next = World { load: Load::None, ..*world };
            visit(H::PageLost, Some(Ok(next)));
            keep(&mut next, answer, scenario);
            visit(H::PageArrives, Some(Ok(next)));
        }
    }
}

/// A page that sets no cookie is of no interest on its way.
fn rendered(scenario: &Scenario, answer: Answer, late: bool) -> Load {
    match answer {
        Answer::Refused if scenario.fault != Some(Fault::FailureDeletes) => Load::None,
        answer => Load::Answered { answer, late },
    }
}

/// A presentation that nothing comes between.
fn present(scenario: &Scenario, world: &mut World, token: Token) -> Result<Answer, &'static str> {
    match scenario.server.read(world, Some(token))? {
        Read::Answer(answer) => Ok(answer),
        Read::Write(write) => {
            let answer = scenario.server.write(world, token, write, false)?;
            answer.ok_or("nothing came between")
        }
    }
}

fn orphan_handled(scenario: &Scenario, world: &World) -> Option<Outcome> {
    let Orphan { token, answer: None, age } = world.orphan? else { return None };
    let token = token?;
    let mut next = World { orphan: None, ..*world };
    Some(present(scenario, &mut next, token).map(|answer| {
        if scenario.fault == Some(Fault::LateSuccess) {
            next.orphan = Some(Orphan { token: None, answer: Some(answer), age });
        }
        next
    }))
}

fn orphan_arrives(scenario: &Scenario, world: &World) -> Option<Outcome> {
    let answer = world.orphan?.answer?;
    let mut next = World { orphan: None, ..*world };
    keep(&mut next, answer, scenario);
    Some(Ok(next))
}

/// Somebody presents a copy of a refresh token that the browser once had: any but the current one
/// must have reached it, or it would not have been replaced.
fn use_stolen(scenario: &Scenario, world: &World, behind: i8) -> Option<Outcome> {
    let token = Token { of: Person::Ada, behind };
    let mut next = *world;
    let row = next.row_mut(token.of);
    if row.life != Life::Live {
        return None;
    }
    // I3, in words of its own: the parent counts until one window after its successor was seen.
    let in_window =
        token.behind <= 0 || (token.behind == 1 && row.seen.is_none_or(|seen| seen < RACE));
    row.robbed = true;
    Some(present(scenario, &mut next, token).and_then(|answer| {
        let honoured = matches!(answer, Answer::Given { .. });
        if honoured != in_window {
            return Err("I3: windows close as the table says");
        }
        if !honoured && next.row(token.of).life == Life::Live {
            return Err("I4: a replay ends the family");
        }
        Ok(next)
    }))
}

fn keep(world: &mut World, answer: Answer, scenario: &Scenario) {
    let mut jar = world.jar;
    jar.keep(answer, scenario.fault);
    world.set_jar(jar, scenario);
}

/// 15 s pass. What is under way takes one tick at most, what the server writes none.
fn tick(world: &World, late: u8) -> Option<Outcome> {
    let mut next = *world;
    for tab in &mut next.tabs {
        match &mut tab.refresh {
            Refresh::Sent { late, .. } | Refresh::Answered { late, .. } => grow_late(late)?,
            Refresh::Read { .. } => return None,
            Refresh::None | Refresh::Queued => {}
        }
        if let Call::Sent { late, .. } = &mut tab.call {
            grow_late(late)?;
        }
        match &mut tab.change {
            Change::None => {}
            Change::Verified { late, .. }
            | Change::SignedOut { late }
            | Change::SignedIn { late }
            | Change::Failed { late } => grow_late(late)?,
        }
    }
    match &mut next.load {
        Load::None => {}
        Load::Sent { late, .. } | Load::Answered { late, .. } => grow_late(late)?,
    }
    next.orphan = next.orphan.filter(|orphan| orphan.age < late);
    if let Some(orphan) = &mut next.orphan {
        orphan.age += 1;
    }
    if next.disk != next.jar.refresh {
        next.dirty = Some(next.dirty + 1).filter(|dirty| *dirty <= DISK)?;
    }
    for row in &mut next.rows {
        if row.life == Life::Live {
            row.answered = (row.answered + 1).min(STORE);
            row.seen = row.seen.map(|seen| (seen + 1).min(RACE));
        }
    }
    Some(Ok(next))
}

fn grow_late(late: &mut bool) -> Option<()> {
    (!std::mem::replace(late, true)).then_some(())
}

fn flush(world: &World) -> Option<Outcome> {
    let differs = world.disk != world.jar.refresh;
    differs.then_some(Ok(World { disk: world.jar.refresh, dirty: 0, ..*world }))
}

fn half_life(world: &World, of: Person) -> Option<Outcome> {
    let row = world.row(of);
    let possible = row.life == Life::Live && row.answered == STORE && !row.past_half;
    let mut next = *world;
    next.row_mut(of).past_half = true;
    possible.then_some(Ok(next))
}

/// Time passes for a family that has ended.
fn expire(world: &World, of: Person) -> Option<Outcome> {
    let Life::Over { by, since } = world.row(of).life else { return None };
    let since = match since {
        Since::InForce => Since::Leeway,
        Since::Leeway => Since::Spent,
        Since::Spent => return None,
    };
    let mut next = *world;
    next.row_mut(of).life = Life::Over { by, since };
    Some(Ok(next))
}

/// The browser dies, and starts again from its disk. What it has sent may still be heard.
fn crash(world: &World, heard: Option<Orphan>) -> World {
    let mut next = *world;
    for tab in &mut next.tabs {
        *tab = super::scenario::opened(Mind {
            state: State::Unknown,
            user: None,
            changing: false,
            refresh_wanted: false,
        });
    }
    next.orphan = heard;
    next.load = Load::None;
    next.jar = Jar { access: None, refresh: next.disk };
    next.dirty = 0;
    next
}

/// The database is put back to an earlier generation. Connections break then: no answer from
/// before arrives after it.
fn restore(world: &World, back: i8, seen: bool) -> Option<Outcome> {
    let mut next = World { restored: true, ..*world };
    let asked = world.tabs.iter().any(|tab| tab.refresh != Refresh::None);
    let row = next.row_mut(Person::Ada);
    if asked || row.life != Life::Live {
        return None;
    }
    *row = Row { answered: STORE, seen: seen.then_some(RACE), past_half: false, ..*row };
    next.shift(Person::Ada, -back);
    Some(Ok(next))
}

impl World {
    fn set_jar(&mut self, jar: Jar, scenario: &Scenario) {
        self.jar = jar;
        // Where nothing crashes nobody reads the disk.
        if !scenario.crash {
            self.disk = jar.refresh;
        }
        if self.disk == jar.refresh {
            self.dirty = 0;
        }
    }

    /// The refreshes that the server has not answered.
    fn requests(&self, tabs: usize) -> Vec<Option<Orphan>> {
        let tokens = self.tabs[..tabs].iter().filter_map(|tab| tab.refresh.token());
        tokens.map(|token| Some(Orphan { token: Some(token), answer: None, age: 0 })).collect()
    }

    fn end(&mut self, of: Person) {
        let row = self.row_mut(of);
        if row.life == Life::Live {
            row.life = Life::Over { by: End::Owner, since: Since::InForce };
        }
    }

    /// Whether a tab may sign in or out: nobody else's answer may set token cookies meanwhile.
    fn lock_is_free_for(&self, tab: usize) -> bool {
        let renewing = |answer: &Answer| matches!(answer, Answer::Given { refresh: true, .. });
        let page = matches!(&self.load, Load::Answered { answer, .. } if renewing(answer));
        let others = self.tabs.iter().enumerate().filter(|(other, _)| *other != tab);
        let busy = |refresh: &Refresh| !matches!(refresh, Refresh::None | Refresh::Queued);
        !page
            && others
                .into_iter()
                .all(|(_, other)| other.change == Change::None && !busy(&other.refresh))
    }
}

impl Row {
    pub const fn opened() -> Self {
        Self { life: Life::Live, answered: 0, seen: None, past_half: false, robbed: false }
    }

    /// Whether its owner has ended it, or a thief has.
    pub fn ended_rightly(&self) -> bool {
        match self.life {
            Life::Over { by: End::Owner, .. } => true,
            Life::Over { by: End::Replay, .. } => self.robbed,
            Life::Unopened | Life::Live => false,
        }
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Happening as H;
        match *self {
            H::Tick => write!(f, "15 s pass"),
            H::HalfLife(person) => write!(f, "{person:?}'s refresh token is past half of its life"),
            H::Expire(person) => {
                write!(f, "the access tokens of {person:?}'s ended family get old")
            }
            H::Flush => write!(f, "the browser writes its cookies to disk"),
            H::Crash { heard: false } => {
                write!(f, "the browser crashes, and starts again from its disk")
            }
            H::Crash { .. } => {
                write!(f, "the browser crashes with a refresh on its way, and starts again")
            }
            H::Restore { back, .. } => {
                write!(f, "the database is restored, {back} generations back")
            }
            H::Refresh(tab) => write!(f, "tab {tab} sends a refresh"),
            H::SendQueued(tab) => write!(f, "tab {tab} sends the refresh that waited"),
            H::ServerReads(tab) => write!(f, "the server reads the row for tab {tab}"),
            H::ServerWrites(tab) => write!(f, "the server writes the row for tab {tab}"),
            H::ServerInTrouble(tab) => write!(f, "the server answers tab {tab} with 503"),
            H::AnswerArrives(tab) => write!(f, "the answer reaches tab {tab}"),
            H::RefreshLost(tab) => write!(f, "tab {tab} gets no answer to its refresh"),
            H::CopyHandled(tab) => {
                write!(f, "the server hears a second copy of tab {tab}'s refresh")
            }
            H::Call(tab) => write!(f, "tab {tab} calls the API"),
            H::CallServed { tab, sighted: true } => {
                write!(f, "the API serves tab {tab}, and notes the sighting")
            }
            H::CallServed { tab, .. } => write!(f, "the API serves tab {tab}"),
            H::CallUnauthorised(tab) => write!(f, "the API answers tab {tab} with 401"),
            H::SignOut { tab, heard: true } => write!(f, "tab {tab} signs out"),
            H::SignOut { tab, .. } => {
                write!(f, "tab {tab} signs out, and the server does not hear")
            }
            H::SignIn { tab, heard: true } => write!(f, "tab {tab} signs in as Bob"),
            H::SignIn { tab, .. } => write!(f, "tab {tab} signs in, and the server does not hear"),
            H::SessionOpened(tab) => write!(f, "the server opens Bob's session for tab {tab}"),
            H::PasswordChanged => {
                write!(f, "Bob's password is changed, and his sessions are ended")
            }
            H::ChangeArrives(tab) => write!(f, "tab {tab} hears of its sign-in or sign-out"),
            H::ChangeLost(tab) => write!(f, "tab {tab} hears nothing of its sign-in or sign-out"),
            H::OpenPage => write!(f, "a page is opened"),
            H::PageHandled { renews: false } => write!(f, "the server renders it"),
            H::PageHandled { .. } => write!(f, "the server renders it, and renews as the API does"),
            H::PageArrives => write!(f, "the page arrives"),
            H::PageLost => write!(f, "the page is lost"),
            H::OrphanHandled => write!(f, "the server hears a refresh that nobody waits for"),
            H::OrphanArrives => write!(f, "the answer to a refresh that was given up arrives"),
            H::UseStolen { behind } => {
                write!(f, "a thief presents a copy, {behind} generations old")
            }
        }
    }
}
