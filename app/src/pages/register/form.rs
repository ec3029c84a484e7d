//! The form that makes an account.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Form, FormFrame, Kind, Piece, Question, Sender, Words},
    wire::{RegisterRequest, paths},
};

const USERNAME: &str = "username";
const EMAIL: &str = "email";
const PASSWORD: &str = "password1";
const REPEATED: &str = "password2";
const QUESTIONS: [Question; 4] = [
    Question {
        name: USERNAME,
        label: "Username",
        kind: Kind::Text,
        autocomplete: "username",
        missing: "Choose a username.",
    },
    Question {
        name: EMAIL,
        label: "E-mail (optional)",
        kind: Kind::Email,
        autocomplete: "email",
        missing: "",
    },
    Question::choice(PASSWORD, "Password", "Choose a password."),
    Question::choice(REPEATED, "Password again", "Enter the password once more."),
];
const WORDS: Words = Words {
    titled_by: "register-title",
    label: "Make my account",
    busy_label: "Making it…",
    done: "",
};

/// Makes an account through the API. Once that worked the page around it moves on.
#[component]
pub fn RegisterForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
) -> Piece {
    let form = Form::new(paths::REGISTER_PAGE, &QUESTIONS, sender());
    view! { <FormFrame form action words=WORDS first=true /> }.into_inner()
}

/// Asks the API.
fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move {
            let email = values.of(EMAIL);
            let request = RegisterRequest {
                username: values.of(USERNAME),
                email: (!email.trim().is_empty()).then_some(email),
                password1: values.of(PASSWORD),
                password2: values.of(REPEATED),
            };
            api.register(request).await.map(drop)
        })
    })
}
