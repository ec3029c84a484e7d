//! The buttons that end sessions, and what is asked where that takes a password.

use std::sync::Arc;

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::{
    desk::Desk,
    opened::{Opened, Why},
};
use crate::{
    api::ApiError,
    components::{
        BusyButton, Erase, Form, Piece, Question, Sender, Sheet, Values, instead, meant_for, part,
        still_there,
    },
    wire::{Ending, paths},
};

const TITLE: &str = "ending-title";
const BUSY: &str = "Signing out…";
const SHEET: Sheet = Sheet {
    page: paths::SESSIONS_PAGE,
    questions: &[Question::hidden(Ending::INPUT)],
    titled_by: TITLE,
    label: "Sign out",
    busy_label: BUSY,
    proof: true,
    class: "button wide danger",
    ..Sheet::BLANK
};

/// Whose session a button ends.
#[derive(Clone, Default)]
pub struct Whom {
    /// What the browser is called.
    pub name: String,
    /// Since when it has been signed in: several may be called the same.
    pub since: String,
}

/// A button that ends sessions; where it could not do so at once, a form in its place, or why.
pub fn ending_part(desk: &Desk, ending: Ending, whom: Whom) -> Piece {
    let (desk, open) = (desk.clone(), desk.open);
    let of_this = ending.clone();
    let why = Memo::new(move |_| {
        open.get().and_then(|opened| (opened.ending == of_this).then_some(opened.why))
    });
    // The button stays where it is, and keeps the focus, when it has merely failed.
    let asked = Memo::new(move |_| match why.get() {
        Some(Why::Asked(error)) => Some(error),
        Some(Why::Failed(_)) | None => None,
    });
    let place = NodeRef::<html::Div>::new();
    let content = part(move || {
        Some(match asked.get() {
            Some(error) => form(&desk, &ending, error, &whom.name, place),
            None => button(&desk, &ending, &whom),
        })
    });
    let failure = part(move || match why.get()? {
        Why::Failed(words) => Some(view! { <p class="alert">{words}</p> }.erase()),
        Why::Asked(_) => None,
    });
    view! {
        <div class="ending" tabindex="-1" node_ref=place>
            {content} <div role="alert">{failure}</div>
        </div>
    }
    .erase()
}

/// What the button says.
const fn label(ending: &Ending) -> &'static str {
    match ending {
        Ending::One(_) => "Sign out",
        Ending::Others => "Sign out all others",
        Ending::All => "Sign out everywhere",
    }
}

fn button(desk: &Desk, ending: &Ending, whom: &Whom) -> Piece {
    let busy = RwSignal::new(false);
    let value = ending.value().to_owned();
    let class = if *ending == Ending::All { "button danger" } else { "button quiet" };
    let label = label(ending);
    let press = press(desk.clone(), ending.clone(), whom.name.clone(), busy);
    let whom = match ending {
        Ending::One(_) => format!("{}, signed in {}", whom.name, whom.since),
        Ending::Others | Ending::All => String::new(),
    };
    view! {
        <form method="post" action=paths::SESSIONS_PAGE on:submit=instead(press)>
            {meant_for()}
            <input type="hidden" name=Ending::INPUT value=value />
            <BusyButton class label busy_label=BUSY whom held=desk.busy busy />
        </form>
    }
    .erase()
}

/// Asks the API, and opens the form where it does not do what it is asked.
fn press(desk: Desk, ending: Ending, whom: String, busy: RwSignal<bool>) -> impl Fn() {
    let send = sender(desk.clone(), ending.clone(), whom);
    move || {
        if desk.busy.get_untracked() {
            return;
        }
        desk.forget_failure();
        busy.set(true);
        let (desk, ending) = (desk.clone(), ending.clone());
        let request = send(Values::default());
        spawn_local(async move {
            let ended = request.await;
            if !still_there(busy).await {
                return;
            }
            busy.set(false);
            if let Err(error) = ended {
                desk.said.set(String::new());
                desk.show(Some(Opened::by_error(ending, error)));
            }
        });
    }
}

/// The form that says what it will do, and asks for the password.
fn form(
    desk: &Desk,
    ending: &Ending,
    error: Option<ApiError>,
    whom: &str,
    place: NodeRef<html::Div>,
) -> Piece {
    let question = match ending {
        Ending::One(_) => format!("Sign out {whom}?"),
        Ending::Others => "Sign out all other browsers?".to_owned(),
        Ending::All => "Sign out everywhere, here too?".to_owned(),
    };
    let value = ending.value().to_owned();
    let form = Form::new(&SHEET, sender(desk.clone(), ending.clone(), whom.to_owned()));
    let form = form.with([(Ending::INPUT, value)]);
    if let Some(error) = error {
        form.turned_out(&Err(error));
    }
    // What is under way cannot be taken back.
    let busy = desk.busy;
    view! {
        <div class="asked">
            <p id=TITLE class="asked-what">{question}</p>
            {form.view(paths::SESSIONS_PAGE.into())}
            // Without a script the page is opened anew.
            <form method="get" action=paths::SESSIONS_PAGE on:submit=leave(desk.clone(), place)>
                <button class="button quiet wide" disabled=move || busy.get()>
                    "Never mind"
                </button>
            </form>
        </div>
    }
    .erase()
}

/// Closes the form. The focus goes to where it was.
fn leave(desk: Desk, place: NodeRef<html::Div>) -> Box<dyn FnMut(SubmitEvent)> {
    instead(move || {
        desk.show(None);
        request_animation_frame(move || {
            if let Some(place) = place.try_get_untracked().flatten() {
                _ = place.focus();
            }
        });
    })
}

/// Asks the API, with what was entered.
fn sender(desk: Desk, ending: Ending, whom: String) -> Sender {
    Arc::new(move |values| {
        let (desk, ending, whom) = (desk.clone(), ending.clone(), whom.clone());
        Box::pin(async move { desk.end(&ending, &whom, &values).await })
    })
}
