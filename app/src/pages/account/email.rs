//! Another e-mail address.

use leptos::prelude::*;

use super::area::area_page;
use crate::{
    components::{Form, Piece, Question, Sheet, saying, use_user},
    wire::paths,
};

const SHEET: Sheet = Sheet {
    page: paths::EMAIL_PAGE,
    questions: &[Question::email("Enter the new address.")],
    proof: true,
    label: "Change my address",
    busy_label: "Asking…",
    done: "A mail is on its way to the new address. The address changes once you have followed the \
           link in it.",
    ..Sheet::BLANK
};

/// The page at [`paths::EMAIL_PAGE`]. Private.
#[component]
pub fn EmailPage() -> Piece {
    let user = use_user();
    let present = Signal::derive(move || {
        match user.with(|user| user.as_ref().map(|user| user.email.clone())) {
            Some(email) if !email.is_empty() => format!("Your address is {email}."),
            _ => "Your account has no address.".to_owned(),
        }
    });
    area_page("Your e‑mail address", present, Form::new(&SHEET, saying(paths::EMAIL_CHANGE)))
}
