//! How much of the world is looked at.

use super::{
    explore::{Model, Visit},
    faults::Fault,
    happenings::{self, Happening},
    server::{STORE, Server},
    world::{
        Call, Change, Jar, Life, Load, Mind, ORPHANS, Person, Refresh, Row, State, TABS, Tab,
        Token, World,
    },
};

/// What takes part. Whatever does may happen any number of times, in every order; only signing
/// out, signing in as another, the thief and the backup have one go each.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Scenario {
    pub server: Server,
    pub fault: Option<Fault>,
    pub tabs: usize,
    /// Whether something may come between the server's reading and writing.
    pub phases: bool,
    pub crash: bool,
    pub load: bool,
    pub thief: bool,
    /// Whether time goes on after a thief was served.
    pub aftermath: bool,
    pub changes: bool,
    pub restore: bool,
    /// Whether time goes on for families that have ended.
    pub expiry: bool,
    /// Whether sightings are gathered, and written at any later time, backdated.
    pub gather: bool,
    /// Whether tabs remember how far the browser's cookies are to be trusted.
    pub trust: bool,
    /// How many refreshes at once may be heard although their tabs have given them up.
    pub orphans: usize,
    /// For how many ticks a refresh that was given up may still be heard.
    pub late: u8,
    /// Whether tabs count as alike: fewer worlds, but a trace whose tabs change their numbers.
    pub alike: bool,
}

impl Scenario {
    /// A browser with some tabs, and nothing else.
    pub fn tabs(tabs: usize) -> Self {
        Self {
            server: Server::new(None),
            fault: None,
            tabs,
            phases: false,
            crash: false,
            load: false,
            thief: false,
            aftermath: false,
            changes: false,
            restore: false,
            expiry: false,
            gather: false,
            trust: false,
            orphans: 1,
            late: 0,
            alike: true,
        }
    }

    /// Beyond so many ticks since an answer it makes no difference how many they are. A sighting that
    /// is written a tick after it was read is judged by the moment of its reading.
    pub const fn longest_answered(&self) -> u8 {
        if self.phases { STORE + 1 } else { STORE }
    }

    /// With something broken, and tabs that keep their numbers.
    pub fn broken_by(self, fault: Fault) -> Self {
        Self { server: Server::new(Some(fault)), fault: Some(fault), alike: false, ..self }
    }
}

impl Model for Scenario {
    type State = World;
    type Action = Happening;

    /// Ada has just signed in, in one tab; the others have been opened since.
    fn initial(&self) -> World {
        let ada = Some(Token { of: Person::Ada, behind: 0 });
        let active = Mind::new(State::Active, Some(Person::Ada));
        World {
            rows: [Row::opened(), Row { life: Life::Unopened, ..Row::opened() }],
            jar: Jar { access: ada, refresh: ada },
            disk: ada,
            dirty: 0,
            tabs: [opened(active); TABS],
            load: Load::None,
            orphans: [None; ORPHANS],
            gathered: None,
            slept: false,
            restored: false,
        }
    }

    fn successors(&self, world: &World, visit: &mut Visit<'_, Self>) {
        happenings::each(self, world, &mut |happening, outcome| {
            visit(happening, outcome.map(|world| world.canonical(self)));
        });
    }
}

/// A tab with nothing under way.
pub const fn opened(mind: Mind) -> Tab {
    Tab { mind, refresh: Refresh::None, call: Call::None, change: Change::None }
}

impl Mind {
    pub const fn new(state: State, user: Option<Person>) -> Self {
        let (changing, refresh_wanted, refuted, untried) = (false, false, 0, false);
        Self { state, user, changing, refresh_wanted, refuted, untried }
    }
}
