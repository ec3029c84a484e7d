//! The server of the model: the very rule that the server runs, over rows of the model.

use std::time::Duration;

use latchkey::{
    auth::{Blacklist, Standing},
    domain::{
        Decision, Family, Generation, Refusal, RevokeCause, RotationPolicy, SessionId, SigningKey,
        Timestamp, TokenKind, Tokens, Transition, UserId, decide,
        token::{Grant, TokenPolicy},
    },
};

use super::{
    faults::Fault,
    world::{Answer, End, Gathered, Life, Person, Row, Since, Token, World, Write},
};

pub const TICK: Duration = Duration::from_secs(15);
/// Ticks of `STORE_DELAY` and `RACE_WINDOW` as they are shipped.
pub const STORE: u8 = 4;
pub const RACE: u8 = 4;

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);
const ACCESS: Duration = Duration::from_mins(15);
const LEEWAY: Duration = Duration::from_mins(1);
const REFRESH: Duration = Duration::from_hours(168);
const ABSOLUTE: Duration = Duration::from_hours(2160);
/// The number of every current generation: what counts is the distance from it.
const CURRENT: i64 = 10;

/// What has come between the server's reading and its writing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Between {
    Nothing,
    Tick,
    AnotherWrite,
}

/// The server, with a fault or without.
pub struct Server {
    fault: Option<Fault>,
    policy: RotationPolicy,
    families: [SessionId; 2],
    /// Whether a token that leads to two successors is passed over, to see what comes of it.
    past_i2: bool,
    /// Whether an access token from the moment its family ended is accepted, for each [`Since`].
    outlives: [bool; 3],
}

/// What comes of a presentation, where it is not refused.
pub enum Read {
    Answer(Answer),
    Write(Write),
}

impl Server {
    pub fn new(fault: Option<Fault>) -> Self {
        let at_once = fault == Some(Fault::SightingAtOnce);
        let policy = RotationPolicy {
            rotate: true,
            blacklist: true,
            race_window: TICK * u32::from(RACE),
            store_delay: if at_once { Duration::ZERO } else { TICK * u32::from(STORE) },
            refresh_lifetime: REFRESH,
        };
        let id = |text| SessionId::parse(text).unwrap();
        let families = [
            id("019ab000-0000-7000-8000-000000000000"),
            id("019ab000-0000-7000-8000-000000000001"),
        ];
        Self { fault, policy, families, past_i2: false, outlives: outlives(fault, families[0]) }
    }

    /// Goes on where a token has led to two successors.
    pub fn past_i2(self) -> Self {
        Self { past_i2: true, ..self }
    }

    /// Reads the row and decides. `Err` is a broken promise.
    pub fn read(&self, world: &mut World, token: Option<Token>) -> Result<Read, &'static str> {
        let Some(token) = token else { return Ok(Read::Answer(Answer::Refused { of: None })) };
        let decided = self.decide(world, token).transition();
        let row = world.row(token.of);
        if decided.is_ok() && row.life == Life::Live && !row.honours(token) {
            return Err("I3: windows close as the table says");
        }
        match decided {
            Ok(None) => Ok(Read::Answer(given(token, false))),
            Ok(Some(transition)) => Ok(Read::Write(write(transition))),
            Err(refusal) => refuse(world, token, refusal).map(Read::Answer),
        }
    }

    /// Writes if the row is as it was read, and answers then.
    pub fn write(
        &self,
        world: &mut World,
        token: Token,
        write: Write,
        between: Between,
    ) -> Result<Option<Answer>, &'static str> {
        let row = *world.row(token.of);
        let ago = u8::from(between == Between::Tick);
        let unseen = row.seen.is_none() && self.stored(row, ago);
        let unchanged = between != Between::AnotherWrite;
        let holds = row.life == Life::Live && unchanged && (write != Write::Sight || unseen);
        let forks = self.fault == Some(Fault::Fork) && matches!(write, Write::Rotate { .. });
        let blind = forks && row.life == Life::Live;
        if !holds && !blind {
            return Ok(None);
        }
        self.apply(world, token.of, write, ago)?;
        let carries = transition(write).answers_refresh();
        let rotated = matches!(write, Write::Rotate { .. } | Write::Reissue);
        // The distance that the presented token must have from the one that answers it.
        let moved = if let Write::Rotate { by } = write { by } else { 0 };
        let distance = token.behind + moved - i8::from(rotated);
        if distance != 0 && !self.past_i2 {
            return Err("I2: a token that is presented twice leads to the same successor");
        }
        Ok(Some(given(token, carries)))
    }

    /// A page load in the first half of the token's life: it sets the access cookie at most.
    pub fn page(&self, world: &mut World, token: Token) -> Result<Answer, &'static str> {
        match self.decide(world, token).for_page_load().transition() {
            Ok(step) => {
                if let Some(transition) = step {
                    self.apply(world, token.of, write(transition), 0)?;
                }
                let current = self.fault == Some(Fault::PageLoadCurrent);
                let behind = if current { 0 } else { token.behind };
                Ok(Answer::Given { access: Token { behind, ..token }, refresh: false })
            }
            Err(refusal) => refuse(world, token, refusal),
        }
    }

    /// Whether an access token of a family that has ended is accepted all the same.
    pub const fn outlives(&self, since: Since) -> bool {
        self.outlives[since as usize]
    }

    /// An access token has shown that the client holds a generation.
    pub fn sight(&self, world: &mut World, access: Token) -> Result<(), &'static str> {
        let counts = self.stored(*world.row(access.of), 0);
        self.write_sighting(world, Gathered { access, age: 0, counts })
    }

    /// Writes a sighting as of when it was made.
    pub fn write_sighting(
        &self,
        world: &mut World,
        sighting: Gathered,
    ) -> Result<(), &'static str> {
        let Gathered { access, age, counts } = sighting;
        let row = *world.row(access.of);
        let (age, counts) = match self.fault {
            Some(Fault::SightingDatedLate) => (0, self.stored(row, 0)),
            Some(Fault::SightingUnchecked) => (age, true),
            _ => (age, counts),
        };
        if access.behind == 0 && row.life == Life::Live && row.seen.is_none() && counts {
            self.apply(world, access.of, Write::Sight, age)?;
        }
        Ok(())
    }

    /// Whether the client had had the time to store what was answered last.
    fn stored(&self, row: Row, ago: u8) -> bool {
        TICK * u32::from(row.answered.saturating_sub(ago)) >= self.policy.store_delay
    }

    fn decide(&self, world: &World, token: Token) -> Decision {
        let row = *world.row(token.of);
        let family = self.family(token.of, row);
        let presented = number(CURRENT - i64::from(token.behind));
        let decision = decide(presented, &family, NOW, &self.policy);
        self.fault
            .map_or(decision, |fault| fault.bend(decision, presented, &family, NOW, &self.policy))
    }

    /// Carries out a write that was decided on some ticks `ago`, and moves everybody's distance from
    /// the current generation.
    fn apply(
        &self,
        world: &mut World,
        of: Person,
        write: Write,
        ago: u8,
    ) -> Result<(), &'static str> {
        let row = world.row_mut(of);
        let before = self.family(of, *row);
        let at = NOW.before(TICK * u32::from(ago));
        let mut after = before.clone().after(transition(write), at);
        if self.fault == Some(Fault::SlidingLimit) {
            after.absolute_expires_at = at + ABSOLUTE;
        }
        if after.absolute_expires_at != before.absolute_expires_at {
            return Err("I5: the absolute limit never moves");
        }
        let by = after.generation.number() - CURRENT;
        let answered = after.answered_at != before.answered_at;
        if answered {
            let back = self.fault == Some(Fault::AnsweredBack);
            row.answered = if back { ago } else { row.answered.min(ago) };
        }
        row.past_half &= after.rotated_at == before.rotated_at;
        row.seen = match after.seen_at {
            None => None,
            Some(_) => Some(row.seen.unwrap_or(ago)),
        };
        world.shift(of, i8::try_from(by).unwrap());
        if let Some(gathered) = world.gathered.as_mut().filter(|g| answered && g.access.of == of) {
            gathered.counts = false;
        }
        if answered && self.fault != Some(Fault::RotationByGeneration) {
            world.keep_from_rotating(of);
        }
        Ok(())
    }

    fn family(&self, of: Person, row: Row) -> Family {
        let ago = |ticks: u8| NOW.before(TICK * u32::from(ticks));
        let rotated_at =
            if row.past_half { NOW.before(REFRESH * 3 / 4) } else { ago(row.answered) };
        let opened =
            Family::open(self.families[of as usize], UserId(of as i64), rotated_at, ABSOLUTE);
        let over = matches!(row.life, Life::Over { .. });
        let revoked =
            over.then_some(latchkey::domain::Revocation { at: NOW, cause: RevokeCause::Logout });
        Family {
            generation: number(CURRENT),
            answered_at: ago(row.answered),
            seen_at: row.seen.map(ago),
            revoked,
            ..opened
        }
    }
}

impl Row {
    /// I3, in words of its own: the parent counts until one window after its successor was seen.
    pub fn honours(self, token: Token) -> bool {
        let closed = self.seen.is_some_and(|seen| seen >= RACE);
        token.behind <= 0 || (token.behind == 1 && !closed)
    }
}

/// The answer carries the current generation.
const fn given(token: Token, refresh: bool) -> Answer {
    Answer::Given { access: Token { behind: 0, ..token }, refresh }
}

/// A refusal, and what a replay does.
fn refuse(world: &mut World, token: Token, refusal: Refusal) -> Result<Answer, &'static str> {
    let refused = Answer::Refused { of: Some(token.of) };
    match refusal {
        Refusal::Revoked(_) => Ok(refused),
        Refusal::Expired => Err("nothing expires here"),
        Refusal::Replay => {
            let row = world.row_mut(token.of);
            row.life = Life::Over { by: End::Replay, since: Since::InForce };
            if row.robbed { Ok(refused) } else { Err("nobody honest is taken for a thief") }
        }
    }
}

fn write(transition: Transition) -> Write {
    match transition {
        Transition::Sight => Write::Sight,
        Transition::Reissue => Write::Reissue,
        Transition::Renew { sighting } => Write::Renew { sighting },
        Transition::Rotate { to } => {
            Write::Rotate { by: i8::try_from(to.number() - CURRENT).unwrap() }
        }
    }
}

fn transition(write: Write) -> Transition {
    match write {
        Write::Sight => Transition::Sight,
        Write::Reissue => Transition::Reissue,
        Write::Renew { sighting } => Transition::Renew { sighting },
        Write::Rotate { by } => Transition::Rotate { to: number(CURRENT + i64::from(by)) },
    }
}

fn number(number: i64) -> Generation {
    Generation::new(number).unwrap()
}

/// The real blacklist and the real check of tokens, asked once for each moment that matters.
fn outlives(fault: Option<Fault>, session: SessionId) -> [bool; 3] {
    let policy = TokenPolicy {
        user_id_claim: "user_id".to_owned(),
        access_lifetime: ACCESS,
        refresh_lifetime: REFRESH,
        leeway: LEEWAY,
        issuer: None,
        audience: None,
    };
    let key = SigningKey::from_secret(b"a secret of thirty-two bytes or more").unwrap();
    let tokens = Tokens::new(key, policy);
    let longest = tokens.policy().longest_access();
    // What it adds of its own is taken off: the entry goes when the lifetime is over.
    let margin = Blacklist::new(Duration::ZERO, Duration::MAX).keep();
    let short = fault == Some(Fault::ForgetfulBlacklist);
    let asked = if short { ACCESS.checked_sub(margin).unwrap() } else { longest };
    let grant = Grant {
        user_id: UserId(1),
        session,
        generation: number(CURRENT),
        absolute_expires_at: NOW + ABSOLUTE,
    };
    let token = tokens.access(grant, NOW, [0; 16]).unwrap().token;
    [Duration::ZERO, ACCESS + LEEWAY / 2, longest].map(|later| {
        let blacklist = Blacklist::new(asked, Duration::from_hours(1));
        blacklist.absorb(vec![(session, NOW)], NOW + later);
        let known = blacklist.standing(session) == Standing::Revoked;
        let in_force = tokens.check(token.expose(), Some(TokenKind::Access), NOW + later).is_ok();
        in_force && !known
    })
}
