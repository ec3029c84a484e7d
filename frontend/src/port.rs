//! [`BrowserPort`] by the browser.

mod channel;
mod hints;
mod lock;
pub mod mark;
mod wake;

use std::cell::RefCell;

use app::session::{BrowserPort, Elapsed, Guard, Hint, Stopwatch, Task, Wake};
use gloo_timers::callback::Timeout;
use js_sys::{Date, Math};
use send_wrapper::SendWrapper;
use web_sys::{Document, Performance, Window};

use self::hints::Hints;

/// The tab we are in. There is one thread, so nothing in here ever meets another.
pub struct Tab(SendWrapper<Parts>);

struct Parts {
    window: Option<Window>,
    document: Option<Document>,
    performance: Option<Performance>,
    stopwatch: RefCell<Stopwatch>,
    timer: RefCell<Option<Timeout>>,
    hints: Hints,
}

impl Tab {
    /// The tab we are in.
    pub fn new() -> Self {
        let window = web_sys::window();
        let performance = window.as_ref().and_then(web_sys::Window::performance);
        let stopwatch = Stopwatch::started(monotonic_ms(performance.as_ref()), Date::now());
        Self(SendWrapper::new(Parts {
            document: window.as_ref().and_then(Window::document),
            window,
            performance,
            stopwatch: RefCell::new(stopwatch),
            timer: RefCell::new(None),
            hints: Hints::open(),
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
        self.0.document.as_ref().is_none_or(wake::is_visible)
    }

    fn set_timer(&self, delay_ms: u32, callback: Box<dyn FnOnce() + Send>) {
        *self.0.timer.borrow_mut() = Some(Timeout::new(delay_ms, callback));
    }

    fn clear_timer(&self) {
        *self.0.timer.borrow_mut() = None;
    }

    fn on_wake(&self, callback: Box<dyn Fn(Wake) + Send + Sync>) {
        if let (Some(window), Some(document)) = (&self.0.window, &self.0.document) {
            wake::listen(window, document, callback);
        }
    }

    fn lock(&self) -> Task<Guard> {
        Box::pin(SendWrapper::new(lock::acquire()))
    }

    fn tell(&self, hint: Hint) {
        self.0.hints.tell(hint);
    }

    fn on_hint(&self, callback: Box<dyn Fn(Hint) + Send + Sync>) {
        self.0.hints.listen(callback);
    }

    fn is_marked_out(&self) -> bool {
        self.0.document.as_ref().is_some_and(mark::is_set)
    }

    fn mark_out(&self, out: bool) {
        // A cookie that is not there needs no taking away.
        if let Some(document) = self.0.document.as_ref().filter(|d| out || mark::is_set(d)) {
            mark::set(document, out);
        }
    }

    fn spawn(&self, task: Task<()>) {
        wasm_bindgen_futures::spawn_local(task);
    }
}

fn monotonic_ms(performance: Option<&Performance>) -> f64 {
    performance.map_or(0.0, Performance::now)
}
