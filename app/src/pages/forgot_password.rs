//! The page for who has forgotten their password.

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
    label: "Send me a link",
    busy_label: "Asking…",
    done: "If an account has that address, a mail with a link to a new password is on its way.",
};

/// The page at [`paths::FORGOT_PASSWORD_PAGE`]. It says the same for all addresses.
#[component]
pub fn ForgotPasswordPage() -> Piece {
    let form = Form::new(paths::FORGOT_PASSWORD_PAGE, &QUESTIONS, sender());
    let form =
        view! { <FormFrame form action=paths::FORGOT_PASSWORD_PAGE words=WORDS first=true /> };
    let hint =
        view! { "It has come back to you? " <a href=paths::LOGIN_PAGE>"Sign in"</a> "." }.erase();
    view! {
        <GatePage
            title="A new password"
            lead="Enter the e-mail address of your account. A mail leads you on from there."
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
        Box::pin(async move { api.say(paths::PASSWORD_RESET, &values).await })
    })
}
