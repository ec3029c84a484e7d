//! The login form.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Form, FormFrame, Kind, Piece, Question, Sender, Words},
    wire::{LoginRequest, paths},
};

const USERNAME: &str = "username";
const PASSWORD: &str = "password";
const QUESTIONS: [Question; 2] = [
    Question {
        name: USERNAME,
        label: "Username",
        kind: Kind::Text,
        autocomplete: "username",
        missing: "Enter your username.",
    },
    Question::password(PASSWORD, "Password", "Enter your password."),
];
const WORDS: Words =
    Words { titled_by: "login-title", label: "Sign in", busy_label: "Signing in…", done: "" };

/// Signs in through the API. Once that worked the page around it moves on.
#[component]
pub fn LoginForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
) -> Piece {
    let form = Form::new(paths::LOGIN_PAGE, &QUESTIONS, sender());
    view! { <FormFrame form action words=WORDS first=true /> }.into_inner()
}

/// Asks the API.
fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move {
            let (username, password) = (values.of(USERNAME), values.of(PASSWORD));
            api.login(LoginRequest { username, password }).await.map(drop)
        })
    })
}
