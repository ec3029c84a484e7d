//! The inputs of a form.

use leptos::{html, prelude::*};

use super::{Erase, Field, Piece, use_hydrated};

/// An input. It is read when the form is sent and never written: what was typed before the page was
/// hydrated stays.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name, and its `id`.
    pub name: &'static str,
    input: NodeRef<html::Input>,
}

impl Entry {
    /// An input that is not in the document yet.
    pub fn new(name: &'static str) -> Self {
        Self { name, input: NodeRef::new() }
    }

    /// What was typed.
    pub fn value(self) -> String {
        self.input.get_untracked().map(|input| input.value()).unwrap_or_default()
    }

    /// Takes the focus, with what was typed selected.
    pub fn focus(self) {
        // The page may have been left meanwhile.
        if let Some(input) = self.input.try_get_untracked().flatten() {
            _ = input.focus();
            input.select();
        }
    }

    /// Takes the focus as soon as it is in the document.
    pub fn focus_on_arrival(self) {
        super::on_arrival(move || {
            if let Some(input) = self.input.get() {
                _ = input.focus();
            }
        });
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// The input.
    entry: Entry,
    /// What to enter.
    label: &'static str,
    /// `text` or `email`.
    kind: &'static str,
    /// For password managers and keyboards.
    autocomplete: &'static str,
    /// What is in it at first.
    value: Option<String>,
    /// Whether it has the focus at first.
    autofocus: bool,
    /// Whether it may not be left empty.
    required: bool,
    /// What is wrong with it.
    error: Signal<Option<String>>,
) -> Piece {
    let described_by = Signal::stored(None);
    let input =
        view! { <Input entry kind autocomplete value autofocus required error described_by /> }
            .into_inner();
    view! { <Field name=entry.name label error input /> }.erase()
}

/// A password, with a button that shows it.
#[component]
pub fn PasswordField(
    /// The input.
    entry: Entry,
    /// What to enter.
    label: &'static str,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// Whether it has the focus at first.
    autofocus: bool,
    /// Whether it can be read; several fields may share it.
    shown: RwSignal<bool>,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// The id of what describes it while nothing is wrong with it alone.
    described_by: Signal<Option<String>>,
) -> Piece {
    let hydrated = use_hydrated();
    let kind = Signal::derive(move || if shown.get() { "text" } else { "password" }.to_owned());
    let input = view! {
        <div class="with-toggle">
            <Input
                entry
                kind
                autocomplete
                value=None
                autofocus
                required=true
                error
                described_by
            />
            // Of no use without a script: the style sheet hides it until then.
            <button
                class="toggle"
                type="button"
                disabled=move || !hydrated.get()
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                "Show" <span class="unseen">" password"</span>
            </button>
        </div>
    }
    .erase();
    view! { <Field name=entry.name label error input /> }.erase()
}

/// The input itself. What is wrong with it describes it, else what `described_by` names.
#[component]
fn Input(
    entry: Entry,
    #[prop(into)] kind: Signal<String>,
    autocomplete: &'static str,
    value: Option<String>,
    autofocus: bool,
    required: bool,
    error: Signal<Option<String>>,
    described_by: Signal<Option<String>>,
) -> Piece {
    let name = entry.name;
    let described_by = move || {
        let own = error.get().map(|_| format!("{name}-error"));
        own.or_else(|| described_by.get())
    };
    view! {
        <input
            id=name
            name=name
            type=kind
            autocomplete=autocomplete
            autocapitalize="none"
            spellcheck="false"
            value=value
            required=required
            autofocus=autofocus
            node_ref=entry.input
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described_by
        />
    }
    .erase()
}
