//! The session as pages find it: a Leptos context.

use std::{mem, sync::Arc};

use leptos::prelude::*;

use super::{Driver, Elapsed, SessionView, view};
use crate::{
    api::{Host, SessionCalls},
    wire::SessionSnapshot,
};

/// The session of the tab, or of the request that is being rendered.
#[derive(Clone)]
pub struct SessionContext {
    view: ReadSignal<SessionView>,
    refreshes: ReadSignal<u32>,
    first_countdown_s: Option<u64>,
    driver: Option<Arc<Driver>>,
}

impl SessionContext {
    /// Who is signed in. Does not change during SSR.
    pub fn view(&self) -> ReadSignal<SessionView> {
        self.view
    }

    /// How often this tab has refreshed successfully since it was loaded.
    pub fn refreshes(&self) -> ReadSignal<u32> {
        self.refreshes
    }

    /// Whole seconds until the next refresh that comes unasked, `None` where none is planned. Not
    /// reactive: ask again. During SSR and in the first frame it is computed from the snapshot
    /// alone, so that both agree.
    pub fn next_refresh_in_s(&self) -> Option<u64> {
        match &self.driver {
            Some(driver) => driver.next_refresh_in_s(),
            None => self.first_countdown_s,
        }
    }

    /// Time since the page was requested, sleep included. Not reactive: ask again. During SSR none
    /// passes.
    pub fn elapsed(&self) -> Elapsed {
        self.driver.as_ref().map(|driver| driver.elapsed()).unwrap_or_default()
    }

    /// What keeps the session alive: there in the browser alone.
    pub fn driver(&self) -> Option<&Arc<Driver>> {
        self.driver.as_ref()
    }

    fn new(snapshot: SessionSnapshot, host: Host) -> Self {
        let first_countdown_s = view::next_refresh_in_s(&snapshot);
        let view = RwSignal::new(SessionView::from(&snapshot));
        let refreshes = RwSignal::new(0);
        let driver = host.port.map(|port| {
            let calls = Box::new(SessionCalls::new(host.transport));
            let observer = move |seen, count| {
                set_if_new(view, seen);
                set_if_new(refreshes, count);
            };
            Driver::new(snapshot, port, calls, Box::new(observer))
        });
        let (view, refreshes) = (view.read_only(), refreshes.read_only());
        Self { view, refreshes, first_countdown_s, driver }
    }
}

/// Provides the session in the state that the server found it in. Where the [`Host`] has a browser
/// port the session is alive from the end of hydration on; during SSR it stays as it is.
pub fn provide_session(snapshot: SessionSnapshot) {
    let session = SessionContext::new(snapshot, Host::from_context());
    if let Some(driver) = session.driver.clone() {
        Effect::new(move |_| driver.start());
    }
    provide_context(session);
}

/// The session. Outside of the app it is one of which nothing is known.
pub fn use_session() -> SessionContext {
    use_context().unwrap_or_else(|| SessionContext::new(SessionSnapshot::Unknown, Host::default()))
}

/// Wakes nobody who would see what they saw before.
pub(crate) fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    signal.maybe_update(|old| mem::replace(old, value) != *old);
}
