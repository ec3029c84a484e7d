//! What neither tabs nor server do: time, the disk, crashes, backups, thieves.

use super::{Outcome, refreshing::present};
use crate::model::{
    scenario::{Scenario, opened},
    server::{RACE, STORE},
    world::{
        Answer, Call, Change, Jar, Life, Load, Mind, Orphan, Person, Refresh, Row, Since, State,
        Token, World,
    },
};

/// Ticks that a browser may take to write its cookies to disk: Chromium takes 30 s.
const DISK: u8 = 2;

/// Somebody presents a copy of a refresh token that the browser once had: any but the current one
/// must have reached it, or it would not have been replaced.
pub fn use_stolen(scenario: &Scenario, world: &World, behind: i8) -> Option<Outcome> {
    let token = Token { of: Person::Ada, behind };
    let mut next = *world;
    let row = next.row_mut(token.of);
    if row.life != Life::Live {
        return None;
    }
    let in_window = row.honours(token);
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

/// 15 s pass. What is under way takes one tick at most.
pub fn tick(scenario: &Scenario, world: &World) -> Option<Outcome> {
    let late = scenario.late;
    let mut next = *world;
    for tab in &mut next.tabs {
        match &mut tab.refresh {
            Refresh::Sent { late, .. } | Refresh::Answered { late, .. } => grow_late(late)?,
            Refresh::Read { waited, late, .. } => {
                grow_late(late)?;
                *waited = true;
            }
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
    for orphan in &mut next.orphans {
        *orphan = orphan.filter(|orphan| orphan.age < late);
    }
    for orphan in next.orphans.iter_mut().flatten() {
        orphan.age += 1;
    }
    if let Some(gathered) = &mut next.gathered {
        gathered.age = (gathered.age + 1).min(RACE);
    }
    if next.disk != next.jar.refresh {
        next.dirty = Some(next.dirty + 1).filter(|dirty| *dirty <= DISK)?;
    }
    for row in &mut next.rows {
        if row.life == Life::Live {
            row.answered = (row.answered + 1).min(scenario.longest_answered());
            row.seen = row.seen.map(|seen| (seen + 1).min(RACE));
        }
    }
    Some(Ok(next))
}

fn grow_late(late: &mut bool) -> Option<()> {
    (!std::mem::replace(late, true)).then_some(())
}

pub fn flush(world: &World) -> Option<Outcome> {
    let differs = world.disk != world.jar.refresh;
    differs.then_some(Ok(World { disk: world.jar.refresh, dirty: 0, ..*world }))
}

pub fn half_life(world: &World, of: Person) -> Option<Outcome> {
    let row = world.row(of);
    let possible = row.life == Life::Live && row.answered >= STORE && !row.past_half;
    let mut next = *world;
    next.row_mut(of).past_half = true;
    possible.then_some(Ok(next))
}

/// Time passes for a family that has ended.
pub fn expire(world: &World, of: Person) -> Option<Outcome> {
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
pub fn crash(world: &World, heard: Option<Orphan>) -> World {
    let mut next = *world;
    for tab in &mut next.tabs {
        *tab = opened(Mind::new(State::Unknown, None));
    }
    next.orphans = [heard, None];
    next.load = Load::None;
    next.jar = Jar { access: None, refresh: next.disk };
    next.dirty = 0;
    next
}

/// The database is put back to an earlier generation. Connections break then: no answer from
/// before arrives after it.
pub fn restore(world: &World, back: i8, seen: bool) -> Option<Outcome> {
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
