//! A `BroadcastChannel` that is closed while the page is put away: browsers throw a page away that
//! is sent a message meanwhile, and Back would have to load it anew.

use std::{cell::RefCell, rc::Rc};

use js_sys::Function;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{BroadcastChannel, Event};

/// The channel of one name, as long as the page lives.
pub struct Channel {
    name: &'static str,
    open: RefCell<Option<BroadcastChannel>>,
    listener: RefCell<Option<Function>>,
}

impl Channel {
    /// Opens it; `None` where the browser has no such thing.
    pub fn open(name: &'static str) -> Option<Rc<Self>> {
        let open = RefCell::new(Some(BroadcastChannel::new(name).ok()?));
        let channel = Rc::new(Self { name, open, listener: RefCell::default() });
        let window = web_sys::window()?;
        for (event, change) in [("pagehide", Self::close as fn(&Self)), ("pageshow", Self::reopen)]
        {
            let channel = Rc::clone(&channel);
            let listener = Closure::<dyn Fn(Event)>::new(move |_| change(&channel));
            let function = listener.as_ref().unchecked_ref();
            _ = window.add_event_listener_with_callback(event, function);
            listener.forget();
        }
        Some(channel)
    }

    /// Sends a text to the other pages.
    pub fn post(&self, text: &str) {
        if let Some(open) = &*self.open.borrow() {
            _ = open.post_message(&text.into());
        }
    }

    /// Calls back with every message event.
    pub fn listen(&self, listener: Function) {
        if let Some(open) = &*self.open.borrow() {
            open.set_onmessage(Some(&listener));
        }
        *self.listener.borrow_mut() = Some(listener);
    }

    fn close(&self) {
        if let Some(open) = self.open.take() {
            open.close();
        }
    }

    fn reopen(&self) {
        let mut open = self.open.borrow_mut();
        if let (None, Ok(channel)) = (&*open, BroadcastChannel::new(self.name)) {
            channel.set_onmessage(self.listener.borrow().as_ref());
            *open = Some(channel);
        }
    }
}
