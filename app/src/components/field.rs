//! A labelled form field with its error beside it.

use leptos::prelude::*;

/// The label, the input (the children, whose `id` is `name`), and the error with the id
/// `<name>-error`, for the input's `aria-describedby`.
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
    children: Children,
) -> AnyView {
    let error_id = format!("{name}-error");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {children()}
            {move || {
                let id = error_id.clone();
                error.get().map(|error| view! { <p class="field-error" id=id>{error}</p> })
            }}
        </div>
    }
    .into_any()
}
