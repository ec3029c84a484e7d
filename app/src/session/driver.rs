//! Carries out what the machine decides.
//!
//! The lock is never held while anything outside is called, so that a port may call back at once.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use futures::{
    channel::oneshot,
    future::{AbortHandle, abortable},
};

use super::{
    Access, Answer, BrowserPort, Outcome, SessionApi, SessionView, Ticket,
    machine::{Command, Event, Machine, Now, RefreshEnd},
    view,
};
use crate::wire::{SessionSnapshot, User};

/// Hears after every step what pages see and how many refreshes have succeeded since the page was
/// loaded.
type Observer = Box<dyn Fn(SessionView, u32) + Send + Sync>;

/// The running session of this tab.
pub struct Driver {
    me: Weak<Self>,
    port: Arc<dyn BrowserPort>,
    api: Box<dyn SessionApi>,
    observer: Observer,
    first_countdown_s: Option<u64>,
    inner: Mutex<Inner>,
}

struct Inner {
    machine: Machine,
    started: bool,
    /// Requests that met a 401 and wait for the refresh in flight.
    waiting: Vec<oneshot::Sender<Outcome>>,
    refresh: Option<AbortHandle>,
}

impl Driver {
    /// A driver in the state that the server put into the page. It does nothing of its own accord
    /// before [`Driver::start`].
    pub fn new(
        snapshot: SessionSnapshot,
        port: Arc<dyn BrowserPort>,
        api: Box<dyn SessionApi>,
        observer: Observer,
    ) -> Arc<Self> {
        let first_countdown_s = view::next_refresh_in_s(&snapshot);
        let machine = Machine::new(snapshot, port.jitter());
        let inner = Inner { machine, started: false, waiting: Vec::new(), refresh: None };
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            port,
            api,
            observer,
            first_countdown_s,
            inner: Mutex::new(inner),
        })
    }

    /// Looks at the clock from now on: finds out what the server could not know, and sets the
    /// timer. Called once, after hydration.
    pub fn start(&self) {
        self.lock().started = true;
        let me = self.me.clone();
        self.port.on_wake(Box::new(move || tick(&me)));
        tick(&self.me);
    }

    /// Names the access token that a request sent now carries.
    pub fn ticket(&self) -> Ticket {
        self.lock().machine.ticket
    }

    /// A request sent with `ticket` met a 401 that a refresh may cure: waits for the refresh that
    /// is under way, or begins one, unless it has already been made.
    pub async fn ensure_refreshed(&self, ticket: Ticket) -> Outcome {
        let (waiter, outcome) = oneshot::channel();
        self.apply(Event::Unauthorised { ticket }, Some(waiter));
        // Nobody drops a waiter unanswered; if somebody did, nothing is known of the session.
        outcome.await.unwrap_or(Outcome::Trouble)
    }

    /// The second sending, with `ticket`, met the same 401.
    pub fn retry_refused(&self, ticket: Ticket) {
        self.apply(Event::RetryRefused { ticket }, None);
    }

    /// A request sent with `ticket` was answered in the person's name.
    pub fn authenticated(&self, ticket: Ticket) {
        self.apply(Event::Authenticated { ticket }, None);
    }

    /// A sign-in or a sign-out is about to be sent: a refresh in flight is given up, and none is
    /// begun until the change is over.
    pub fn begin_change(&self) -> Change<'_> {
        self.apply(Event::ChangeBegins, None);
        Change { driver: self, over: false }
    }

    /// Whole seconds until the next refresh that comes unasked; `None` where none is planned.
    /// Before [`Driver::start`] it is what the server said.
    pub fn next_refresh_in_s(&self) -> Option<u64> {
        let now = self.port.now();
        let inner = self.lock();
        if !inner.started {
            return self.first_countdown_s;
        }
        inner.machine.due(now).map(|due| due.since(now) / 1_000)
    }

    fn fresh(&self, expires_in_s: Option<u64>) -> Option<Access> {
        expires_in_s.map(|s| Access::fresh(self.port.now(), s))
    }

    /// One step of the machine. A `waiter` is answered at once, or waits for the refresh.
    fn apply(&self, event: Event, mut waiter: Option<oneshot::Sender<Outcome>>) {
        let now = Now { elapsed: self.port.now(), jitter: self.port.jitter() };
        let (commands, view, refreshes) = {
            let mut inner = self.lock();
            let (machine, commands) = inner.machine.clone().step(event, now);
            inner.machine = machine;
            if !commands.iter().any(|command| matches!(command, Command::Reply(_))) {
                inner.waiting.extend(waiter.take());
            }
            (commands, SessionView::from(&inner.machine), inner.machine.ticket.refreshes)
        };
        (self.observer)(view, refreshes);
        for command in commands {
            self.run(command, &mut waiter);
        }
    }

    fn run(&self, command: Command, waiter: &mut Option<oneshot::Sender<Outcome>>) {
        match command {
            Command::Refresh { epoch, user } => self.refresh(epoch, user),
            Command::AbortRefresh => {
                if let Some(refresh) = self.lock().refresh.take() {
                    refresh.abort();
                }
            }
            Command::Arm { delay_ms } => {
                let me = self.me.clone();
                self.port.set_timer(delay_ms, Box::new(move || tick(&me)));
            }
            Command::Disarm => self.port.clear_timer(),
            Command::Reply(outcome) => settle(waiter.take(), outcome),
            Command::Settle(outcome) => {
                let waiting = std::mem::take(&mut self.lock().waiting);
                settle(waiting, outcome);
            }
        }
    }

    fn refresh(&self, epoch: u32, user: Option<User>) {
        let Some(me) = self.me.upgrade() else { return };
        let (refresh, handle) = abortable(async move {
            let end = me.refreshed(user).await;
            me.apply(Event::RefreshEnded { epoch, end }, None);
        });
        self.lock().refresh = Some(handle);
        self.port.spawn(Box::pin(async move { _ = refresh.await }));
    }

    /// Refreshes, and asks whose session it is where nobody knows.
    async fn refreshed(&self, user: Option<User>) -> RefreshEnd {
        let access = match self.api.refresh().await {
            Answer::Given(expires_in_s) => self.fresh(expires_in_s),
            Answer::Refused => return RefreshEnd::Refused,
            Answer::Failed { retry_after_s } => return RefreshEnd::Failed { retry_after_s },
        };
        let user = match user {
            Some(user) => Answer::Given(user),
            None => self.api.user().await,
        };
        match user {
            Answer::Given(user) => RefreshEnd::Renewed { user, access },
            Answer::Refused => RefreshEnd::Refused,
            Answer::Failed { retry_after_s } => RefreshEnd::Failed { retry_after_s },
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sign-in or a sign-out on its way. Dropped, it has failed, and the session goes on as it was.
pub struct Change<'d> {
    driver: &'d Driver,
    over: bool,
}

impl Change<'_> {
    /// Somebody signed in just now. `access_expires_in_s`, where it is told, counts from now.
    pub fn signed_in(mut self, user: User, access_expires_in_s: Option<u64>) {
        self.over = true;
        let access = self.driver.fresh(access_expires_in_s);
        self.driver.apply(Event::SignedIn { user, access }, None);
    }

    /// The person signed out just now.
    pub fn signed_out(mut self) {
        self.over = true;
        self.driver.apply(Event::SignedOut, None);
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.driver.apply(Event::ChangeFailed, None);
        }
    }
}

fn tick(driver: &Weak<Driver>) {
    if let Some(driver) = driver.upgrade() {
        let visible = driver.port.visible();
        driver.apply(Event::Tick { visible }, None);
    }
}

fn settle(waiting: impl IntoIterator<Item = oneshot::Sender<Outcome>>, outcome: Outcome) {
    for waiter in waiting {
        // Whoever has stopped waiting does not want to know.
        _ = waiter.send(outcome);
    }
}
