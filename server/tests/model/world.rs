//! Everything there is: one browser with its tabs, one server, one thief. Small, so that millions
//! of worlds fit into memory.
//!
//! Time goes by in ticks of 15 s, and everything that happens between two ticks happens at the
//! same moment. Ages are counted up to the point from which on they make no difference, and
//! generations from the family's current one backwards, so no number grows without end.

use super::scenario::Scenario;

/// Whose session, and so which family: each signs in once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    Ada,
    Bob,
}

/// A token's place: how many generations it is behind the family's current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    pub of: Person,
    /// 0 is current, 1 its parent, [`OLD`] anything older; below 0 it is ahead, as after a
    /// database was restored from a backup.
    pub behind: i8,
}

/// As far behind as it makes a difference.
pub const OLD: i8 = 2;

/// A row of `sessions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    pub life: Life,
    /// Ticks since an answer last carried the refresh token.
    pub answered: u8,
    /// Ticks since the generation was seen.
    pub seen: Option<u8>,
    /// Whether more than half of the refresh token's lifetime has passed.
    pub past_half: bool,
    /// Whether a thief has used a token of it: from then on nothing is promised to its owner.
    pub robbed: bool,
    /// Whether it was opened by a password that had been replaced.
    pub outdated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Life {
    Unopened,
    Live,
    Over { by: End, since: Since },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Its owner signed out, or signed in as another.
    Owner,
    Replay,
}

/// How long ago a family ended, measured by the access tokens it has left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Since {
    /// Some are in force.
    InForce,
    /// The last has expired, and is still accepted because of `LEEWAY`.
    Leeway,
    /// None is accepted any more.
    Spent,
}

/// The browser's cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jar {
    pub access: Option<Token>,
    pub refresh: Option<Token>,
}

/// An answer to a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// An access token, and the refresh token of the same generation where `refresh` says so.
    Given { access: Token, refresh: bool },
    /// Whose token it was, if there was any.
    Refused { of: Option<Person> },
    /// 503.
    Trouble,
}

/// What is to be written once it is known that the row is as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Write {
    Sight,
    Reissue,
    Renew { sighting: bool },
    Rotate { by: i8 },
}

/// A refresh of a tab. Whatever is under way is `late` once a tick has passed, and is over before
/// the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refresh {
    None,
    /// Waits for a sign-in or sign-out of another tab.
    Queued,
    Sent {
        token: Option<Token>,
        late: bool,
    },
    /// The server has read the row, and not written yet. `stale` once somebody else has written,
    /// `waited` once a tick has passed: what it writes bears the moment of the reading.
    Read {
        token: Token,
        write: Write,
        stale: bool,
        waited: bool,
        late: bool,
    },
    Answered {
        answer: Answer,
        late: bool,
    },
}

/// A request to the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    None,
    Sent {
        access: Option<Token>,
        ticket: Ticket,
        second: bool,
        late: bool,
    },
    /// Met a 401, and waits for a refresh.
    Waiting {
        ticket: Ticket,
    },
}

/// The ticket that a call was sent with, compared with the tab's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ticket {
    Current,
    BeforeRefresh,
    BeforeChange,
}

/// A sign-in or sign-out of a tab. The server hears it as soon as it is sent, or never: what
/// comes between could as well have come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    None,
    /// The password was right when it was checked; `outdated` once it has been changed. The
    /// session will replace that of somebody.
    Verified {
        replaces: Option<Person>,
        outdated: bool,
        late: bool,
    },
    SignedOut {
        late: bool,
    },
    SignedIn {
        late: bool,
    },
    /// It was refused, or has not been heard.
    Failed {
        late: bool,
    },
}

/// What a tab's session machine knows; see [`super::tab`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mind {
    pub state: State,
    pub user: Option<Person>,
    pub changing: bool,
    pub refresh_wanted: bool,
    pub refuted: u8,
    pub untried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Unknown,
    Anonymous,
    Active,
    Refreshing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tab {
    pub mind: Mind,
    pub refresh: Refresh,
    pub call: Call,
    pub change: Change,
}

/// A page that the server renders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Load {
    None,
    Sent { token: Option<Token>, late: bool },
    Answered { answer: Answer, late: bool },
}

/// A refresh whose tab has stopped waiting for it, or is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Orphan {
    pub token: Option<Token>,
    /// Its answer: nobody takes it, unless the tab failed to hang up.
    pub answer: Option<Answer>,
    /// Ticks since it was given up.
    pub age: u8,
}

/// A sighting that waits for being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gathered {
    pub access: Token,
    /// Ticks since it was made; more than a window make no difference.
    pub age: u8,
    /// Whether the last answer came long enough before it.
    pub counts: bool,
}

pub const TABS: usize = 3;
/// As many refreshes without a tab are heard of at the most; of more the oldest are.
pub const ORPHANS: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub rows: [Row; 2],
    pub jar: Jar,
    /// The refresh cookie as it is on the disk, and how many ticks the jar has differed from it.
    pub disk: Option<Token>,
    pub dirty: u8,
    pub tabs: [Tab; TABS],
    pub load: Load,
    pub orphans: [Option<Orphan>; ORPHANS],
    pub gathered: Option<Gathered>,
    /// Whether a call was once so late that a token fetched just before had expired.
    pub slept: bool,
    pub restored: bool,
}

impl World {
    pub fn row(&self, of: Person) -> &Row {
        &self.rows[of as usize]
    }

    pub fn row_mut(&mut self, of: Person) -> &mut Row {
        &mut self.rows[of as usize]
    }

    /// A family's generation has moved `by`: so has everybody's distance from it.
    pub fn shift(&mut self, of: Person, by: i8) {
        if by == 0 {
            return;
        }
        self.each_token(of, |token| token.behind = (token.behind + by).clamp(-OLD, OLD));
        for tab in &mut self.tabs {
            if let Refresh::Read { token, stale, .. } = &mut tab.refresh {
                *stale |= token.of == of;
            }
        }
    }

    /// A family's generation was handed out again: who is about to replace it reads once more.
    pub fn keep_from_rotating(&mut self, of: Person) {
        for tab in &mut self.tabs {
            if let Refresh::Read { token, write: Write::Rotate { .. }, stale, .. } =
                &mut tab.refresh
            {
                *stale |= token.of == of;
            }
        }
    }

    /// Every token of a family, wherever it is.
    pub fn each_token(&mut self, of: Person, change: impl Fn(&mut Token)) {
        let change = &|token: &mut Token| {
            if token.of == of {
                change(token);
            }
        };
        let jar = |jar: &mut Jar| jar.access.iter_mut().chain(&mut jar.refresh).for_each(change);
        let answer = |answer: &mut Answer| {
            if let Answer::Given { access, .. } = answer {
                change(access);
            }
        };
        jar(&mut self.jar);
        self.disk.iter_mut().for_each(change);
        for tab in &mut self.tabs {
            match &mut tab.refresh {
                Refresh::None | Refresh::Queued => {}
                Refresh::Sent { token, .. } => token.iter_mut().for_each(change),
                Refresh::Read { token, .. } => change(token),
                Refresh::Answered { answer: given, .. } => answer(given),
            }
            if let Call::Sent { access, .. } = &mut tab.call {
                access.iter_mut().for_each(change);
            }
        }
        match &mut self.load {
            Load::None => {}
            Load::Sent { token, .. } => token.iter_mut().for_each(change),
            Load::Answered { answer: given, .. } => answer(given),
        }
        for orphan in self.orphans.iter_mut().flatten() {
            orphan.token.iter_mut().for_each(change);
            orphan.answer.iter_mut().for_each(answer);
        }
        self.gathered.iter_mut().for_each(|gathered| change(&mut gathered.access));
    }

    pub fn set_jar(&mut self, jar: Jar, scenario: &Scenario) {
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
    pub fn requests(&self, tabs: usize) -> Vec<Option<Orphan>> {
        let tokens = self.tabs[..tabs].iter().filter_map(|tab| tab.refresh.token());
        tokens.map(|token| Some(Orphan { token: Some(token), answer: None, age: 0 })).collect()
    }

    /// A refresh has lost its tab: it takes a free place, or that of the oldest.
    pub fn orphan(&mut self, orphan: Orphan, most: usize) {
        let places = self.orphans[..most].iter_mut();
        // A free one counts as older than any.
        let place = places.max_by_key(|place| place.as_ref().map_or(u8::MAX, |held| held.age));
        if let Some(place) = place {
            *place = Some(orphan);
        }
    }

    pub fn end(&mut self, of: Person) {
        let row = self.row_mut(of);
        if row.life == Life::Live {
            row.life = Life::Over { by: End::Owner, since: Since::InForce };
        }
    }

    /// Whether a tab may sign in or out: nobody else's answer may set token cookies meanwhile.
    pub fn lock_is_free_for(&self, tab: usize) -> bool {
        let renewing = |answer: &Answer| matches!(answer, Answer::Given { refresh: true, .. });
        let page = matches!(&self.load, Load::Answered { answer, .. } if renewing(answer));
        let mut others = self.tabs.iter().enumerate().filter(|(other, _)| *other != tab);
        let busy = |refresh: &Refresh| !matches!(refresh, Refresh::None | Refresh::Queued);
        !page && others.all(|(_, other)| other.change == Change::None && !busy(&other.refresh))
    }
}

impl Row {
    pub const fn opened() -> Self {
        Self {
            life: Life::Live,
            answered: 0,
            seen: None,
            past_half: false,
            robbed: false,
            outdated: false,
        }
    }

    /// Whether its owner has ended it, or a thief has.
    pub const fn ended_rightly(self) -> bool {
        match self.life {
            Life::Over { by: End::Owner, .. } => true,
            Life::Over { by: End::Replay, .. } => self.robbed,
            Life::Unopened | Life::Live => false,
        }
    }
}
