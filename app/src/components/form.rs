//! A form that the browser can send by itself, and that a script makes smoother.
//!
//! All forms share this code, one copy of it: it would be most of what each adds to the WASM.

mod frame;
mod proof;
mod sheet;
mod values;

use std::sync::Arc;

use leptos::{
    ev::SubmitEvent,
    html,
    prelude::*,
    task::{spawn_local, tick},
};
use leptos_router::hooks::use_location;

pub use self::{proof::PROOF, sheet::Sheet, values::Values};
use super::{Entry, Faults, Kind, Place, Question, effect, forget_query, is_first_frame};
use crate::{
    api::{ApiError, BoxFuture, use_api},
    session::set_if_new,
    wire::{FormReply, Problem, paths, query},
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
    /// The password, where the API may want it once more.
    proof: Option<Entry>,
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
    /// Whether the API wants the password.
    asked: RwSignal<bool>,
}

impl Form {
    /// The form of this sheet.
    pub fn new(sheet: &'static Sheet, send: Sender) -> Self {
        let Sheet { page, questions, .. } = *sheet;
        let reply = first_reply(page);
        let proof = sheet.proof.then(|| Entry::new(&PROOF));
        let faults = reply.as_ref().map(|reply| Faults::of_error(&refusal(reply), sheet));
        let faults = faults.unwrap_or_default();
        // A page that came back with its password entered wrongly, or with something else, asks again.
        let given = reply.as_ref().is_some_and(|reply| reply.value(PROOF.name).is_some());
        let asked = faults.too_old || given;
        let faults = if faults.too_old && given { Faults::left_out(&PROOF) } else { faults };
        let tells = !sheet.done.is_empty();
        let done =
            tells && reply.is_none() && use_location().search.with_untracked(|q| query::is_done(q));
        if done && paths::PRIVATE_PAGES.contains(&page) {
            forget_query();
        }
        Self {
            sheet,
            entries: questions.iter().map(Entry::new).collect(),
            proof,
            brought: Arc::default(),
            reply,
            send,
            busy: RwSignal::new(false),
            faults: RwSignal::new(faults),
            done: RwSignal::new(done),
            asked: RwSignal::new(asked),
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
    fn first_value(&self, Question { name, kind, .. }: &Question) -> Option<String> {
        let reply = self.reply.as_ref().filter(|_| *kind != Kind::Password);
        let typed = reply.and_then(|reply| reply.value(name));
        let brought = || self.brought.iter().find(|(known, _)| known == name);
        typed.or_else(|| brought().map(|(_, value)| value.as_str())).map(str::to_owned)
    }

    /// Sends it, unless it is on its way already, or something can be told without asking.
    pub fn submit(&self) {
        if self.busy.get_untracked() {
            return;
        }
        self.done.set(false);
        let asked: Vec<_> = self.asked().collect();
        let values = Values(asked.iter().map(|e| (e.question.name, e.value())).collect());
        let questions: Vec<_> = asked.iter().map(|entry| entry.question).collect();
        if let Some(faults) = values.faults(&questions) {
            self.faults.set(faults);
            return;
        }
        let form = self.clone();
        let sent = (self.send)(values);
        self.busy.set(true);
        spawn_local(async move {
            let sent = sent.await;
            if still_there(form.busy).await {
                form.turned_out(&sent);
                form.busy.set(false);
            }
        });
    }

    /// What it asks for now.
    fn asked(&self) -> impl Iterator<Item = Entry> {
        let proof = self.proof.filter(|_| self.asked.get_untracked());
        self.entries.iter().copied().chain(proof)
    }

    /// Shows what came of it.
    pub fn turned_out(&self, sent: &Result<(), ApiError>) {
        if let Err(error) = sent {
            let faults = Faults::of_error(error, self.sheet);
            if faults.too_old {
                set_if_new(self.asked, true);
            }
            // The same once more is said once more.
            self.faults.set(faults);
        } else {
            set_if_new(self.faults, Faults::default());
            set_if_new(self.asked, false);
        }
        set_if_new(self.done, sent.is_ok());
    }

    /// Forgets the passwords that were typed.
    fn forget_passwords(&self) {
        let passwords = self.entries.iter().filter(|entry| entry.question.kind == Kind::Password);
        passwords.for_each(|entry| entry.clear());
    }

    /// The field that a fault is about takes the focus. What the page came with has been read
    /// already, and the browser has set the focus.
    fn focus_on_fault(&self, summary: NodeRef<html::P>) {
        let form = self.clone();
        let from_server = is_first_frame();
        effect(move |before| {
            let place = form.faults.with(|faults| (!faults.is_empty()).then(|| faults.place()));
            let read = from_server && before.is_none();
            let Some(place) = place.filter(|_| !read) else { return };
            let form = form.clone();
            // The messages must be in the document before one of them can take the focus.
            request_animation_frame(move || match place {
                Place::Field(name) => form.focus(name),
                Place::Summary => focus(summary),
            });
        });
    }

    fn focus(&self, name: &str) {
        if let Some(entry) = self.asked().find(|entry| entry.question.name == name) {
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

/// Whether a part of the page is still there once the page is what an answer has made of it: it may
/// have led elsewhere. What is nested would otherwise hear of a change after it has come to its end.
pub async fn still_there(of_it: RwSignal<bool>) -> bool {
    tick().await;
    !of_it.is_disposed()
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
pub fn first_reply(page: &str) -> Option<FormReply> {
    use_context::<FormReply>().filter(|reply| is_first_frame() && reply.page == page)
}

/// What the API said then.
pub fn refusal(reply: &FormReply) -> ApiError {
    let (status, retry_after_s) = (reply.status, reply.retry_after_s);
    ApiError::Refused { status, problem: Problem::parse(&reply.body), retry_after_s }
}
