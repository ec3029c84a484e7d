//! Another password.

use std::sync::Arc;

use leptos::prelude::*;

use super::area::AreaPage;
use crate::{
    api::use_api,
    components::{Form, FormFrame, Piece, Question, Sender, Words},
    wire::{paths, query::DONE},
};

const QUESTIONS: [Question; 3] = [
    Question::password("old_password", "Present password", "Enter your present password."),
    Question::choice("new_password1", "New password", "Choose a new password."),
    Question::choice("new_password2", "New password again", "Enter the new password once more."),
];
const WORDS: Words = Words {
    titled_by: "title",
    label: "Save the new password",
    busy_label: "Saving…",
    done: "Your new password is saved. You are signed in here and nowhere else.",
};

/// The page at [`paths::PASSWORD_PAGE`]. Private.
#[component]
pub fn PasswordPage() -> Piece {
    let form = Form::new(paths::PASSWORD_PAGE, &QUESTIONS, sender());
    let form = view! { <FormFrame form action=paths::PASSWORD_PAGE words=WORDS /> };
    view! {
        <AreaPage
            title="Your password"
            lead="A new password signs out all other browsers."
            form=form.into_inner()
        />
    }
    .into_inner()
}

/// Where it is told that there is a new password.
pub fn changed_password_page() -> String {
    format!("{}?{DONE}", paths::PASSWORD_PAGE)
}

fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move { api.replace_password(paths::PASSWORD_CHANGE, &values).await })
    })
}
