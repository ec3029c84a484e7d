//! The inputs of a form.

use leptos::{html, prelude::*};

use super::{
    Erase, Fault, Field, Piece,
    strength::{Strength, advice},
    use_hydrated,
};
use crate::wire::Asked;

/// What a form asks for.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The name of the input, and its `id`.
    pub name: &'static str,
    /// What to enter.
    pub label: &'static str,
    /// What kind of thing that is.
    pub kind: Kind,
    /// For password managers and keyboards.
    pub autocomplete: &'static str,
    /// What to say where nothing was entered; empty where that may be.
    pub missing: &'static str,
}

/// What is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An address.
    Email,
    /// Something that nobody is to read over a shoulder. It can be shown.
    Password,
    /// Whether one means it: a box to tick.
    Tick,
    /// Nothing: the page brings it.
    Hidden,
}

/// What one chooses is typed twice, and by this the two are known.
const CHOSEN: &str = "new-password";

impl Question {
    /// A password that one has.
    pub const fn password(name: &'static str, label: &'static str, missing: &'static str) -> Self {
        let autocomplete = "current-password";
        Self { name, label, kind: Kind::Password, autocomplete, missing }
    }

    /// A password that one chooses, or the same once more.
    pub const fn choice(name: &'static str, label: &'static str, missing: &'static str) -> Self {
        Self { autocomplete: CHOSEN, ..Self::password(name, label, missing) }
    }

    /// An address.
    pub const fn email(missing: &'static str) -> Self {
        let (name, label) = ("email", "E-mail address");
        Self { name, label, kind: Kind::Email, autocomplete: "email", missing }
    }

    /// A box to tick, before what cannot be undone.
    pub const fn tick(name: &'static str, label: &'static str, missing: &'static str) -> Self {
        Self { name, label, kind: Kind::Tick, autocomplete: "off", missing }
    }

    /// What the page brings.
    pub const fn hidden(name: &'static str) -> Self {
        Self { name, label: "", kind: Kind::Hidden, autocomplete: "off", missing: "" }
    }

    /// Whether it is a password that one chooses.
    pub fn is_choice(&self) -> bool {
        self.autocomplete == CHOSEN
    }

    /// Whether it is the first of the two, by the name that the API gives it.
    fn is_first_choice(&self) -> bool {
        self.is_choice() && self.name.ends_with('1')
    }
}

/// An input. It is read when the form is sent and not written: what was typed before the page was
/// hydrated stays.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What it asks for.
    pub question: &'static Question,
    input: NodeRef<html::Input>,
}

impl Entry {
    /// An input that is not in the document yet.
    pub fn new(question: &'static Question) -> Self {
        Self { question, input: NodeRef::new() }
    }

    /// What was typed; of a box that is not ticked, nothing.
    pub fn value(self) -> String {
        let is_tick = self.question.kind == Kind::Tick;
        let input = self.input.get_untracked().filter(|input| !is_tick || input.checked());
        input.map(|input| input.value()).unwrap_or_default()
    }

    /// Forgets what was typed.
    pub fn clear(self) {
        if let Some(input) = self.input.try_get_untracked().flatten() {
            input.set_value("");
        }
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

/// An input with its label and what is wrong with it; a password has a button that shows it.
#[component]
pub fn EntryField(
    /// The input.
    entry: Entry,
    /// What is in it at first.
    value: Option<String>,
    /// Whether it has the focus at first.
    autofocus: bool,
    /// Whether passwords can be read; all fields of a form share it.
    shown: RwSignal<bool>,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// The id of what describes it while nothing is wrong with it alone.
    described_by: Signal<Option<String>>,
) -> Piece {
    let Question { name, label, kind, .. } = *entry.question;
    let input = view! { <Input entry value autofocus shown error described_by /> }.into_inner();
    match kind {
        Kind::Hidden => input,
        Kind::Tick => {
            let label = view! { <span class="tick">{input} <label for=name>{label}</label></span> };
            view! { <div class="field">{label} <Fault name error /></div> }.erase()
        }
        Kind::Text | Kind::Email => view! { <Field name label error input /> }.erase(),
        Kind::Password if entry.question.is_first_choice() => {
            let min = use_context::<Asked>().unwrap_or_default().password_chars;
            let strength = RwSignal::new(Strength::None);
            let judge = move |_| strength.set(Strength::of(&entry.value(), min));
            let input = view! {
                <div class="with-toggle" on:input=judge>{input} <Toggle shown /></div>
                {advice(name, min, strength)}
            }
            .erase();
            view! { <Field name label error input /> }.erase()
        }
        Kind::Password => {
            let input = view! { <div class="with-toggle">{input} <Toggle shown /></div> }.erase();
            view! { <Field name label error input /> }.erase()
        }
    }
}

/// Shows passwords, and hides them again. Of no use without a script: the style sheet hides it
/// until then.
#[component]
fn Toggle(shown: RwSignal<bool>) -> Piece {
    let hydrated = use_hydrated();
    view! {
        <button
            class="toggle"
            type="button"
            disabled=move || !hydrated.get()
            aria-pressed=move || if shown.get() { "true" } else { "false" }
            on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            "Show" <span class="unseen">" password"</span>
        </button>
    }
    .erase()
}

/// The input itself. What is wrong with it describes it, else what `described_by` names.
#[component]
fn Input(
    entry: Entry,
    value: Option<String>,
    autofocus: bool,
    shown: RwSignal<bool>,
    error: Signal<Option<String>>,
    described_by: Signal<Option<String>>,
) -> Piece {
    let Question { name, kind, autocomplete, missing, .. } = *entry.question;
    let hint = entry.question.is_first_choice().then(|| format!("{name}-hint"));
    // A box says by its tick what others say by their value.
    let (value, checked) = match kind {
        Kind::Tick => (None, value.is_some()),
        _ => (value, false),
    };
    let described_by = move || {
        let own = error.get().map(|_| format!("{name}-error"));
        let own = own.or_else(|| described_by.get());
        match (own, &hint) {
            (Some(own), Some(hint)) => Some(format!("{own} {hint}")),
            (own, hint) => own.or_else(|| hint.clone()),
        }
    };
    let kind = move || match kind {
        Kind::Email => "email",
        Kind::Hidden => "hidden",
        Kind::Tick => "checkbox",
        Kind::Password if !shown.get() => "password",
        Kind::Text | Kind::Password => "text",
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
            checked=checked
            required=!missing.is_empty()
            autofocus=autofocus
            node_ref=entry.input
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described_by
        />
    }
    .erase()
}
