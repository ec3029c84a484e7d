//! Carries out what the machine decides.
//!
//! The lock is never held while anything outside is called, so that a port may call back at once.

mod change;
mod farewell;
#[cfg(test)]
mod tests;

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use futures::{
    channel::oneshot,
    future::{AbortHandle, abortable},
};

pub use self::change::Change;
use self::farewell::Farewell;
use super::{
    Access, Answer, BrowserPort, Elapsed, Fresh, Hint, Outcome, SessionApi, SessionView, Ticket,
    Wake,
    machine::{Command, Event, Machine, Now, RefreshEnd},
    view,
};
use crate::wire::{SessionEnd, SessionSnapshot, User};

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
    /// How many of this tab's own have succeeded.
    refreshes: u32,
    farewell: Farewell,
    /// When the session ends if nothing renews it, where that is known.
    session_ends: Option<Elapsed>,
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
        let session_ends = match &snapshot {
            SessionSnapshot::Active { session_ends_in_ms, .. } => session_ends_in_ms.map(Elapsed),
            SessionSnapshot::Unknown | SessionSnapshot::Anonymous { .. } => None,
        };
        let machine = Machine::new(snapshot, port.jitter());
        let inner = Inner {
            machine,
            started: false,
            waiting: Vec::new(),
            refresh: None,
            refreshes: 0,
            farewell: Farewell::default(),
            session_ends,
        };
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
    /// timer. Called after hydration; a second call does nothing.
    pub fn start(&self) {
        if mem::replace(&mut self.lock().started, true) {
            return;
        }
        let me = self.me.clone();
        self.port.on_wake(Box::new(move |wake| woken(&me, wake)));
        let me = self.me.clone();
        self.port.on_hint(Box::new(move |hint| hinted(&me, hint)));
        self.introduce();
        tick(&self.me);
    }

    /// Tells other tabs whose page this is: a form that was sent without a script tells nobody.
    fn introduce(&self) {
        let view = SessionView::from(&self.lock().machine);
        match view {
            SessionView::SignedIn { .. } => self.tell(Hint::SignedIn),
            SessionView::Anonymous { .. } => self.port.tell(Hint::Nobody),
            SessionView::Unknown { .. } => {}
        }
    }

    /// Names the access token that a request sent now carries.
    pub fn ticket(&self) -> Ticket {
        self.lock().machine.ticket
    }

    /// A request is about to be sent whose access token must be good for `margin_ms`: waits for a
    /// refresh if it is known not to be.
    pub async fn before_request(&self, margin_ms: u64) -> Outcome {
        self.ask(Event::Requested { margin_ms }).await
    }

    /// A request sent with `ticket` met a 401 that a refresh may cure: waits for the refresh that
    /// is under way, or begins one, unless it has already been made.
    pub async fn ensure_refreshed(&self, ticket: Ticket) -> Outcome {
        self.ask(Event::Unauthorised { ticket }).await
    }

    async fn ask(&self, event: Event) -> Outcome {
        let (waiter, outcome) = oneshot::channel();
        self.apply(event, Some(waiter));
        // Nobody drops a waiter unanswered; if somebody did, nothing is known of the session.
        outcome.await.unwrap_or(Outcome::Trouble)
    }

    /// A request got no answer.
    pub fn unanswered(&self) {
        self.apply(Event::Unanswered, None);
    }

    /// The second sending, with `ticket`, met the same 401.
    pub fn retry_refused(&self, ticket: Ticket) {
        self.apply(Event::RetryRefused { ticket }, None);
    }

    /// A request sent with `ticket` was answered in the person's name.
    pub fn authenticated(&self, ticket: Ticket) {
        self.apply(Event::Authenticated { ticket }, None);
    }

    /// Who is signed in, as far as is known: whom the page shows.
    pub fn shown(&self) -> Option<User> {
        match SessionView::from(&self.lock().machine) {
            SessionView::SignedIn { user, .. } => Some(user),
            SessionView::Unknown { .. } | SessionView::Anonymous { .. } => None,
        }
    }

    /// Whether it may be somebody else who is signed in, and not this `user`.
    pub fn may_be_of_another(&self, user: i64) -> bool {
        match SessionView::from(&self.lock().machine) {
            SessionView::SignedIn { user: known, .. } => known.pk != user,
            SessionView::Unknown { .. } => true,
            SessionView::Anonymous { .. } => false,
        }
    }

    /// The person is called something else from now on, or has another address.
    pub fn renamed(&self, user: User) {
        self.apply(Event::Renamed { user }, None);
    }

    /// Whether an answer to a request sent with `ticket` was given to `user`, and that is not who is
    /// signed in here: then the session finds out anew.
    pub fn is_of_another(&self, ticket: Ticket, user: i64) -> bool {
        let view = {
            let inner = self.lock();
            (inner.machine.ticket.epoch == ticket.epoch).then(|| SessionView::from(&inner.machine))
        };
        let Some(SessionView::SignedIn { user: known, .. }) = view else { return false };
        if known.pk == user {
            return false;
        }
        let fresh = Fresh { user, expires_in_s: None };
        self.apply(Event::Elsewhere(Hint::SignedIn(fresh)), None);
        true
    }

    /// Time since the page was requested.
    pub fn elapsed(&self) -> Elapsed {
        self.port.now()
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
            let ended = matches!(event, Event::RefreshEnded { .. });
            let before = inner.machine.ticket.refreshes;
            let (machine, commands) = inner.machine.clone().step(event, now);
            inner.machine = machine;
            inner.refreshes += u32::from(ended && inner.machine.ticket.refreshes != before);
            if !commands.iter().any(|command| matches!(command, Command::Reply(_))) {
                inner.waiting.extend(waiter.take());
            }
            (commands, SessionView::from(&inner.machine), inner.refreshes)
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
                let waiting = mem::take(&mut self.lock().waiting);
                settle(waiting, outcome);
            }
        }
    }

    fn refresh(&self, epoch: u32, user: Option<User>) {
        let Some(me) = self.me.upgrade() else { return };
        let (refresh, handle) = abortable(async move {
            let end = me.refreshed(user).await;
            let renewed = matches!(end, RefreshEnd::Renewed { .. });
            me.apply(Event::RefreshEnded { epoch, end }, None);
            if renewed {
                me.tell(Hint::Refreshed);
            }
        });
        self.lock().refresh = Some(handle);
        self.port.spawn(Box::pin(async move { _ = refresh.await }));
    }

    /// Refreshes, and asks whose session it is where nobody knows.
    async fn refreshed(&self, user: Option<User>) -> RefreshEnd {
        let lock = self.port.lock().await;
        let refreshed = self.api.refresh().await;
        drop(lock);
        let (access, of) = match refreshed {
            Answer::Given(renewal) => {
                self.session_goes_on(renewal.session_ends_in_s);
                (self.fresh(renewal.expires_in_s), renewal.user)
            }
            Answer::Refused(why) => return RefreshEnd::Refused { why: why.or(self.expired()) },
            Answer::Failed { retry_after_s } => return RefreshEnd::Failed { retry_after_s },
        };
        let user = match user {
            Some(user) if of.is_none_or(|pk| pk == user.pk) => Answer::Given(user),
            _ => self.api.user().await,
        };
        match user {
            Answer::Given(user) => RefreshEnd::Renewed { user, access },
            Answer::Refused(why) => RefreshEnd::Refused { why },
            Answer::Failed { retry_after_s } => RefreshEnd::Failed { retry_after_s },
        }
    }

    /// The session lasts for so long from now on, if nothing renews it.
    fn session_goes_on(&self, ends_in_s: Option<u64>) {
        let ends = ends_in_s.map(|s| self.port.now().plus(s.saturating_mul(1_000)));
        self.lock().session_ends = ends;
    }

    /// Whether the session's time was over. Its cookie was, too: the server was shown none, and cannot
    /// say.
    fn expired(&self) -> Option<SessionEnd> {
        let over = self.lock().session_ends.is_some_and(|ends| ends <= self.port.now());
        over.then_some(SessionEnd::Expired)
    }

    /// Tells other tabs of a new access token.
    fn tell(&self, hint: impl FnOnce(Fresh) -> Hint) {
        let now = self.port.now();
        let (view, expires) = {
            let inner = self.lock();
            (SessionView::from(&inner.machine), inner.machine.expires)
        };
        if let SessionView::SignedIn { user, .. } = view {
            let expires_in_s = expires.map(|expires| expires.since(now) / 1_000);
            self.port.tell(hint(Fresh { user: user.pk, expires_in_s }));
        }
    }

    /// Whether a sign-in or a sign-out of this tab is on its way.
    fn is_changing(&self) -> bool {
        self.lock().machine.changes.any()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tick(driver: &Weak<Driver>) {
    woken(driver, Wake::Seen);
}

fn woken(driver: &Weak<Driver>, wake: Wake) {
    let Some(driver) = driver.upgrade() else { return };
    if driver.is_changing() {
        return;
    }
    if driver.owes_farewell() {
        // Another tab has signed out, and this one may not have heard of it.
        driver.apply(Event::Elsewhere(Hint::SignedOut { offline: true }), None);
        driver.say_farewell();
        return;
    }
    let visible = driver.port.visible();
    if wake == Wake::Restored {
        driver.apply(Event::Restored, None);
    }
    driver.apply(
        match wake {
            Wake::Online => Event::Online { visible },
            Wake::Seen | Wake::Restored => Event::Tick { visible },
        },
        None,
    );
}

fn hinted(driver: &Weak<Driver>, hint: Hint) {
    let Some(driver) = driver.upgrade() else { return };
    if hint == Hint::ChangeBegins && driver.stop_farewell() {
        // Its answer deletes cookies, and could come last. If nothing comes of the sign-in it is
        // made good for.
        driver.farewell_later(None);
    }
    if matches!(hint, Hint::SignedIn(_) | Hint::SignedOut { offline: false }) {
        driver.owe_nothing();
    }
    driver.apply(Event::Elsewhere(hint), None);
}

fn settle(waiting: impl IntoIterator<Item = oneshot::Sender<Outcome>>, outcome: Outcome) {
    for waiter in waiting {
        // Whoever has stopped waiting does not want to know.
        _ = waiter.send(outcome);
    }
}
