//! Pages that the server renders once the access token has expired.

use super::{Happening as H, Visit, keep, refreshing::present};
use crate::model::{
    faults::Fault,
    scenario::Scenario,
    world::{Answer, Change, Load, World},
};

/// One page at a time.
pub fn pages(scenario: &Scenario, world: &World, visit: &mut Visit<'_>) {
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
            // In the second half of its life, which may be now, it is treated as by the API.
            let changing = world.tabs.iter().any(|tab| tab.change != Change::None);
            if !changing || scenario.fault == Some(Fault::NoLock) {
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
        Answer::Refused { .. } if scenario.fault != Some(Fault::FailureDeletes) => Load::None,
        answer => Load::Answered { answer, late },
    }
}
