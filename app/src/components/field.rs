//! A labelled form field with its error beside it.

use leptos::prelude::*;

use super::{Erase, Piece, part};

/// The label, the input (whose `id` is `name`), and the error with the id `<name>-error`, for the
/// input's `aria-describedby`.
#[component]
pub fn Field(
    /// The name of the input.
    name: &'static str,
    /// What to enter.
    label: &'static str,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// The input.
    input: Piece,
) -> Piece {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {input}
            <Fault name error />
        </div>
    }
    .erase()
}

/// What is wrong with a field, with the id `<name>-error`.
#[component]
pub fn Fault(
    /// The name of the input.
    name: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
) -> Piece {
    let message = part(move || {
        let id = format!("{name}-error");
        error.get().map(|error| view! { <p class="field-error" id=id>{error}</p> }.erase())
    });
    message.erase()
}
