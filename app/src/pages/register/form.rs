//! The form that makes an account.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Form, Kind, Piece, Question, Sender, Sheet},
    pages::gate::{leave_for, use_asked},
    wire::{RegisterRequest, paths, query::DONE},
};

const USERNAME: &str = "username";
const EMAIL: &str = "email";
const PASSWORD: &str = "password1";
const REPEATED: &str = "password2";
const EMAIL_OPTIONAL: Sheet = Sheet {
    page: paths::REGISTER_PAGE,
    questions: &asking(Question { label: "E-mail (optional)", ..Question::email("") }),
    titled_by: "register-title",
    label: "Make my account",
    busy_label: "Making it…",
    first: true,
    ..Sheet::BLANK
};
const EMAIL_ASKED: Sheet =
    Sheet { questions: &asking(Question::email("Enter your e-mail address.")), ..EMAIL_OPTIONAL };

const fn asking(email: Question) -> [Question; 4] {
    [
        Question {
            name: USERNAME,
            label: "Username",
            kind: Kind::Text,
            autocomplete: "username",
            missing: "Choose a username.",
        },
        email,
        Question::choice(PASSWORD, "Password", "Choose a password."),
        Question::choice(REPEATED, "Password again", "Enter the password once more."),
    ]
}

/// Makes an account through the API. Once that worked the page around it moves on. Without a script
/// it is sent to `action`.
pub fn register_form(action: Signal<String>) -> Piece {
    let sheet = if use_asked().email { &EMAIL_ASKED } else { &EMAIL_OPTIONAL };
    Form::new(sheet, sender()).view(action)
}

/// Asks the API. Where the address has to be confirmed first, nobody is signed in: then a page tells
/// of the mail.
fn sender() -> Sender {
    let api = use_api();
    let go_on = leave_for(paths::REGISTER_PAGE);
    Arc::new(move |values| {
        let (api, go_on) = (api.clone(), go_on.clone());
        Box::pin(async move {
            let email = values.of(EMAIL);
            let request = RegisterRequest {
                username: values.of(USERNAME),
                email: (!email.trim().is_empty()).then_some(email),
                password1: values.of(PASSWORD),
                password2: values.of(REPEATED),
            };
            if api.register(request).await?.is_none() {
                go_on(&format!("{}?{DONE}", paths::RESEND_EMAIL_PAGE));
            }
            Ok(())
        })
    })
}
