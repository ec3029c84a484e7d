//! What the server handed over with the page: who is signed in, and their data, in a script. A page
//! outlives a session; once the app has read it, it goes.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast as _;

/// Every array that Leptos serialises values into.
const GLOBALS: [&str; 2] = ["__RESOLVED_RESOURCES", "__SERIALIZED_ERRORS"];

/// Forgets it: the values, and the text of the scripts that held them.
pub fn forget() {
    for name in GLOBALS {
        let values = Reflect::get(&js_sys::global(), &name.into()).unwrap_or_default();
        if let Some(values) = values.dyn_ref::<Array>() {
            values.set_length(0);
        }
    }
    let document = web_sys::window().and_then(|window| window.document());
    let Some(scripts) = document.and_then(|d| d.query_selector_all("script:not([src])").ok())
    else {
        return;
    };
    // They stay where they are, empty: the app counts nodes.
    for script in (0..scripts.length()).filter_map(|index| scripts.item(index)) {
        let text = script.text_content().unwrap_or_default();
        if GLOBALS.iter().any(|name| text.contains(name)) {
            script.set_text_content(None);
        }
    }
}
