//! Refreshes, from the tab to the server and back.

use super::{Happening as H, Outcome, Visit, keep, told};
use crate::model::{
    faults::Fault,
    scenario::Scenario,
    server::{Between, Read},
    tab::{Told, send_refresh},
    world::{Answer, Orphan, Refresh, State, Token, World},
};

pub fn refreshes(scenario: &Scenario, world: &World, tab: usize, visit: &mut Visit<'_>) {
    let of = world.tabs[tab];
    let fault = scenario.fault;
    let begin = matches!(of.mind.state, State::Unknown | State::Active) && !of.mind.changing;
    visit(H::Refresh(tab), begin.then(|| told(*world, tab, &Told::Look, scenario)));
    let mut sent = *world;
    send_refresh(&mut sent, tab, scenario);
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
            // Without that fault a 503 does what no answer does.
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
            let mut kept = *world;
            keep(&mut kept, answer, scenario);
            visit(H::AnswerKeptUnheard(tab), Some(refresh_lost(scenario, kept, tab)));
            visit(H::RefreshLost(tab), Some(refresh_lost(scenario, *world, tab)));
        }
    }
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
            Refresh::Read { token, write, stale: false, waited: false, late }
        }
        (Read::Write(write), Some(token)) => {
            let answer = scenario.server.write(&mut world, token, write, Between::Nothing)?;
            Refresh::Answered { answer: answer.ok_or("nothing came between")?, late }
        }
        (Read::Write(_), None) => return Err("a refresh without a token writes nothing"),
    };
    Ok(world)
}

/// Where somebody else came first the server reads once more.
fn server_writes(scenario: &Scenario, mut world: World, tab: usize) -> Outcome {
    let Refresh::Read { token, write, stale, waited, late } = world.tabs[tab].refresh else {
        return Ok(world);
    };
    let between = match (stale, waited) {
        (true, _) => Between::AnotherWrite,
        (false, true) => Between::Tick,
        (false, false) => Between::Nothing,
    };
    let answer = scenario.server.write(&mut world, token, write, between)?;
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
        Answer::Refused { .. } | Answer::Trouble => None,
    };
    // A tab that knows who is signed in does not ask.
    let user = world.tabs[tab].mind.user.or(asked);
    told(world, tab, &Told::Ended { answer: Some(answer), user, overtaken: false }, scenario)
}

/// The connection breaks, or the tab has waited for long enough.
fn refresh_lost(scenario: &Scenario, mut world: World, tab: usize) -> Outcome {
    let refresh = std::mem::replace(&mut world.tabs[tab].refresh, Refresh::None);
    if let Some(token) = refresh.token().filter(|_| scenario.late > 0) {
        let orphan = Orphan { token: Some(token), answer: None, age: 0 };
        world.orphan(orphan, scenario.orphans);
    }
    let ended = Told::Ended { answer: None, user: None, overtaken: false };
    told(world, tab, &ended, scenario)
}

/// A presentation that nothing comes between.
pub fn present(
    scenario: &Scenario,
    world: &mut World,
    token: Token,
) -> Result<Answer, &'static str> {
    match scenario.server.read(world, Some(token))? {
        Read::Answer(answer) => Ok(answer),
        Read::Write(write) => {
            let answer = scenario.server.write(world, token, write, Between::Nothing)?;
            answer.ok_or("nothing came between")
        }
    }
}

pub fn orphan_handled(scenario: &Scenario, world: &World, number: usize) -> Option<Outcome> {
    let Orphan { token, answer: None, age } = world.orphans[number]? else { return None };
    let token = token?;
    let mut next = *world;
    next.orphans[number] = None;
    Some(present(scenario, &mut next, token).map(|answer| {
        if scenario.fault == Some(Fault::LateSuccess) {
            next.orphans[number] = Some(Orphan { token: None, answer: Some(answer), age });
        }
        next
    }))
}

pub fn orphan_arrives(scenario: &Scenario, world: &World, number: usize) -> Option<Outcome> {
    let answer = world.orphans[number]?.answer?;
    let mut next = *world;
    next.orphans[number] = None;
    keep(&mut next, answer, scenario);
    Some(Ok(next))
}
