//! Another password.

use std::sync::Arc;

use leptos::prelude::*;

use super::area::area_page;
use crate::{
    api::use_api,
    components::{Form, Piece, Question, Sender, Sheet},
    pages::gate::use_asked,
    wire::{paths, query::DONE},
};

const NEW: Question = Question::choice("new_password1", "New password", "Choose a new password.");
const AGAIN: Question =
    Question::choice("new_password2", "New password again", "Enter the new password once more.");
const SHEET: Sheet = Sheet {
    page: paths::PASSWORD_PAGE,
    questions: &[
        Question::password("old_password", "Present password", "Enter your present password."),
        NEW,
        AGAIN,
    ],
    label: "Save the new password",
    busy_label: "Saving…",
    done: "Your new password is saved. You are signed in here and nowhere else.",
    ..Sheet::BLANK
};
/// It may be asked for all the same: when the sign-in is too old.
const SHEET_WITHOUT_OLD: Sheet = Sheet { questions: &[NEW, AGAIN], proof: true, ..SHEET };

/// The page at [`paths::PASSWORD_PAGE`]. Private.
#[component]
pub fn PasswordPage() -> Piece {
    let lead = "A new password signs out all other browsers.";
    let sheet = if use_asked().old_password { &SHEET } else { &SHEET_WITHOUT_OLD };
    area_page("Your password", lead.into(), Form::new(sheet, sender()))
}

/// Where it is told that there is a new password.
pub fn changed_password_page() -> String {
    format!("{}?{DONE}", paths::PASSWORD_PAGE)
}

fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(
            async move { api.replace_password(paths::PASSWORD_CHANGE, &values).await.map(drop) },
        )
    })
}
