//! What the machine knows.

use crate::{
    session::{Access, Elapsed},
    wire::{SessionEnd, SessionSnapshot, User},
};

/// The session of this tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Which access token is in the cookie, as far as this tab has seen.
    pub ticket: Ticket,
    /// Who is signed in.
    pub state: State,
    /// The sign-ins and sign-outs on their way: nothing is refreshed meanwhile.
    pub changes: Changes,
    /// When the access token expires, where it is known.
    pub expires: Option<Elapsed>,
    /// When a refresh begins again that has given way to another tab's sign-in or sign-out.
    pub resumes: Option<Elapsed>,
    /// Until then a request without an answer says nothing about the server.
    pub calm_until: Elapsed,
}

/// Sign-ins and sign-outs on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// How many.
    pub under_way: u32,
    /// Whether somebody waits for a refresh that comes after them.
    pub refresh_wanted: bool,
}

impl Changes {
    /// Whether there are any.
    pub const fn any(self) -> bool {
        self.under_way > 0
    }

    /// One more.
    pub(super) const fn one_more(self, refresh_wanted: bool) -> Self {
        let refresh_wanted = self.refresh_wanted || refresh_wanted;
        Self { under_way: self.under_way.saturating_add(1), refresh_wanted }
    }

    /// One less.
    pub(super) const fn one_less(self) -> Self {
        Self { under_way: self.under_way.saturating_sub(1), ..self }
    }

    /// One less, after which nobody waits: whose session it is is known.
    pub(super) const fn settled(self) -> Self {
        Self { refresh_wanted: false, ..self.one_less() }
    }
}

/// Names an access token without holding it. A request remembers the ticket it was sent with: if
/// the ticket has changed when its 401 arrives, the refresh it needs has already been made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticket {
    /// Counts sign-ins and ends of sessions: within one epoch the person is the same.
    pub epoch: u32,
    /// Counts successful refreshes since the page was loaded.
    pub refreshes: u32,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Not known yet.
    Unknown(Rest),
    /// Nobody.
    Anonymous {
        /// Why, where it is known.
        why: Option<SessionEnd>,
    },
    /// Somebody.
    Active {
        /// Who.
        user: User,
        /// Until the next refresh.
        rest: Rest,
    },
    /// A refresh is under way. Whoever was signed in still is.
    Refreshing {
        /// Who, as far as it is known.
        user: Option<User>,
        /// What came before.
        trust: Trust,
    },
}

/// The time between two refreshes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// When to refresh unasked; `None` where the lifetime is not known: then a 401 will tell.
    pub due: Option<Elapsed>,
    /// No refresh before this, not even for a request: the server asked to wait.
    pub not_before: Elapsed,
    /// What came before.
    pub trust: Trust,
}

/// How the session has fared so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Refreshes in a row that failed without an end of the session.
    pub failures: u32,
    /// Refreshes in a row whose access token was refused at once.
    pub refuted: u8,
    /// Whether the token of the last one has been neither accepted nor refused yet.
    pub untried: bool,
    /// Whether a cookie of ours has ever come back in this session.
    pub cookies_kept: bool,
}

impl Machine {
    /// The state that the server put into the page. `jitter` is a random number in `[0, 1)`.
    ///
    /// Time is counted from the request of the page, a little before the server made its answer,
    /// so the token is taken to be a little older than it is.
    pub fn new(snapshot: SessionSnapshot, jitter: f64) -> Self {
        let mut expires = None;
        let state = match snapshot {
            SessionSnapshot::Unknown => {
                State::Unknown(Rest { due: Some(Elapsed(0)), ..Rest::default() })
            }
            SessionSnapshot::Anonymous { why } => State::Anonymous { why },
            SessionSnapshot::Active { user, expires_in_ms, lifetime_ms, .. } => {
                let access = Access { expires: Elapsed(expires_in_ms), lifetime_ms };
                let trust = Trust { cookies_kept: true, ..Trust::default() };
                let due = Some(access.refresh_due(jitter));
                expires = Some(access.expires);
                State::Active { user, rest: Rest { due, trust, ..Rest::default() } }
            }
        };
        Self { expires, ..Self::at_rest(Ticket::default(), state, Changes::default()) }
    }

    /// Of an access token nothing is known, and nothing has given way.
    pub const fn at_rest(ticket: Ticket, state: State, changes: Changes) -> Self {
        Self { ticket, state, changes, expires: None, resumes: None, calm_until: Elapsed(0) }
    }

    /// When the next refresh begins unasked. While one is under way that is now.
    pub fn due(&self, now: Elapsed) -> Option<Elapsed> {
        match &self.state {
            State::Unknown(rest) | State::Active { rest, .. } => rest.due,
            State::Refreshing { .. } => Some(now),
            State::Anonymous { .. } => None,
        }
    }
}

impl State {
    /// The state between two refreshes.
    pub fn resting(user: Option<User>, rest: Rest) -> Self {
        match user {
            Some(user) => Self::Active { user, rest },
            None => Self::Unknown(rest),
        }
    }
}
