//! The buttons that end sessions, and what is asked where that takes a password.

use std::sync::Arc;

use leptos::{html, prelude::*, task::spawn_local};

use super::desk::{Desk, Opened};
use crate::{
    components::{
        BusyButton, Erase, Form, Piece, Question, Sender, Sheet, instead, meant_for, part,
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

/// A button that ends sessions; where it could not do so at once, a form in its place.
pub fn ending_part(desk: &Desk, ending: Ending, whom: String) -> Piece {
    let (desk, open) = (desk.clone(), desk.open);
    let of_this = ending.clone();
    let opened = Memo::new(move |_| open.get().filter(|opened| opened.ending == of_this));
    let place = NodeRef::<html::Div>::new();
    let content = part(move || {
        Some(match opened.get() {
            Some(opened) => form(&desk, opened, &whom, place),
            None => button(&desk, &ending, &whom),
        })
    });
    view! { <div class="ending" tabindex="-1" node_ref=place>{content}</div> }.erase()
}

/// What the button says.
const fn label(ending: &Ending) -> &'static str {
    match ending {
        Ending::One(_) => "Sign out",
        Ending::Others => "Sign out all others",
        Ending::All => "Sign out everywhere",
    }
}

fn button(desk: &Desk, ending: &Ending, whom: &str) -> Piece {
    let busy = RwSignal::new(false);
    let value = ending.value().to_owned();
    let class = if *ending == Ending::All { "button danger" } else { "button quiet" };
    let (label, whom) = (label(ending), whom.to_owned());
    let press = press(desk.clone(), ending.clone(), whom.clone(), busy);
    view! {
        <form method="post" action=paths::SESSIONS_PAGE on:submit=instead(press)>
            {meant_for()}
            <input type="hidden" name=Ending::INPUT value=value />
            <BusyButton class label busy_label=BUSY whom busy />
        </form>
    }
    .erase()
}

/// Asks the API, and opens the form where it does not do what it is asked.
fn press(desk: Desk, ending: Ending, whom: String, busy: RwSignal<bool>) -> impl Fn() {
    move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        desk.said.set(String::new());
        let (desk, ending, whom) = (desk.clone(), ending.clone(), whom.clone());
        spawn_local(async move {
            let ended = desk.end(&ending, &whom, &Nothing {}).await;
            if !still_there(busy).await {
                return;
            }
            busy.set(false);
            if let Err(error) = ended {
                desk.open.set(Some(Opened { ending, error: Some(error) }));
            }
        });
    }
}

/// No password.
#[derive(serde::Serialize)]
struct Nothing {}

/// The form that says what it will do, and asks for the password.
fn form(
    desk: &Desk,
    Opened { ending, error }: Opened,
    whom: &str,
    place: NodeRef<html::Div>,
) -> Piece {
    let question = match &ending {
        Ending::One(_) => format!("Sign out {whom}?"),
        Ending::Others => "Sign out all other browsers?".to_owned(),
        Ending::All => "Sign out everywhere, here too?".to_owned(),
    };
    let value = ending.value().to_owned();
    let form = Form::new(&SHEET, sender(desk.clone(), ending, whom.to_owned()));
    let form = form.with([(Ending::INPUT, value)]);
    if let Some(error) = error {
        form.turned_out(&Err(error));
    }
    let (open, kept) = (desk.open, RwSignal::new(false));
    let leave = instead(move || {
        open.set(None);
        request_animation_frame(move || {
            if let Some(place) = place.try_get_untracked().flatten() {
                _ = place.focus();
            }
        });
    });
    view! {
        <div class="asked">
            <p id=TITLE class="asked-what">{question}</p>
            {form.view(paths::SESSIONS_PAGE.into())}
            // Without a script the page is opened anew.
            <form method="get" action=paths::SESSIONS_PAGE on:submit=leave>
                <BusyButton class="button quiet wide" label="Never mind" busy_label="" busy=kept />
            </form>
        </div>
    }
    .erase()
}

fn sender(desk: Desk, ending: Ending, whom: String) -> Sender {
    Arc::new(move |values| {
        let (desk, ending, whom) = (desk.clone(), ending.clone(), whom.clone());
        Box::pin(async move { desk.end(&ending, &whom, &values).await })
    })
}
