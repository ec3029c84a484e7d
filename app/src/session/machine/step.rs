//! How the machine goes on.

use super::{
    Changes, Command, Event, Machine, Now, Outcome, RefreshEnd, Rest, State, Ticket, Trust,
};
use crate::{
    session::{Access, Elapsed, schedule},
    wire::{SessionEnd, User},
};

/// As many refreshes in a row whose token was refused at once prove that the cookies do not stick.
/// One proves nothing: whoever closes the lid at that moment has an expired token when it opens.
const REFUTED_LIMIT: u8 = 2;

/// A refresh that has succeeded speaks for the server this long, whatever becomes of other requests:
/// one endpoint that never answers must not set off one refresh after the other.
const CALM_MS: u64 = 30_000;

pub(super) type Step = (Machine, Vec<Command>);

impl Machine {
    /// What follows from an event.
    #[must_use]
    pub fn step(self, event: Event, now: Now) -> Step {
        match event {
            Event::Tick { visible } => self.tick(visible, now),
            Event::Online { visible } => self.online(visible, now),
            Event::Restored => self.restored(now),
            Event::Elsewhere(hint) => self.elsewhere(hint, now),
            Event::Requested { margin_ms } => self.requested(margin_ms, now),
            Event::Unanswered => self.unanswered(now),
            Event::Unauthorised { ticket } => self.unauthorised(ticket, now),
            Event::RetryRefused { ticket } => self.retry_refused(ticket),
            Event::Authenticated { ticket } => self.authenticated(ticket),
            Event::ChangeBegins => self.change_begins(now),
            Event::ChangeFailed => self.change_failed(now),
            Event::SignedIn { user, access } => self.signed_in(user, access, now),
            Event::Renamed { user } => self.renamed(user),
            Event::SignedOut { offline } => self.signed_out(offline),
            Event::FarewellHeard => self.farewell_heard(),
            Event::RefreshEnded { epoch, end } => self.refresh_ended(epoch, end, now),
        }
    }

    fn tick(self, visible: bool, now: Now) -> Step {
        let (State::Unknown(rest) | State::Active { rest, .. }) = &self.state else {
            return self.resume(now);
        };
        if self.changes.any() {
            return self.stay();
        }
        match rest.due {
            Some(due) if due > now.elapsed => {
                let rest = *rest;
                (self, vec![arm(&rest, now)])
            }
            Some(_) if visible => self.begin_refresh(),
            _ => self.stay(),
        }
    }

    fn online(mut self, visible: bool, now: Now) -> Step {
        match &mut self.state {
            State::Unknown(rest) | State::Active { rest, .. } if rest.trust.failures > 0 => {
                rest.due = Some(now.elapsed.max(rest.not_before));
            }
            // It may have begun without a network and be about to say so: that calls for no long wait.
            State::Refreshing { trust, .. } => trust.failures = trust.failures.min(1),
            _ => {}
        }
        self.tick(visible, now)
    }

    /// A refresh finds out when the server can be reached again.
    fn unanswered(mut self, now: Now) -> Step {
        let State::Active { rest, .. } = &mut self.state else { return self.stay() };
        if rest.trust.failures > 0 || self.changes.any() || now.elapsed < self.calm_until {
            return self.stay();
        }
        rest.trust.failures = 1;
        let wait_ms = schedule::backoff_ms(1, None, now.jitter);
        let soon = now.elapsed.plus(wait_ms);
        // What nobody has looked at since it was due waits, too.
        rest.due =
            Some(rest.due.filter(|due| *due > now.elapsed).map_or(soon, |due| due.min(soon)));
        let command = arm(rest, now);
        (self, vec![command])
    }

    fn requested(self, margin_ms: u64, now: Now) -> Step {
        let good = self.expires.is_none_or(|expires| expires > now.elapsed.plus(margin_ms));
        match self.state {
            State::Refreshing { .. } if !good => self.stay(),
            State::Active { .. } if !good => {
                let ticket = self.ticket;
                self.unauthorised(ticket, now)
            }
            _ => (self, vec![Command::Reply(Outcome::Retry)]),
        }
    }

    fn unauthorised(self, ticket: Ticket, now: Now) -> Step {
        let reply = |machine, outcome| (machine, vec![Command::Reply(outcome)]);
        if ticket.epoch != self.ticket.epoch {
            // Whoever sent it is not who is signed in now: it must not go out in another's name.
            return reply(self, Outcome::Final);
        }
        match &self.state {
            State::Anonymous { .. } => reply(self, Outcome::Final),
            State::Refreshing { .. } => self.stay(),
            State::Unknown(_) | State::Active { .. } if ticket != self.ticket => {
                reply(self, Outcome::Retry)
            }
            // Whose session it will be is about to be known.
            State::Unknown(_) | State::Active { .. } if self.changes.any() => {
                let changes = Changes { refresh_wanted: true, ..self.changes };
                (Self { changes, ..self }, Vec::new())
            }
            State::Unknown(rest) | State::Active { rest, .. } if now.elapsed < rest.not_before => {
                reply(self, Outcome::Trouble)
            }
            State::Unknown(_) | State::Active { .. } => self.begin_refresh(),
        }
    }

    fn retry_refused(mut self, ticket: Ticket) -> Step {
        let current = ticket == self.ticket;
        // Of several requests that were sent again after one refresh the first one counts.
        let Some(trust) = self.state.trust_mut().filter(|trust| current && trust.untried) else {
            return self.stay();
        };
        trust.untried = false;
        trust.refuted = trust.refuted.saturating_add(1);
        if trust.refuted < REFUTED_LIMIT {
            return self.stay();
        }
        // A sign-in or sign-out on its way still is.
        let changes = Changes { refresh_wanted: false, ..self.changes };
        self.end(SessionEnd::CookiesRefused, changes)
    }

    fn renamed(mut self, new: User) -> Step {
        if let State::Active { user, .. } | State::Refreshing { user: Some(user), .. } =
            &mut self.state
            && user.pk == new.pk
        {
            *user = new;
        }
        self.stay()
    }

    fn signed_out(self, offline: bool) -> Step {
        let changes = self.changes.settled();
        let why = if offline { SessionEnd::SignedOutOffline } else { SessionEnd::SignedOut };
        self.end(why, changes)
    }

    fn farewell_heard(mut self) -> Step {
        if let State::Anonymous { why: Some(why @ SessionEnd::SignedOutOffline) } = &mut self.state
        {
            *why = SessionEnd::SignedOut;
        }
        self.stay()
    }

    fn authenticated(mut self, ticket: Ticket) -> Step {
        if ticket == self.ticket
            && let Some(trust) = self.state.trust_mut()
        {
            *trust = Trust { refuted: 0, untried: false, cookies_kept: true, ..*trust };
        }
        self.stay()
    }

    fn change_begins(self, now: Now) -> Step {
        let in_flight = matches!(self.state, State::Refreshing { .. });
        let changes = self.changes.one_more(in_flight);
        let (state, mut commands) = match self.state {
            State::Refreshing { user, trust } => {
                // Nobody knows how far it came, so it is made good for afterwards.
                let rest = Rest { due: Some(now.elapsed), trust, ..Rest::default() };
                (State::resting(user, rest), vec![Command::AbortRefresh])
            }
            state => (state, Vec::new()),
        };
        commands.push(Command::Disarm);
        (Self { state, changes, resumes: None, ..self }, commands)
    }

    /// What was kept waiting begins now.
    fn change_failed(self, now: Now) -> Step {
        let changes = self.changes.one_less();
        let (State::Unknown(rest) | State::Active { rest, .. }) = &self.state else {
            return Self { changes, ..self }.stay();
        };
        let rest = *rest;
        if changes.any() {
            return Self { changes, ..self }.stay();
        }
        let machine = Self { changes: Changes::default(), ..self };
        match changes.refresh_wanted {
            true if now.elapsed >= rest.not_before => machine.begin_refresh(),
            true => (machine, vec![Command::Settle(Outcome::Trouble), arm(&rest, now)]),
            false => (machine, vec![arm(&rest, now)]),
        }
    }

    fn signed_in(self, user: User, access: Option<Access>, now: Now) -> Step {
        let mut commands = self.forget_refresh();
        let rest = rest(access, Trust::default(), now);
        let expires = access.map(|access| access.expires);
        commands.push(arm(&rest, now));
        let (ticket, state) = (self.ticket.next_epoch(), State::Active { user, rest });
        let changes = self.changes.settled();
        (Self { ticket, state, changes, expires, resumes: None, calm_until: calm(now) }, commands)
    }

    fn refresh_ended(self, epoch: u32, end: RefreshEnd, now: Now) -> Step {
        let (user, trust) = match self.state {
            State::Refreshing { user, trust } if epoch == self.ticket.epoch => (user, trust),
            // A sign-in or an end of the session has overtaken it: it changes nothing.
            state => return Self { state, ..self }.stay(),
        };
        match end {
            // What waits was meant for somebody else, and so is all that is shown.
            RefreshEnd::Renewed { user: other, .. }
                if user.as_ref().is_some_and(|user| user.pk != other.pk) =>
            {
                let state = State::resting(user, Rest { trust, ..Rest::default() });
                let (machine, mut commands) = Self { state, ..self }.find_out(now);
                commands.push(Command::Settle(Outcome::Final));
                (machine, commands)
            }
            RefreshEnd::Renewed { user: as_it_began, access } => {
                // They may have got another name since.
                let user = user.unwrap_or(as_it_began);
                renewed(self.ticket, user, access, trust.refuted, now)
            }
            RefreshEnd::Refused { why } => {
                refused(self.ticket, user.is_some(), why, trust.cookies_kept)
            }
            RefreshEnd::Failed { retry_after_s } => {
                let (machine, commands) = failed(self.ticket, user, trust, retry_after_s, now);
                (Self { expires: self.expires, ..machine }, commands)
            }
        }
    }

    fn begin_refresh(self) -> Step {
        let (user, rest) = match self.state {
            State::Unknown(rest) => (None, rest),
            State::Active { user, rest } => (Some(user), rest),
            State::Anonymous { .. } | State::Refreshing { .. } => return self.stay(),
        };
        let refresh = Command::Refresh { epoch: self.ticket.epoch, user: user.clone() };
        let state = State::Refreshing { user, trust: rest.trust };
        (Self { state, ..self }, vec![refresh])
    }

    pub(super) fn end(self, why: SessionEnd, changes: Changes) -> Step {
        let mut commands = self.forget_refresh();
        commands.push(Command::Disarm);
        let (ticket, state) = (self.ticket.next_epoch(), State::Anonymous { why: Some(why) });
        (Self::at_rest(ticket, state, changes), commands)
    }

    /// What to do with a refresh in flight when a sign-in or an end overtakes it.
    pub(super) fn forget_refresh(&self) -> Vec<Command> {
        match self.state {
            State::Refreshing { .. } => {
                vec![Command::AbortRefresh, Command::Settle(Outcome::Final)]
            }
            _ if self.changes.any() => vec![Command::Settle(Outcome::Final)],
            _ => Vec::new(),
        }
    }

    pub(super) fn stay(self) -> Step {
        (self, Vec::new())
    }
}

impl State {
    fn trust_mut(&mut self) -> Option<&mut Trust> {
        match self {
            Self::Unknown(rest) | Self::Active { rest, .. } => Some(&mut rest.trust),
            Self::Refreshing { trust, .. } => Some(trust),
            Self::Anonymous { .. } => None,
        }
    }
}

impl Ticket {
    pub(super) fn next_epoch(self) -> Self {
        Self { epoch: self.epoch.wrapping_add(1), ..self }
    }
}

fn renewed(ticket: Ticket, user: User, access: Option<Access>, refuted: u8, now: Now) -> Step {
    let ticket = Ticket { refreshes: ticket.refreshes.saturating_add(1), ..ticket };
    // The refresh cookie at least has come back.
    let trust = Trust { failures: 0, refuted, untried: true, cookies_kept: true };
    let rest = rest(access, trust, now);
    let commands = vec![arm(&rest, now), Command::Settle(Outcome::Retry)];
    let expires = access.map(|access| access.expires);
    let machine = Machine::at_rest(ticket, State::Active { user, rest }, Changes::default());
    (Machine { expires, calm_until: calm(now), ..machine }, commands)
}

fn refused(ticket: Ticket, somebody: bool, told: Option<SessionEnd>, cookies_kept: bool) -> Step {
    // Without cookies_kept: signed in here, and no cookie has come back since.
    let silent = if cookies_kept { SessionEnd::Ended } else { SessionEnd::CookiesRefused };
    let why = told.or_else(|| somebody.then_some(silent));
    let commands = vec![Command::Disarm, Command::Settle(Outcome::Final)];
    let (ticket, state) = (ticket.next_epoch(), State::Anonymous { why });
    (Machine::at_rest(ticket, state, Changes::default()), commands)
}

fn failed(
    ticket: Ticket,
    user: Option<User>,
    trust: Trust,
    retry_after_s: Option<u64>,
    now: Now,
) -> Step {
    let trust = Trust { failures: trust.failures.saturating_add(1), ..trust };
    let wait_ms = schedule::backoff_ms(trust.failures, retry_after_s, now.jitter);
    let due = Some(now.elapsed.plus(wait_ms));
    let not_before = now.elapsed.plus(schedule::retry_after_ms(retry_after_s));
    let rest = Rest { due, not_before, trust };
    let commands = vec![arm(&rest, now), Command::Settle(Outcome::Trouble)];
    (Machine::at_rest(ticket, State::resting(user, rest), Changes::default()), commands)
}

/// Until when a success just now speaks for the server.
pub(super) fn calm(now: Now) -> Elapsed {
    now.elapsed.plus(CALM_MS)
}

/// The rest after a sign-in or a refresh that succeeded just now.
pub(super) fn rest(access: Option<Access>, trust: Trust, now: Now) -> Rest {
    let due = access.map(|access| access.next_refresh(now.jitter, now.elapsed));
    Rest { due, trust, ..Rest::default() }
}

pub(super) fn arm(rest: &Rest, now: Now) -> Command {
    match rest.due {
        Some(due) => Command::Arm { delay_ms: schedule::timer_ms(due, now.elapsed) },
        None => Command::Disarm,
    }
}
