//! Latchkey in the browser: hydration, and the adapters to `fetch`, timers and visibility. What is
//! decided is decided in `app`; here it is only carried out.

mod handed_over;
mod port;
mod transport;

use std::sync::Arc;

use app::{App, api::Host};
use leptos::{mount::hydrate_body, prelude::provide_context};
use wasm_bindgen::prelude::wasm_bindgen;

use self::{port::Tab, transport::Fetch};

/// Brings the page that the server rendered to life. Called by the script in its head.
#[wasm_bindgen]
pub fn hydrate() {
    // In a release its words would be a hundredth of the download.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    hydrate_body(|| {
        provide_context(Host { transport: Arc::new(Fetch), port: Some(Arc::new(Tab::new())) });
        App()
    });
    handed_over::forget();
}
