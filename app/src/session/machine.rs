//! The session machine: pure, and the only place where the session changes.
//!
//! [`Machine::step`] takes what happened and gives the next state and what is to be done. It knows
//! neither the browser nor the clock on the wall: time and chance come in as [`Now`].

mod elsewhere;
#[cfg(test)]
mod properties;
mod state;
mod step;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod timers;

pub use state::{Changes, Machine, Rest, State, Ticket, Trust};

use super::{Access, Elapsed, Hint};
use crate::wire::{SessionEnd, User};

/// What the machine may know of the outside at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// Time since the page was requested.
    pub elapsed: Elapsed,
    /// A random number in `[0, 1)`, drawn for this step.
    pub jitter: f64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Time to look at the clock: at the start, when the timer rang, when the tab became visible.
    Tick {
        /// Whether somebody can see the tab. What is due waits until then.
        visible: bool,
    },
    /// The network is back: what waited for that waits no longer.
    Online {
        /// Whether somebody can see the tab.
        visible: bool,
    },
    /// The page was put away, and comes back as it was left.
    Restored,
    /// Another tab tells something.
    Elsewhere(Hint),
    /// A request is about to be sent. Where its access token is known to have expired a refresh
    /// comes first, and saves a 401.
    Requested {
        /// Milliseconds that the token must have left.
        margin_ms: u64,
    },
    /// A request got no answer.
    Unanswered,
    /// A request was answered with the 401 that a refresh may cure.
    Unauthorised {
        /// The ticket the request was sent with.
        ticket: Ticket,
    },
    /// The same request was sent again after a refresh, and answered with that 401 again.
    RetryRefused {
        /// The ticket the second request was sent with.
        ticket: Ticket,
    },
    /// A request was answered in the person's name.
    Authenticated {
        /// The ticket the request was sent with.
        ticket: Ticket,
    },
    /// A sign-in or a sign-out is being sent. No refresh may be under way beside it: its answer
    /// could come last, and put the cookies of the old session over those of the new one.
    ChangeBegins,
    /// That sign-in or sign-out has failed.
    ChangeFailed,
    /// Somebody signed in here.
    SignedIn {
        /// Who.
        user: User,
        /// What is known of the access token; `None` where the server does not tell.
        access: Option<Access>,
    },
    /// The person is called something else from now on, or has another address.
    Renamed {
        /// The person.
        user: User,
    },
    /// The person signed out here.
    SignedOut {
        /// Whether the server has yet to hear of it.
        offline: bool,
    },
    /// The server has heard of a sign-out that it could not be told at once.
    FarewellHeard,
    /// A refresh is over.
    RefreshEnded {
        /// The epoch of its [`Command::Refresh`].
        epoch: u32,
        /// How it ended.
        end: RefreshEnd,
    },
}

/// How a refresh ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RefreshEnd {
    /// There is a new access token.
    Renewed {
        /// Whose session it is.
        user: User,
        /// What is known of the token; `None` where the server does not tell.
        access: Option<Access>,
    },
    /// There is no session.
    Refused {
        /// Why it ended, where the server says so.
        why: Option<SessionEnd>,
    },
    /// Trouble that says nothing about the session.
    Failed {
        /// Seconds that the server asks to wait.
        retry_after_s: Option<u64>,
    },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin a refresh.
    Refresh {
        /// Goes back with its result.
        epoch: u32,
        /// Who is signed in; where nobody knows the refresh has to find out.
        user: Option<User>,
    },
    /// The refresh in flight does not matter any more.
    AbortRefresh,
    /// Set the timer, in place of any other.
    Arm {
        /// In how many milliseconds it rings.
        delay_ms: u32,
    },
    /// Forget the timer.
    Disarm,
    /// Answer whoever is about to send a request, or reported a 401, by this step. Without it they
    /// wait, for the refresh or for the sign-in or sign-out that is on its way.
    Reply(Outcome),
    /// Answer all who wait.
    Settle(Outcome),
}

/// What a request has to do that met a 401, or is about to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Go out (once more): the access token is good, as far as is known.
    Retry,
    /// Take the 401 for the answer: there is no session to renew.
    Final,
    /// Give up for now: the session could not be renewed, and goes on.
    Trouble,
}
