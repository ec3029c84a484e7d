//! The login form.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Form, Kind, Piece, Question, Sender, Sheet},
    wire::{LoginRequest, paths},
};

const USERNAME: &str = "username";
const PASSWORD: &str = "password";
const SHEET: Sheet = Sheet {
    page: paths::LOGIN_PAGE,
    questions: &[
        Question {
            name: USERNAME,
            label: "Username",
            kind: Kind::Text,
            autocomplete: "username",
            missing: "Enter your username.",
        },
        Question::password(PASSWORD, "Password", "Enter your password."),
    ],
    titled_by: "login-title",
    label: "Sign in",
    busy_label: "Signing in…",
    first: true,
    ..Sheet::BLANK
};

/// Signs in through the API. Once that worked the page around it moves on. Without a script it is
/// sent to `action`.
pub fn login_form(action: Signal<String>) -> Piece {
    Form::new(&SHEET, sender()).view(action)
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
