//! A button that says when it is at work.

use leptos::prelude::*;

use super::{Erase, Piece, effect};

/// The button of a form, with two labels of which one shows; its width is that of the longer one.
/// Before the page is hydrated the browser sends the form by itself.
///
/// While busy it keeps the focus (it is not `disabled`), so its form must ignore presses.
#[component]
pub fn BusyButton(
    /// What it does.
    label: &'static str,
    /// What it is doing while busy.
    busy_label: &'static str,
    /// To whom or what, where that can be seen beside it.
    #[prop(optional)]
    whom: String,
    /// Whether something is at work that it waits for: presses are ignored then, too.
    #[prop(optional)]
    held: Option<RwSignal<bool>>,
    /// Whether it is at work.
    busy: RwSignal<bool>,
    /// CSS classes.
    class: &'static str,
) -> Piece {
    let whom = (!whom.is_empty()).then(|| view! { <span class="unseen">" " {whom}</span> }.erase());
    let is_held = move || held.is_some_and(|held| held.get()) && !busy.get();
    view! {
        <button
            class=class
            type="submit"
            aria-disabled=move || is_held().then_some("true")
            aria-busy=move || if busy.get() { "true" } else { "false" }
        >
            <span class:off=move || busy.get()>{label}</span>
            <span class="busy-label" class:off=move || !busy.get()>{busy_label}</span>
            {whom}
        </button>
    }
    .erase()
}

/// Whether the page answers to input. False on the server and in the first frame of the browser,
/// so that both render the same.
pub fn use_hydrated() -> RwSignal<bool> {
    let hydrated = RwSignal::new(false);
    effect(move |_| hydrated.set(true));
    hydrated
}
