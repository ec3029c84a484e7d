//! A button that says when it is at work.

use leptos::prelude::*;

use super::{Erase, Piece};

/// A button with two labels of which one shows; its width is that of the longer one. It can be
/// pressed once the page is hydrated: until then nothing would answer.
///
/// While busy it keeps the focus (it is not `disabled`), so its handler must ignore presses.
#[component]
pub fn BusyButton(
    /// What it does.
    label: &'static str,
    /// What it is doing while busy.
    busy_label: &'static str,
    /// Whether it is at work.
    #[prop(into)]
    busy: Signal<bool>,
    /// CSS classes.
    class: &'static str,
    /// What pressing it does; without it, it submits its form.
    #[prop(optional, into)]
    press: Option<Callback<()>>,
) -> Piece {
    let hydrated = use_hydrated();
    view! {
        <button
            class=class
            type=if press.is_some() { "button" } else { "submit" }
            disabled=move || !hydrated.get()
            aria-busy=move || if busy.get() { "true" } else { "false" }
            on:click=move |_| press.iter().for_each(|press| press.run(()))
        >
            <span class:off=move || busy.get()>{label}</span>
            <span class="busy-label" class:off=move || !busy.get()>{busy_label}</span>
        </button>
    }
    .erase()
}

/// Whether the page answers to input. False on the server and in the first frame of the browser,
/// so that both render the same.
pub fn use_hydrated() -> Signal<bool> {
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    hydrated.into()
}
