//! A sign-out that the server has yet to hear of. The browser is marked; the mark goes once the API
//! has confirmed the sign-out, which is tried again whenever the tab wakes, and in between.

use futures::future::{AbortHandle, abortable};

use super::{Driver, tick};
use crate::session::{Answer, Hint, machine::Event, schedule};

/// How far it has come.
#[derive(Default)]
pub(super) struct Farewell {
    /// In place of the mark, where the browser refuses the cookie.
    owed: bool,
    failures: u32,
    under_way: Option<AbortHandle>,
}

impl Driver {
    /// Whether the server has yet to hear of a sign-out.
    pub(super) fn owes_farewell(&self) -> bool {
        self.lock().farewell.owed || self.port.is_marked_out()
    }

    /// The server could not be told: it will be.
    pub(super) fn owe_farewell(&self) {
        let owed = !self.port.is_marked_out();
        self.lock().farewell.owed = owed;
        self.farewell_later(None);
    }

    /// Another tab has told the server, or somebody has signed in there: this one has nothing to
    /// say any more.
    pub(super) fn owe_nothing(&self) {
        self.stop_farewell();
        self.lock().farewell = Farewell::default();
    }

    /// There is nothing to be told any more.
    pub(super) fn forget_farewell(&self) {
        self.owe_nothing();
        self.port.mark_out(false);
    }

    /// Tells the server, unless that is being done.
    pub(super) fn say_farewell(&self) {
        let Some(me) = self.me.upgrade() else { return };
        let (farewell, handle) = abortable(async move { me.farewell().await });
        {
            let mut inner = self.lock();
            if inner.farewell.under_way.is_some() {
                return;
            }
            inner.farewell.under_way = Some(handle);
        }
        self.port.spawn(Box::pin(async move { _ = farewell.await }));
    }

    async fn farewell(&self) {
        let lock = self.port.lock().await;
        // Another tab may have told the server meanwhile, or somebody has signed in there.
        let answer = if self.owes_farewell() { self.api.logout().await } else { Answer::Given(()) };
        drop(lock);
        self.lock().farewell.under_way = None;
        match answer {
            Answer::Given(()) => {
                self.forget_farewell();
                self.apply(Event::FarewellHeard, None);
                self.port.tell(Hint::SignedOut { offline: false });
            }
            // A 401 is no confirmation: the cookies may still be there.
            Answer::Refused(_) => self.farewell_later(None),
            Answer::Failed { retry_after_s } => self.farewell_later(retry_after_s),
        }
    }

    /// Tries again after a while.
    pub(super) fn farewell_later(&self, retry_after_s: Option<u64>) {
        let failures = {
            let farewell = &mut self.lock().farewell;
            farewell.failures = farewell.failures.saturating_add(1);
            farewell.failures
        };
        let wait_ms = schedule::backoff_ms(failures, retry_after_s, self.port.jitter());
        let me = self.me.clone();
        let wait_ms = u32::try_from(wait_ms).unwrap_or(schedule::LONGEST_TIMER_MS);
        self.port.set_timer(wait_ms, Box::new(move || tick(&me)));
    }

    /// Somebody signs in: what is on its way must not end that. Whether anything was.
    pub(super) fn stop_farewell(&self) -> bool {
        let under_way = self.lock().farewell.under_way.take();
        under_way.is_some_and(|farewell| {
            farewell.abort();
            true
        })
    }
}
