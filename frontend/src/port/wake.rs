//! When a tab may have slept or missed something.

use std::rc::Rc;

use app::session::Wake;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Event, EventTarget, PageTransitionEvent, VisibilityState, Window};

/// Whether somebody can see the page. One that is rendered ahead of a visit cannot be seen.
pub fn is_visible(document: &Document) -> bool {
    let prerendering = Reflect::get(document, &"prerendering".into());
    document.visibility_state() == VisibilityState::Visible
        && !prerendering.is_ok_and(|flag| flag.is_truthy())
}

/// Calls back for as long as the page lives.
pub fn listen(window: &Window, document: &Document, callback: Box<dyn Fn(Wake) + Send + Sync>) {
    let callback: Rc<dyn Fn(Wake)> = Rc::from(callback as Box<dyn Fn(Wake)>);
    for (target, name) in [
        (document.as_ref() as &EventTarget, "visibilitychange"),
        (document.as_ref(), "prerenderingchange"),
        (window.as_ref(), "focus"),
        (window.as_ref(), "online"),
        (window.as_ref(), "pageshow"),
    ] {
        let callback = Rc::clone(&callback);
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| callback(read(&event)));
        // Without it another of them wakes the session, or the timer does.
        _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        listener.forget();
    }
}

fn read(event: &Event) -> Wake {
    let transition = event.dyn_ref::<PageTransitionEvent>();
    match event.type_().as_str() {
        "online" => Wake::Online,
        "pageshow" if transition.is_some_and(PageTransitionEvent::persisted) => Wake::Restored,
        _ => Wake::Seen,
    }
}
