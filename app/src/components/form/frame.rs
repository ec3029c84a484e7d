//! The form in the document: what came of it, its fields, its button.

use leptos::{html, prelude::*, tachys::view::iterators::StaticVec};

use super::{Form, Sheet, focus, instead};
use crate::components::{
    BusyButton, EntryField, Erase, Kind, Piece, Place, Question, effect, meant_for, part,
    use_hydrated, use_user,
};

impl Form {
    /// The form in the document. Without a script it is sent to `action`: its page, with what belongs
    /// into the address.
    pub fn view(self, action: Signal<String>) -> Piece {
        let form = self;
        let Sheet { questions, titled_by, label, busy_label, .. } = *form.sheet;
        let Sheet { done: told, once, class, .. } = *form.sheet;
        let summary = NodeRef::<html::P>::new();
        form.focus_on_fault(summary);
        let (faults, busy, done) = (form.faults, form.busy, form.done);
        let fault = part(move || {
            let words = faults.get().summary?;
            Some(view! { <p class="alert" tabindex="-1" node_ref=summary>{words}</p> }.erase())
        });
        let outcome = (!told.is_empty()).then(|| outcome(&form, told));
        let shown = RwSignal::new(false);
        let fields = fields(&form, shown);
        let proof = form.proof(shown);
        let whose = whose(questions);
        // Without a script the browser itself sees to it that nobody deletes something unawares.
        let has_tick = questions.iter().any(|question| question.kind == Kind::Tick);
        let hydrated = use_hydrated();
        let novalidate = move || !has_tick || hydrated.get();
        let submit = instead(move || form.submit());
        view! {
            {outcome}
            <form
                method="post"
                action=action
                aria-labelledby=titled_by
                novalidate=novalidate
                hidden=move || once && done.get()
                on:submit=submit
            >
                <div role="alert" id="form-summary" class:off=move || busy.get()>
                    {fault}
                </div>
                {meant_for()}
                {whose}
                {fields}
                {proof}
                <BusyButton class label busy_label busy />
            </form>
        }
        .erase()
    }
}

/// Tells that the form has worked. Passwords that were typed are forgotten then.
fn outcome(form: &Form, told: &'static str) -> Piece {
    let notice = NodeRef::<html::P>::new();
    let (done, form) = (form.done, form.clone());
    effect(move |before| {
        if !done.get() || before.is_none() {
            return;
        }
        form.forget_passwords();
        request_animation_frame(move || focus(notice));
    });
    let words = part(move || {
        let view = || view! { <p class="notice" tabindex="-1" node_ref=notice>{told}</p> }.erase();
        done.get().then(view)
    });
    view! { <div role="status">{words}</div> }.erase()
}

/// For password managers: whose password it is, where the form does not ask for that. Nobody sees it,
/// and it is not sent.
pub(super) fn whose(questions: &[Question]) -> Option<Piece> {
    let is_password = |question: &Question| question.kind == Kind::Password;
    let names_somebody = |question: &Question| question.autocomplete == "username";
    let wanted = questions.iter().any(is_password) && !questions.iter().any(names_somebody);
    let user = use_user().get_untracked().filter(|_| wanted)?;
    Some(view! { <input type="text" autocomplete="username" value=user.username hidden /> }.erase())
}

/// The fields, in the order of the questions.
fn fields(form: &Form, shown: RwSignal<bool>) -> StaticVec<Piece> {
    let faults = form.faults;
    let refused = Signal::derive(move || faults.get().refused.then(|| "form-summary".to_owned()));
    let nothing = Signal::stored(None);
    let Sheet { questions, first, .. } = *form.sheet;
    // Whoever is told that it has worked is to read that.
    let first = first && !form.done.get_untracked();
    let focused = faults.with_untracked(|faults| match faults.place() {
        Place::Field(name) => Some(name),
        Place::Summary => questions.first().filter(|_| first).map(|question| question.name),
    });
    if let Some(entry) = form.entries.first().filter(|_| first) {
        entry.focus_on_arrival();
    }
    let field = |entry: &super::Entry| {
        let question = entry.question;
        let described_by = if question.kind == Kind::Password { refused } else { nothing };
        let name = question.name;
        view! {
            <EntryField
                entry=*entry
                value=form.first_value(question)
                autofocus=focused == Some(name)
                shown
                error=Signal::derive(move || faults.get().of(name))
                described_by
            />
        }
        .into_inner()
    };
    form.entries.iter().map(field).collect::<Vec<_>>().into()
}
