//! A form that the browser can send by itself, and that a script makes smoother.
//!
//! All forms share this code, one copy of it: it would be most of what each adds to the WASM.

mod frame;
mod sheet;
mod values;

use std::sync::Arc;

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

pub use self::{sheet::Sheet, values::Values};
use super::{Entry, Faults, Place, Question, effect};
use crate::{
    api::{ApiError, BoxFuture, use_api},
    session::set_if_new,
    wire::{FormReply, Problem, query},
};

/// Sends what was entered.
pub type Sender = Arc<dyn Fn(Values) -> BoxFuture<'static, Result<(), ApiError>> + Send + Sync>;

/// Sends it to an endpoint that answers by yes or no.
pub fn saying(endpoint: &'static str) -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move { api.say(endpoint, &values).await })
    })
}

/// A form, and how it stands.
#[derive(Clone)]
pub struct Form {
    sheet: &'static Sheet,
    entries: Arc<[Entry]>,
    /// What the page brings for some of them.
    brought: Arc<[(&'static str, String)]>,
    reply: Option<FormReply>,
    send: Sender,
    /// Whether it is on its way.
    pub busy: RwSignal<bool>,
    /// What is wrong: at first what the page came with.
    pub faults: RwSignal<Faults>,
    /// Whether it has worked, and nothing was tried since.
    pub done: RwSignal<bool>,
}

impl Form {
    /// The form of this sheet.
    pub fn new(sheet: &'static Sheet, send: Sender) -> Self {
        let Sheet { page, questions, .. } = *sheet;
        let reply = first_reply(page);
        let faults = reply.as_ref().map(|reply| faults_of(reply, questions)).unwrap_or_default();
        let tells = !sheet.done.is_empty();
        let done =
            tells && reply.is_none() && use_location().search.with_untracked(|q| query::is_done(q));
        Self {
            sheet,
            entries: questions.iter().map(Entry::new).collect(),
            brought: Arc::default(),
            reply,
            send,
            busy: RwSignal::new(false),
            faults: RwSignal::new(faults),
            done: RwSignal::new(done),
        }
    }

    /// The same with something in it at first.
    pub fn with(self, brought: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { brought: brought.into_iter().collect(), ..self }
    }

    /// The page that it is on.
    pub fn page(&self) -> &'static str {
        self.sheet.page
    }

    /// What is in an input at first: what was typed into a form that was refused, else what the page
    /// brings.
    fn first_value(&self, name: &str) -> Option<String> {
        let typed = self.reply.as_ref().and_then(|reply| reply.value(name));
        let brought = || self.brought.iter().find(|(known, _)| *known == name);
        typed.or_else(|| brought().map(|(_, value)| value.as_str())).map(str::to_owned)
    }

    /// Sends it, unless it is on its way already, or something can be told without asking.
    pub fn submit(&self) {
        if self.busy.get_untracked() {
            return;
        }
        self.done.set(false);
        let values = Values(self.entries.iter().map(|e| (e.question.name, e.value())).collect());
        if let Some(faults) = values.faults(self.sheet.questions) {
            self.faults.set(faults);
            return;
        }
        let form = self.clone();
        let sent = (self.send)(values);
        self.busy.set(true);
        spawn_local(async move {
            let sent = sent.await;
            let worked = sent.is_ok();
            let faults = sent.err().map(|error| Faults::of_error(&error, form.sheet.questions));
            match faults {
                // The same once more is said once more.
                Some(faults) => form.faults.set(faults),
                None => set_if_new(form.faults, Faults::default()),
            }
            set_if_new(form.done, worked);
            form.busy.set(false);
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
                Place::Field(name) => form.focus(name),
                Place::Summary => focus(summary),
            });
        });
    }

    fn focus(&self, name: &str) {
        if let Some(entry) = self.entries.iter().find(|entry| entry.question.name == name) {
            entry.focus();
        }
    }
}

/// Gives the focus to words, if they are there.
fn focus(words: NodeRef<html::P>) {
    if let Some(words) = words.try_get_untracked().flatten() {
        _ = words.focus();
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

fn faults_of(reply: &FormReply, questions: &[Question]) -> Faults {
    let (status, retry_after_s) = (reply.status, reply.retry_after_s);
    let problem = Problem::parse(&reply.body);
    Faults::of_error(&ApiError::Refused { status, problem, retry_after_s }, questions)
}
