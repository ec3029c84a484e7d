//! The form in the document: what came of it, its fields, its button.

use leptos::{html, prelude::*, tachys::view::iterators::StaticVec};

use super::{Form, Sheet, focus, instead};
use crate::components::{BusyButton, EntryField, Erase, Kind, Piece, Place, effect, part};

impl Form {
    /// The form in the document. Without a script it is sent to `action`: its page, with what belongs
    /// into the address.
    pub fn view(self, action: Signal<String>) -> Piece {
        let form = self;
        let Sheet { titled_by, label, busy_label, done: told, once, class, .. } = *form.sheet;
        let summary = NodeRef::<html::P>::new();
        form.focus_on_fault(summary);
        let (faults, busy, done) = (form.faults, form.busy, form.done);
        let fault = part(move || {
            let words = faults.get().summary?;
            Some(view! { <p class="alert" tabindex="-1" node_ref=summary>{words}</p> }.erase())
        });
        let outcome = (!told.is_empty()).then(|| outcome(&form, told));
        let fields = fields(&form);
        let submit = instead(move || form.submit());
        view! {
            {outcome}
            <form
                method="post"
                action=action
                aria-labelledby=titled_by
                novalidate
                hidden=move || once && done.get()
                on:submit=submit
            >
                <div role="alert" id="form-summary" class:off=move || busy.get()>
                    {fault}
                </div>
                {fields}
                <BusyButton class label busy_label busy />
            </form>
        }
        .erase()
    }
}

/// Tells that the form has worked. Passwords that were typed are forgotten then.
fn outcome(form: &Form, told: &'static str) -> Piece {
    let notice = NodeRef::<html::P>::new();
    let (done, entries) = (form.done, form.entries.clone());
    effect(move |before| {
        if !done.get() || before.is_none() {
            return;
        }
        entries.iter().filter(|e| e.question.kind == Kind::Password).for_each(|e| e.clear());
        request_animation_frame(move || focus(notice));
    });
    let words = part(move || {
        let view = || view! { <p class="notice" tabindex="-1" node_ref=notice>{told}</p> }.erase();
        done.get().then(view)
    });
    view! { <div role="status">{words}</div> }.erase()
}

/// The fields, in the order of the questions.
fn fields(form: &Form) -> StaticVec<Piece> {
    let faults = form.faults;
    let shown = RwSignal::new(false);
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
                value=form.first_value(name)
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
