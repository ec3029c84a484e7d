//! What the driver needs of its surroundings: the browser, and the endpoints of the session.

use std::{future::Future, pin::Pin};

use super::{Elapsed, Hint};
use crate::wire::{SessionEnd, User};

/// A boxed piece of work.
pub type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The tab this session runs in. One implementation talks to the browser, one is a test.
pub trait BrowserPort: Send + Sync + 'static {
    /// Time since the page was requested, sleep included; never goes back.
    fn now(&self) -> Elapsed;

    /// A random number in `[0, 1)`.
    fn jitter(&self) -> f64;

    /// Whether somebody can see this tab.
    fn visible(&self) -> bool;

    /// Calls back once, after `delay_ms`, in place of the timer that was set before.
    fn set_timer(&self, delay_ms: u32, callback: Box<dyn FnOnce() + Send>);

    /// Forgets the timer.
    fn clear_timer(&self);

    /// Calls back whenever the tab may have slept or missed something.
    fn on_wake(&self, callback: Box<dyn Fn(Wake) + Send + Sync>);

    /// Waits until no other tab has a request under way whose answer sets or deletes the token
    /// cookies; not for longer than 3 s, and not at all where the browser cannot tell.
    fn lock(&self) -> Task<Guard>;

    /// Tells the other tabs.
    fn tell(&self, hint: Hint);

    /// Calls back with what other tabs tell.
    fn on_hint(&self, callback: Box<dyn Fn(Hint) + Send + Sync>);

    /// Whether the browser counts as signed out although the server does not know.
    fn is_marked_out(&self) -> bool;

    /// Makes it so, or takes it back.
    fn mark_out(&self, out: bool);

    /// Lets a task run on its own.
    fn spawn(&self, task: Task<()>);
}

/// The two calls by which a session renews itself and finds out whose it is.
pub trait SessionApi: Send + Sync + 'static {
    /// Asks for a new access token.
    fn refresh(&self) -> Task<Answer<Renewal>>;

    /// Asks who is signed in.
    fn user(&self) -> Task<Answer<User>>;

    /// Signs out. What it answers does not matter, but it must be the API that confirms.
    fn logout(&self) -> Task<Answer<()>>;
}

/// Keeps other tabs' requests away from the token cookies until it is dropped.
pub type Guard = Box<dyn Send>;

/// Why it is time to look at the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The tab can be seen, or has the focus.
    Seen,
    /// The network is back.
    Online,
    /// The page was put away and comes back as it was: it has missed what happened since.
    Restored,
}

/// What a refresh brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// Seconds that the access token lives; `None` where the server does not tell.
    pub expires_in_s: Option<u64>,
    /// Seconds until the session ends if nothing renews it; `None` where the server does not tell.
    pub session_ends_in_s: Option<u64>,
    /// Whose it is; `None` where the server does not tell.
    pub user: Option<i64>,
}

/// What came of a call of the session's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// What was asked for.
    Given(T),
    /// The API says that there is no session: 401. Why, where there was one.
    Refused(Option<SessionEnd>),
    /// Trouble that says nothing about the session: no answer, 5xx, 429, somebody else's page.
    Failed {
        /// Seconds that the server asks to wait.
        retry_after_s: Option<u64>,
    },
}

impl<T> Answer<T> {
    /// Reads what was given; something else than what was asked for is trouble.
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Answer<U> {
        match self {
            Self::Given(given) => {
                read(given).map_or(Answer::Failed { retry_after_s: None }, Answer::Given)
            }
            Self::Refused(why) => Answer::Refused(why),
            Self::Failed { retry_after_s } => Answer::Failed { retry_after_s },
        }
    }
}
