//! The page that has the mail sent again by which an address is confirmed.

use std::sync::Arc;

use leptos::prelude::*;

use super::gate::GatePage;
use crate::{
    api::use_api,
    components::{Erase, Form, FormFrame, Piece, Question, Sender, Words},
    wire::paths,
};

const QUESTIONS: [Question; 1] = [Question::email("Enter your e-mail address.")];
const WORDS: Words = Words {
    titled_by: "title",
    label: "Send the mail again",
    busy_label: "Asking…",
    done: "If an account has that address and has yet to confirm it, a mail is on its way.",
};

/// The page at [`paths::RESEND_EMAIL_PAGE`]. It says the same for all addresses.
#[component]
pub fn ResendEmailPage() -> Piece {
    let form = Form::new(paths::RESEND_EMAIL_PAGE, &QUESTIONS, sender());
    let form = view! { <FormFrame form action=paths::RESEND_EMAIL_PAGE words=WORDS first=true /> };
    let hint = view! {
        "A new address is confirmed by a mail of its own: "
        <a href=paths::EMAIL_PAGE>"ask for it once more"</a>
        "."
    }
    .erase();
    view! {
        <GatePage
            title="Confirm your address"
            lead="A mail with a link finds out whether an address is yours."
            form=form.into_inner()
            hint
        />
    }
    .into_inner()
}

fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move { api.say(paths::RESEND_EMAIL, &values).await })
    })
}
