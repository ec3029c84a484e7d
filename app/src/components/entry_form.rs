//! A form that the browser can send by itself, and that a script makes smoother.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::{BusyButton, Erase, Faults, Piece, Place, part};
use crate::{
    api::ApiError,
    wire::{FormReply, Problem},
};

/// The action of a form: what was entered goes to the API.
pub type Sending<I> = Action<I, Result<(), Faults>>;

/// What came of the form on `page` when the browser sent it by itself, where that is how one got
/// here. Nothing after a navigation inside the app.
pub fn use_reply(page: &str, fields: &[&'static str]) -> (Faults, Option<FormReply>) {
    let first_frame = Owner::current_shared_context()
        .is_none_or(|shared| !shared.is_browser() || shared.during_hydration());
    let reply = use_context::<FormReply>().filter(|reply| first_frame && reply.page == page);
    let faults = reply.as_ref().map_or_else(Faults::default, |reply| {
        let (status, retry_after_s) = (reply.status, reply.retry_after_s);
        let problem = Problem::parse(&reply.body);
        Faults::of_error(&ApiError::Refused { status, problem, retry_after_s }, fields)
    });
    (faults, reply)
}

/// The faults of the last sending; at first those that the page came with.
pub fn use_faults<I: Send + Sync + 'static>(sending: Sending<I>, first: Faults) -> Memo<Faults> {
    Memo::new(move |_| match sending.value().get() {
        Some(Ok(())) => Faults::default(),
        Some(Err(faults)) => faults,
        None => first.clone(),
    })
}

/// The form around its fields.
#[component]
pub fn EntryForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
    /// The id of its heading.
    titled_by: &'static str,
    /// What is wrong.
    faults: Memo<Faults>,
    /// The button's words.
    label: &'static str,
    /// The button's words while it is sent.
    busy_label: &'static str,
    /// Whether it is being sent.
    busy: Signal<bool>,
    /// Sends it.
    submit: Callback<()>,
    /// Gives a field the focus.
    focus: Callback<&'static str>,
    /// The fields.
    fields: Piece,
) -> Piece {
    let summary = NodeRef::<html::P>::new();
    Effect::new(move |before: Option<()>| {
        let place = faults.with(|faults| (!faults.is_empty()).then(|| faults.place()));
        // What the page came with has been read already, and the browser has set the focus.
        if let (Some(()), Some(place)) = (before, place) {
            // The messages must be in the document before one of them can take the focus.
            request_animation_frame(move || match place {
                Place::Field(name) => focus.run(name),
                Place::Summary => {
                    if let Some(summary) = summary.get_untracked() {
                        _ = summary.focus();
                    }
                }
            });
        }
    });
    let words = part(move || {
        let words = faults.get().summary?;
        Some(view! { <p class="alert" tabindex="-1" node_ref=summary>{words}</p> }.erase())
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            submit.run(());
        }
    };
    view! {
        <form method="post" action=action aria-labelledby=titled_by novalidate on:submit=on_submit>
            <div role="alert" id="form-summary" class:off=move || busy.get()>{words}</div>
            {fields}
            <BusyButton class="button wide" label busy_label busy />
        </form>
    }
    .erase()
}
