//! Calls to the API, whose access tokens show what the browser holds.

use super::{Happening as H, Outcome, Visit, told};
use crate::model::{
    scenario::Scenario,
    server::STORE,
    tab::Told,
    world::{Call, Gathered, Life, State, Ticket, Token, World},
};

pub fn calls(scenario: &Scenario, world: &World, tab: usize, visit: &mut Visit<'_>) {
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
            // A token may have expired at any time, but not one that was fetched just now; or once.
            let again = second && life == Some(Life::Live);
            if !again || (scenario.trust && !world.slept) {
                let slept = World { slept: world.slept || again, ..*world };
                visit(
                    H::CallUnauthorised(tab),
                    Some(unauthorised(slept, tab, ticket, second, scenario)),
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
        Life::Over { since, .. } if scenario.server.outlives(since) => {
            return Some(Err("I4: access tokens die with their family"));
        }
        Life::Unopened | Life::Over { .. } => return None,
        Life::Live if world.row(access.of).outdated => {
            return Some(Err("no session lives by a password that has been replaced"));
        }
        Life::Live => {}
    }
    if sighted {
        let before = world;
        if scenario.gather {
            // The newest waits, and of those that are equal the first.
            let older = |gathered: &Gathered| gathered.access != access;
            if access.behind == 0 && world.gathered.as_ref().is_none_or(older) {
                let counts = world.row(access.of).answered >= STORE;
                world.gathered = Some(Gathered { access, age: 0, counts });
            }
        } else if let Err(promise) = scenario.server.sight(&mut world, access) {
            return Some(Err(promise));
        }
        if world == before {
            return None;
        }
    }
    world.tabs[tab].call = Call::None;
    Some(told(world, tab, &Told::Authenticated(ticket), scenario))
}

fn unauthorised(
    mut world: World,
    tab: usize,
    ticket: Ticket,
    second: bool,
    scenario: &Scenario,
) -> Outcome {
    if second {
        world.tabs[tab].call = Call::None;
        return told(world, tab, &Told::RetryRefused(ticket), scenario);
    }
    world.tabs[tab].call = Call::Waiting { ticket };
    told(world, tab, &Told::Unauthorised, scenario)
}

pub fn sighting_written(scenario: &Scenario, world: &World) -> Option<Outcome> {
    let gathered = world.gathered?;
    let mut next = World { gathered: None, ..*world };
    Some(scenario.server.write_sighting(&mut next, gathered).map(|()| next))
}

pub fn sighting_lost(world: &World) -> Option<Outcome> {
    world.gathered.map(|_| Ok(World { gathered: None, ..*world }))
}
