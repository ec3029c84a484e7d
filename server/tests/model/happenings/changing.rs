//! Signing in and out.

use super::{Happening as H, Outcome, Visit, told};
use crate::model::{
    faults::Fault,
    scenario::Scenario,
    tab::{Told, tell},
    world::{Change, Jar, Life, Person, Row, State, Token, World},
};

/// Signing in and out. The lock `latchkey-cookies` keeps them apart from other tabs' refreshes.
pub fn changes(scenario: &Scenario, world: &World, tab: usize, visit: &mut Visit<'_>) {
    let of = world.tabs[tab];
    let fault = scenario.fault;
    let somebody = of.mind.state != State::Anonymous;
    match of.change {
        Change::None if fault == Some(Fault::NoLock) || world.lock_is_free_for(tab) => {
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
            visit(H::SessionOpened(tab), Some(Ok(opened)));
            let mut next = *world;
            next.tabs[tab].change = Change::Verified { replaces, outdated: true, late };
            visit(H::PasswordChanged, (!outdated).then_some(Ok(next)));
        }
        Change::SignedOut { .. } | Change::SignedIn { .. } | Change::Failed { .. } => {
            visit(H::ChangeArrives(tab), Some(change_arrives(scenario, *world, tab)));
            let kept = cookies_of(scenario, *world, tab);
            visit(H::ChangeKeptUnheard(tab), Some(change_lost(kept, tab, scenario)));
            visit(H::ChangeLost(tab), Some(change_lost(*world, tab, scenario)));
        }
    }
}

fn sign_out(scenario: &Scenario, mut world: World, tab: usize, heard: bool) -> Outcome {
    let sent = world.jar;
    tell(&mut world, tab, &Told::ChangeBegins, scenario)?;
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
    tell(&mut world, tab, &Told::ChangeBegins, scenario)?;
    world.tabs[tab].change = Change::Failed { late: false };
    if heard {
        world.tabs[tab].change = Change::Verified { replaces, outdated: false, late: false };
        if !scenario.phases {
            return Ok(open_session(world, tab, replaces, false, scenario.fault));
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
) -> World {
    let late = matches!(world.tabs[tab].change, Change::Verified { late: true, .. });
    if outdated && fault != Some(Fault::NoUserLock) {
        world.tabs[tab].change = Change::Failed { late };
        return world;
    }
    if let Some(person) = replaces {
        world.end(person);
    }
    *world.row_mut(Person::Bob) = Row { outdated, ..Row::opened() };
    world.tabs[tab].change = Change::SignedIn { late };
    world
}

/// What the answer does to the jar.
fn cookies_of(scenario: &Scenario, mut world: World, tab: usize) -> World {
    let bob = Some(Token { of: Person::Bob, behind: 0 });
    match world.tabs[tab].change {
        Change::SignedOut { .. } => world.set_jar(Jar { access: None, refresh: None }, scenario),
        Change::SignedIn { .. } => world.set_jar(Jar { access: bob, refresh: bob }, scenario),
        Change::None | Change::Verified { .. } | Change::Failed { .. } => {}
    }
    world
}

fn change_arrives(scenario: &Scenario, world: World, tab: usize) -> Outcome {
    let mut next = cookies_of(scenario, world, tab);
    next.tabs[tab].change = Change::None;
    let what = match world.tabs[tab].change {
        Change::SignedOut { .. } => Told::SignedOut,
        Change::SignedIn { .. } => Told::SignedIn(Person::Bob),
        Change::None | Change::Verified { .. } | Change::Failed { .. } => Told::ChangeFailed,
    };
    told(next, tab, &what, scenario)
}

fn change_lost(mut world: World, tab: usize, scenario: &Scenario) -> Outcome {
    world.tabs[tab].change = Change::None;
    told(world, tab, &Told::ChangeFailed, scenario)
}
