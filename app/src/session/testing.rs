//! A tab without a browser, for tests: time passes when the test says so.

use std::{
    future::poll_fn,
    mem,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use super::{BrowserPort, Elapsed, Guard, Hint, Task, Wake};
use crate::wire::{SessionSnapshot, User};

/// Whoever is signed in.
pub fn ada() -> User {
    User { pk: 1, username: "ada".to_owned(), ..User::default() }
}

/// Ada is signed in, her access token lives for 15 minutes and has been made just now.
pub fn ada_active() -> SessionSnapshot {
    SessionSnapshot::Active {
        user: ada(),
        expires_in_ms: 900_000,
        lifetime_ms: 900_000,
        session_ends_in_ms: None,
    }
}

/// A [`BrowserPort`] with a clock, a timer and a run queue made of values.
pub struct FakePort(Mutex<Tab>);

struct Tab {
    now: u64,
    visible: bool,
    jitter: f64,
    timer: Option<(u64, Box<dyn FnOnce() + Send>)>,
    wakes: Vec<Arc<dyn Fn(Wake) + Send + Sync>>,
    hears: Vec<Arc<dyn Fn(Hint) + Send + Sync>>,
    told: Vec<Hint>,
    marked_out: bool,
    refuses_mark: bool,
    lock: Arc<Lock>,
    tasks: Vec<Task<()>>,
}

/// The lock that tabs share: how many hold it.
#[derive(Default)]
struct Lock(AtomicUsize);

struct Held(Arc<Lock>);

impl Lock {
    fn is_free(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn hold(self: &Arc<Self>) -> Held {
        self.0.fetch_add(1, Ordering::Relaxed);
        Held(Arc::clone(self))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl FakePort {
    /// A visible tab at time 0 whose every draw is 0.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Tab {
            now: 0,
            visible: true,
            jitter: 0.0,
            timer: None,
            wakes: Vec::new(),
            hears: Vec::new(),
            told: Vec::new(),
            marked_out: false,
            refuses_mark: false,
            lock: Arc::default(),
            tasks: Vec::new(),
        })))
    }

    fn tab(&self) -> MutexGuard<'_, Tab> {
        self.0.lock().unwrap()
    }

    /// From now on the browser takes no mark.
    pub fn refuse_mark(&self) {
        self.tab().refuses_mark = true;
    }

    /// Lets all tasks go on until each waits for something from outside.
    pub fn run(&self) {
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..16 {
            let mut tasks = mem::take(&mut self.tab().tasks);
            tasks.retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
            // What was begun meanwhile comes after what waits already.
            let mut tab = self.tab();
            tasks.append(&mut tab.tasks);
            tab.tasks = tasks;
        }
    }

    /// Lets time pass, and the timer ring on the way.
    pub fn pass(&self, ms: u64) {
        let end = self.tab().now + ms;
        loop {
            let rings = {
                let mut tab = self.tab();
                let due = tab.timer.take_if(|(due, _)| *due <= end);
                tab.now = due.as_ref().map_or(end, |(due, _)| *due);
                due
            };
            let Some((_, ring)) = rings else { break };
            ring();
            self.run();
        }
    }

    /// Sends the tab to the background.
    pub fn hide(&self) {
        self.tab().visible = false;
    }

    /// Brings it back.
    pub fn show(&self) {
        self.tab().visible = true;
        self.wake(Wake::Seen);
    }

    /// Wakes the tab.
    pub fn wake(&self, wake: Wake) {
        let wakes = self.tab().wakes.clone();
        for call in wakes {
            call(wake);
        }
        self.run();
    }

    /// Another tab tells something.
    pub fn hear(&self, hint: Hint) {
        let hears = self.tab().hears.clone();
        for call in hears {
            call(hint);
        }
        self.run();
    }

    /// What other tabs were told since the last time.
    pub fn told(&self) -> Vec<Hint> {
        mem::take(&mut self.tab().told)
    }

    /// Another tab holds the lock until what comes back is dropped.
    pub fn hold_lock(&self) -> Guard {
        Box::new(self.tab().lock.hold())
    }

    /// Milliseconds until the timer rings.
    pub fn timer_in_ms(&self) -> Option<u64> {
        let tab = self.tab();
        tab.timer.as_ref().map(|(due, _)| due - tab.now)
    }
}

impl BrowserPort for FakePort {
    fn now(&self) -> Elapsed {
        Elapsed(self.tab().now)
    }

    fn jitter(&self) -> f64 {
        self.tab().jitter
    }

    fn visible(&self) -> bool {
        self.tab().visible
    }

    fn set_timer(&self, delay_ms: u32, callback: Box<dyn FnOnce() + Send>) {
        let mut tab = self.tab();
        tab.timer = Some((tab.now + u64::from(delay_ms), callback));
    }

    fn clear_timer(&self) {
        self.tab().timer = None;
    }

    fn on_wake(&self, callback: Box<dyn Fn(Wake) + Send + Sync>) {
        self.tab().wakes.push(callback.into());
    }

    fn lock(&self) -> Task<Guard> {
        let lock = Arc::clone(&self.tab().lock);
        Box::pin(async move {
            poll_fn(|_| if lock.is_free() { Poll::Ready(()) } else { Poll::Pending }).await;
            Box::new(lock.hold()) as Guard
        })
    }

    fn tell(&self, hint: Hint) {
        self.tab().told.push(hint);
    }

    fn on_hint(&self, callback: Box<dyn Fn(Hint) + Send + Sync>) {
        self.tab().hears.push(callback.into());
    }

    fn is_marked_out(&self) -> bool {
        self.tab().marked_out
    }

    fn mark_out(&self, out: bool) {
        let mut tab = self.tab();
        tab.marked_out = out && !tab.refuses_mark;
    }

    fn spawn(&self, task: Task<()>) {
        self.tab().tasks.push(task);
    }
}
