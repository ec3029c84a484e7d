//! What can happen, and what comes of it.

mod calling;
mod changing;
mod outside;
mod pages;
mod refreshing;

use std::fmt;

use Happening as H;
use calling::{calls, sighting_lost, sighting_written};
use changing::changes;
use outside::{crash, expire, flush, half_life, restore, tick, use_stolen};
use pages::pages;
use refreshing::{orphan_arrives, orphan_handled, refreshes};

use super::{
    scenario::Scenario,
    tab::{Told, tell},
    world::{Answer, OLD, Person, World},
};

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
    AnswerKeptUnheard(usize),
    RefreshLost(usize),
    CopyHandled(usize),
    Call(usize),
    CallServed { tab: usize, sighted: bool },
    CallUnauthorised(usize),
    SightingWritten,
    SightingLost,
    SignOut { tab: usize, heard: bool },
    SignIn { tab: usize, heard: bool },
    SessionOpened(usize),
    PasswordChanged,
    ChangeArrives(usize),
    ChangeKeptUnheard(usize),
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
    // Where a thief was served nothing more is promised to his victim.
    if !scenario.aftermath && world.rows.iter().any(|row| row.robbed) {
        return;
    }
    let mut visit = |happening, possible: Option<Outcome>| {
        if let Some(outcome) = possible {
            visit(happening, outcome);
        }
    };
    visit(H::Tick, tick(scenario, world));
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
    for number in 0..world.orphans.len() {
        visit(H::OrphanHandled, orphan_handled(scenario, world, number));
        visit(H::OrphanArrives, orphan_arrives(scenario, world, number));
    }
    if scenario.gather {
        visit(H::SightingWritten, sighting_written(scenario, world));
        visit(H::SightingLost, sighting_lost(world));
    }
    if scenario.thief {
        for behind in 0..=OLD {
            visit(H::UseStolen { behind }, use_stolen(scenario, world, behind));
        }
    }
}

type Visit<'v> = dyn FnMut(Happening, Option<Outcome>) + 'v;

fn told(mut world: World, tab: usize, told: &Told, scenario: &Scenario) -> Outcome {
    tell(&mut world, tab, told, scenario)?;
    Ok(world)
}

fn keep(world: &mut World, answer: Answer, scenario: &Scenario) {
    let mut jar = world.jar;
    jar.keep(answer, scenario.fault);
    world.set_jar(jar, scenario);
}

impl fmt::Display for Happening {
    #[expect(clippy::too_many_lines, reason = "a sentence for each")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            H::AnswerKeptUnheard(tab) => {
                write!(f, "the browser keeps the cookies of an answer that tab {tab} does not hear")
            }
            H::RefreshLost(tab) => write!(f, "tab {tab} gets no answer to its refresh"),
            H::CopyHandled(tab) => {
                write!(f, "the server hears a second copy of tab {tab}'s refresh")
            }
            H::Call(tab) => write!(f, "tab {tab} calls the API"),
            H::CallServed { tab, sighted: true } => {
                write!(f, "the API serves tab {tab}, and notes the sighting")
            }
            H::CallServed { tab, .. } => write!(f, "the API serves tab {tab}"),
            H::SightingWritten => write!(f, "the sighting is written, as of when it was made"),
            H::SightingLost => write!(f, "the sighting is lost with the server's memory"),
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
            H::ChangeKeptUnheard(tab) => {
                write!(
                    f,
                    "the browser keeps the cookies of tab {tab}'s sign-in or sign-out, unheard"
                )
            }
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
