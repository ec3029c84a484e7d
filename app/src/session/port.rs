//! What the driver needs of its surroundings: the browser, and the endpoints of the session.

use std::{future::Future, pin::Pin};

use super::Elapsed;
use crate::wire::User;

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

    /// Calls back whenever the tab may have slept: each time it becomes visible.
    fn on_wake(&self, callback: Box<dyn Fn() + Send + Sync>);

    /// Lets a task run on its own.
    fn spawn(&self, task: Task<()>);
}

/// The two calls by which a session renews itself and finds out whose it is.
pub trait SessionApi: Send + Sync + 'static {
    /// Asks for a new access token; the answer says how many seconds it lives, where it is told.
    fn refresh(&self) -> Task<Answer<Option<u64>>>;

    /// Asks who is signed in.
    fn user(&self) -> Task<Answer<User>>;
}

/// What came of a call of the session's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// What was asked for.
    Given(T),
    /// The API says that there is no session: 401.
    Refused,
    /// Trouble that says nothing about the session: no answer, 5xx, 429, somebody else's page.
    Failed {
        /// Seconds that the server asks to wait.
        retry_after_s: Option<u64>,
    },
}
