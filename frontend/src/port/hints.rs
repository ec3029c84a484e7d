//! What tabs tell each other: by a `BroadcastChannel`, else by the storage event.

use std::rc::Rc;

use app::session::Hint;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{MessageEvent, Storage, StorageEvent, Window};

use super::channel::Channel;

/// The name of the channel, and of the item in storage.
const NAME: &str = "latchkey";

/// The way to other tabs of this browser.
pub enum Hints {
    Channel(Rc<Channel>),
    Storage(Window, Storage),
    /// Neither is to be had: every tab finds out for itself.
    Nowhere,
}

impl Hints {
    /// The best that there is.
    pub fn open() -> Self {
        if let Some(channel) = Channel::open(NAME) {
            return Self::Channel(channel);
        }
        let window = web_sys::window();
        let storage = window.as_ref().and_then(|window| window.local_storage().ok().flatten());
        match window.zip(storage) {
            Some((window, storage)) => Self::Storage(window, storage),
            None => Self::Nowhere,
        }
    }

    /// Tells the other tabs.
    pub fn tell(&self, hint: Hint) {
        let text = hint.to_string();
        match self {
            Self::Channel(channel) => channel.post(&text),
            Self::Storage(_, storage) => {
                // An event comes with a change only, so nothing is left behind.
                _ = storage.set_item(NAME, &text);
                _ = storage.remove_item(NAME);
            }
            Self::Nowhere => {}
        }
    }

    /// Calls back with what they tell, for as long as the page lives.
    pub fn listen(&self, callback: Box<dyn Fn(Hint) + Send + Sync>) {
        let hear = move |text: Option<String>| {
            if let Some(hint) = text.as_deref().and_then(Hint::parse) {
                callback(hint);
            }
        };
        match self {
            Self::Channel(channel) => {
                let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                    hear(event.data().as_string());
                });
                channel.listen(listener.into_js_value().unchecked_into());
            }
            Self::Storage(window, _) => {
                let listener = Closure::<dyn Fn(StorageEvent)>::new(move |event: StorageEvent| {
                    if event.key().as_deref() == Some(NAME) {
                        hear(event.new_value());
                    }
                });
                let function = listener.as_ref().unchecked_ref();
                _ = window.add_event_listener_with_callback("storage", function);
                listener.forget();
            }
            Self::Nowhere => {}
        }
    }
}
