//! [`BrowserPort`] by the browser.

use std::cell::RefCell;

use app::session::{BrowserPort, Elapsed, Stopwatch, Task};
use gloo_timers::callback::Timeout;
use js_sys::{Date, Math};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Performance, VisibilityState};

/// The tab we are in. There is one thread, so nothing in here ever meets another.
pub struct Tab(SendWrapper<Parts>);

struct Parts {
    document: Option<Document>,
    performance: Option<Performance>,
    stopwatch: RefCell<Stopwatch>,
    timer: RefCell<Option<Timeout>>,
}

impl Tab {
    /// The tab we are in.
    pub fn new() -> Self {
        let window = web_sys::window();
        let performance = window.as_ref().and_then(web_sys::Window::performance);
        let stopwatch = Stopwatch::started(monotonic_ms(performance.as_ref()), Date::now());
        Self(SendWrapper::new(Parts {
            document: window.and_then(|window| window.document()),
            performance,
            stopwatch: RefCell::new(stopwatch),
            timer: RefCell::new(None),
        }))
    }
}

impl BrowserPort for Tab {
    fn now(&self) -> Elapsed {
        let monotonic_ms = monotonic_ms(self.0.performance.as_ref());
        self.0.stopwatch.borrow_mut().read(monotonic_ms, Date::now())
    }

    fn jitter(&self) -> f64 {
        Math::random()
    }

    fn visible(&self) -> bool {
        let document = self.0.document.as_ref();
        document.is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
    }

    fn set_timer(&self, delay_ms: u32, callback: Box<dyn FnOnce() + Send>) {
        *self.0.timer.borrow_mut() = Some(Timeout::new(delay_ms, callback));
    }

    fn clear_timer(&self) {
        *self.0.timer.borrow_mut() = None;
    }

    fn on_wake(&self, callback: Box<dyn Fn() + Send + Sync>) {
        let Some(document) = self.0.document.as_ref() else { return };
        let listener = Closure::<dyn Fn()>::new(callback);
        let function = listener.as_ref().unchecked_ref();
        // Without it only the timer wakes the session.
        _ = document.add_event_listener_with_callback("visibilitychange", function);
        // Stays for as long as the page does.
        listener.forget();
    }

    fn spawn(&self, task: Task<()>) {
        wasm_bindgen_futures::spawn_local(task);
    }
}

fn monotonic_ms(performance: Option<&Performance>) -> f64 {
    performance.map_or(0.0, Performance::now)
}
