//! A form that the browser can send by itself, and that a script makes smoother.
//!
//! All forms share this code, one copy of it: it would be most of what each adds to the WASM.

use std::sync::Arc;

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::{BusyButton, Entry, Erase, Faults, Piece, Place, effect, part};
use crate::{
    api::{ApiError, BoxFuture},
    session::set_if_new,
    wire::{FormReply, Problem},
};

/// What was entered, by the inputs' names.
pub struct Values(Vec<(&'static str, String)>);

impl Values {
    /// What was entered into an input.
    pub fn of(&self, name: &str) -> String {
        let found = self.0.iter().find(|(input, _)| *input == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// Sends what was entered.
pub type Sender = Arc<dyn Fn(Values) -> BoxFuture<'static, Result<(), Faults>> + Send + Sync>;

/// The inputs of a form, and how it stands.
#[derive(Clone)]
pub struct Form {
    entries: Arc<[Entry]>,
    reply: Option<FormReply>,
    send: Sender,
    /// Whether it is on its way.
    pub busy: RwSignal<bool>,
    /// What is wrong: at first what the page came with.
    pub faults: RwSignal<Faults>,
}

impl Form {
    /// The form of `page` with inputs of these names.
    pub fn new(page: &str, names: &[&'static str], send: Sender) -> Self {
        let reply = first_reply(page);
        let faults = reply.as_ref().map(|reply| faults_of(reply, names)).unwrap_or_default();
        let entries = names.iter().map(|name| Entry::new(name)).collect();
        Self { entries, reply, send, busy: RwSignal::new(false), faults: RwSignal::new(faults) }
    }

    /// The input of this name.
    pub fn entry(&self, name: &'static str) -> Entry {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.name == name).copied().unwrap_or_else(|| Entry::new(name))
    }

    /// What is wrong with an input.
    pub fn fault(&self, name: &'static str) -> Signal<Option<String>> {
        let faults = self.faults;
        Signal::derive(move || faults.get().of(name))
    }

    /// What was typed into an input of a form that was refused.
    pub fn typed(&self, name: &str) -> Option<String> {
        self.reply.as_ref()?.value(name).map(str::to_owned)
    }

    /// Sends it, unless it is on its way already.
    pub fn submit(&self) {
        let (busy, faults) = (self.busy, self.faults);
        if busy.get_untracked() {
            return;
        }
        let values = self.entries.iter().map(|entry| (entry.name, entry.value())).collect();
        let sent = (self.send)(Values(values));
        busy.set(true);
        spawn_local(async move {
            set_if_new(faults, sent.await.err().unwrap_or_default());
            busy.set(false);
        });
    }

    /// The field that a fault is about takes the focus. What the page came with has been read
    /// already, and the browser has set the focus.
    fn focus_on_fault(&self, summary: NodeRef<html::P>) {
        let form = self.clone();
        effect(move |before| {
            let place = form.faults.with(|faults| (!faults.is_empty()).then(|| faults.place()));
            let (Some(()), Some(place)) = (before, place) else { return };
            let form = form.clone();
            // The messages must be in the document before one of them can take the focus.
            request_animation_frame(move || match place {
                Place::Field(name) => form.entry(name).focus(),
                Place::Summary => {
                    if let Some(summary) = summary.try_get_untracked().flatten() {
                        _ = summary.focus();
                    }
                }
            });
        });
    }
}

/// Does something in place of what the browser would do with a form.
pub fn instead(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(SubmitEvent)> {
    Box::new(move |event| {
        event.prevent_default();
        act();
    })
}

/// What came of the form when the browser sent it by itself, where that is how one got here.
/// Nothing after a navigation inside the app.
fn first_reply(page: &str) -> Option<FormReply> {
    let first_frame = Owner::current_shared_context()
        .is_none_or(|shared| !shared.is_browser() || shared.during_hydration());
    use_context::<FormReply>().filter(|reply| first_frame && reply.page == page)
}

fn faults_of(reply: &FormReply, names: &[&'static str]) -> Faults {
    let (status, retry_after_s) = (reply.status, reply.retry_after_s);
    let problem = Problem::parse(&reply.body);
    Faults::of_error(&ApiError::Refused { status, problem, retry_after_s }, names)
}

/// The form around its fields.
#[component]
pub fn FormFrame(
    /// The form.
    form: Form,
    /// The page that it is sent to without a script.
    action: Signal<String>,
    /// The id of its heading.
    titled_by: &'static str,
    /// The button's words.
    label: &'static str,
    /// The button's words while it is sent.
    busy_label: &'static str,
    /// The fields.
    fields: Piece,
) -> Piece {
    let summary = NodeRef::<html::P>::new();
    form.focus_on_fault(summary);
    let (faults, busy) = (form.faults, form.busy);
    let words = part(move || {
        let words = faults.get().summary?;
        Some(view! { <p class="alert" tabindex="-1" node_ref=summary>{words}</p> }.erase())
    });
    let submit = instead(move || form.submit());
    view! {
        <form method="post" action=action aria-labelledby=titled_by novalidate on:submit=submit>
            <div role="alert" id="form-summary" class:off=move || busy.get()>{words}</div>
            {fields}
            <BusyButton class="button wide" label busy_label busy />
        </form>
    }
    .erase()
}
