//! Another e-mail address.

use std::sync::Arc;

use leptos::prelude::*;

use super::area::AreaPage;
use crate::{
    api::use_api,
    components::{Form, FormFrame, Piece, Question, Sender, Words, use_user},
    wire::paths,
};

const QUESTIONS: [Question; 2] = [
    Question::email("Enter the new address."),
    Question::password("password", "Your password", "Enter your password."),
];
const WORDS: Words = Words {
    titled_by: "title",
    label: "Change my address",
    busy_label: "Asking…",
    done: "A mail is on its way to the new address. The address changes once you have followed the \
           link in it.",
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
    let form = Form::new(paths::EMAIL_PAGE, &QUESTIONS, sender());
    let form = view! { <FormFrame form action=paths::EMAIL_PAGE words=WORDS /> };
    view! { <AreaPage title="Your e-mail address" lead=present form=form.into_inner() /> }
        .into_inner()
}

fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move { api.say(paths::EMAIL_CHANGE, &values).await })
    })
}
