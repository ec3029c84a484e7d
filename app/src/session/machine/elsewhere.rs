//! What other tabs have done, and what a page has missed while it was put away.

#[cfg(test)]
mod tests;

use super::{
    Changes, Command, Machine, Now, Rest, State,
    step::{Step, arm, calm, rest},
};
use crate::{
    session::{Access, Fresh, Hint, hint::end, schedule},
    wire::{SessionEnd, User},
};

/// As long as another tab's sign-in may keep a refresh waiting, if nothing more is heard of it.
const GIVE_WAY_MS: u64 = 3_000;

impl Machine {
    pub(super) fn elsewhere(self, hint: Hint, now: Now) -> Step {
        match hint {
            Hint::ChangeBegins => self.give_way(now),
            Hint::ChangeFailed => self.resume_now(),
            Hint::Nobody => self.doubt(now),
            Hint::SignedOut { offline } if matches!(self.state, State::Anonymous { .. }) => {
                self.out_already(offline)
            }
            Hint::SignedOut { offline } => {
                let changes = Changes { refresh_wanted: false, ..self.changes };
                self.end(end(offline), changes)
            }
            Hint::SignedIn(fresh) if self.is_of(fresh.user) => match self.resumes {
                Some(_) => self.resume_now(),
                None => self.refreshed_elsewhere(fresh, now),
            },
            Hint::SignedIn(_) => self.find_out(now),
            Hint::Refreshed(fresh) => self.refreshed_elsewhere(fresh, now),
        }
    }

    /// The page comes back as it was left. Who is signed in now is asked before anything is shown.
    pub(super) fn restored(self, now: Now) -> Step {
        if matches!(self.state, State::Anonymous { .. }) { self.stay() } else { self.find_out(now) }
    }

    /// Another tab signs in or out: a refresh in flight is given up, and comes after it. Who asks for
    /// the lock again at once may get it first.
    fn give_way(self, now: Now) -> Step {
        if !matches!(self.state, State::Refreshing { .. }) {
            return self.stay();
        }
        let resumes = Some(now.elapsed.plus(GIVE_WAY_MS));
        let delay = u32::try_from(GIVE_WAY_MS).unwrap_or(schedule::LONGEST_TIMER_MS);
        let commands = vec![Command::AbortRefresh, Command::Arm { delay_ms: delay }];
        (Self { resumes, ..self }, commands)
    }

    /// Begins the refresh again that has given way, once its time has come.
    pub(super) fn resume(self, now: Now) -> Step {
        match self.resumes {
            Some(at) if at <= now.elapsed => self.resume_now(),
            Some(at) => {
                let delay_ms = schedule::timer_ms(at, now.elapsed);
                (self, vec![Command::Arm { delay_ms }])
            }
            None => self.stay(),
        }
    }

    fn resume_now(self) -> Step {
        let (State::Refreshing { user, .. }, Some(_)) = (&self.state, self.resumes) else {
            return self.stay();
        };
        let refresh = Command::Refresh { epoch: self.ticket.epoch, user: user.clone() };
        (Self { resumes: None, ..self }, vec![refresh])
    }

    /// On another page nobody is signed in: a refresh will tell. Until then nothing changes here.
    fn doubt(mut self, now: Now) -> Step {
        let State::Active { rest, .. } = &mut self.state else { return self.stay() };
        if rest.trust.failures > 0 || self.changes.any() {
            return self.stay();
        }
        rest.due = Some(now.elapsed);
        let command = arm(rest, now);
        (self, vec![command])
    }

    /// What another tab could not tell the server it has told it now.
    fn out_already(mut self, offline: bool) -> Step {
        if let State::Anonymous { why: Some(why @ SessionEnd::SignedOutOffline) } = &mut self.state
        {
            *why = end(offline);
        }
        self.stay()
    }

    /// One refresh for all tabs. A wrong hint costs one 401.
    fn refreshed_elsewhere(mut self, fresh: Fresh, now: Now) -> Step {
        if self.is_of_another(fresh.user) {
            return self.find_out(now);
        }
        let State::Active { rest: was, .. } = &mut self.state else { return self.stay() };
        let access = fresh.expires_in_s.map(|s| Access::fresh(now.elapsed, s));
        was.trust.failures = 0;
        *was = rest(access, was.trust, now);
        let command = arm(was, now);
        self.ticket.refreshes = self.ticket.refreshes.saturating_add(1);
        self.expires = access.map(|access| access.expires);
        self.calm_until = calm(now);
        (self, vec![command])
    }

    /// Nothing that is known of the person holds any more.
    pub(super) fn find_out(self, now: Now) -> Step {
        let mut commands = self.forget_refresh();
        let rest = Rest { due: Some(now.elapsed), ..Rest::default() };
        commands.push(arm(&rest, now));
        let (ticket, state) = (self.ticket.next_epoch(), State::Unknown(rest));
        let changes = Changes { refresh_wanted: false, ..self.changes };
        (Self::at_rest(ticket, state, changes), commands)
    }

    fn is_of(&self, pk: i64) -> bool {
        self.user().is_some_and(|user| user.pk == pk)
    }

    fn is_of_another(&self, pk: i64) -> bool {
        self.user().is_some_and(|user| user.pk != pk)
    }

    fn user(&self) -> Option<&User> {
        match &self.state {
            State::Active { user, .. } | State::Refreshing { user: Some(user), .. } => Some(user),
            State::Unknown(_) | State::Anonymous { .. } | State::Refreshing { user: None, .. } => {
                None
            }
        }
    }
}
