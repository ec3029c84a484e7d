//! A tab without a browser, whose client talks to a server made of a script.

use std::sync::{Arc, Mutex};

use leptos::prelude::GetUntracked as _;

use crate::{
    api::{
        Api, ApiError, ApiRequest, ApiResponse, NoAnswer, SessionCalls, Transport,
        testing::FakeServer,
    },
    session::{BrowserPort, Driver, Hint, SessionView, testing::FakePort},
    wire::{ItemList, LoginRequest, SessionEnd, SessionSnapshot, User, paths},
};

/// What a server gives back.
pub type Sent = Result<ApiResponse, NoAnswer>;
/// Where the result of a call appears.
pub type Slot<T> = Arc<Mutex<Option<T>>>;

/// A tab with its client, its session and the server it talks to.
pub struct Tab {
    pub port: Arc<FakePort>,
    pub server: Arc<FakeServer>,
    api: Api,
    driver: Arc<Driver>,
    introduced: Vec<Hint>,
    view: Arc<Mutex<SessionView>>,
}

impl Tab {
    pub fn open(snapshot: SessionSnapshot) -> Self {
        Self::open_on(FakePort::new(), snapshot)
    }

    /// What other tabs are told when a page comes to life.
    pub fn introduction(snapshot: SessionSnapshot) -> Vec<Hint> {
        let tab = Self::open(snapshot);
        tab.introduced
    }

    /// A browser that signed out offline, and comes back.
    pub fn marked_out() -> Self {
        let port = FakePort::new();
        port.mark_out(true);
        let why = Some(SessionEnd::SignedOutOffline);
        Self::open_on(port, SessionSnapshot::Anonymous { why })
    }

    fn open_on(port: Arc<FakePort>, snapshot: SessionSnapshot) -> Self {
        let server = FakeServer::new();
        let view = Arc::new(Mutex::new(SessionView::from(&snapshot)));
        let seen = Arc::clone(&view);
        let transport: Arc<dyn Transport> = server.clone();
        let calls = Box::new(SessionCalls::new(Arc::clone(&transport)));
        let observer = Box::new(move |view, _| *seen.lock().unwrap() = view);
        let driver = Driver::new(snapshot, port.clone(), calls, observer);
        driver.start();
        port.run();
        let introduced = port.told();
        let api = Api::new(transport, Some(Arc::clone(&driver)));
        Self { port, server, api, driver, introduced, view }
    }

    /// Starts the driver once more.
    pub fn start(&self) {
        self.driver.start();
        self.port.run();
    }

    pub fn view(&self) -> SessionView {
        self.view.lock().unwrap().clone()
    }

    /// For whom the last change was meant that was not made.
    pub fn undone_for(&self) -> Option<i64> {
        self.api.undone_for().get_untracked()
    }

    /// Begins a call; its result appears in the slot.
    pub fn call<T, F>(&self, call: impl FnOnce(Api) -> F) -> Slot<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let slot = Slot::default();
        let (result, call) = (Arc::clone(&slot), call(self.api.clone()));
        self.port.spawn(Box::pin(async move { *result.lock().unwrap() = Some(call.await) }));
        self.port.run();
        slot
    }

    pub fn data(&self) -> Slot<Result<ItemList, ApiError>> {
        self.call(|api| async move { api.data().await })
    }

    pub fn login(&self) -> Slot<Result<User, ApiError>> {
        let request = LoginRequest {
            username: Some("ada".to_owned()),
            email: None,
            password: "x".to_owned(),
        };
        self.call(|api| async move { api.login(request).await })
    }

    pub fn logout(&self) -> Slot<Result<(), ApiError>> {
        self.call(|api| async move { api.logout().await })
    }

    /// Answers everything by `rule` until nothing waits any more.
    pub fn serve(&self, rule: impl Fn(&ApiRequest) -> Sent) {
        for _ in 0..50 {
            self.port.run();
            if self.server.answer(&rule) == 0 {
                return;
            }
        }
        panic!("the requests do not end");
    }

    pub fn refreshes(&self) -> usize {
        self.server.count(paths::TOKEN_REFRESH)
    }
}
