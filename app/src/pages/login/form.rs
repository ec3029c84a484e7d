//! The login form.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Form, Kind, Piece, Question, Sender, Sheet},
    pages::gate::use_asked,
    wire::{LoginBy, LoginRequest, paths},
};

const USERNAME: &str = "username";
const EMAIL: &str = "email";
const PASSWORD: &str = "password";
const BY_USERNAME: Sheet = Sheet {
    page: paths::LOGIN_PAGE,
    questions: &asking(USERNAME, "Username", "Enter your username."),
    titled_by: "login-title",
    label: "Sign in",
    busy_label: "Signing in…",
    first: true,
    ..Sheet::BLANK
};
const BY_EMAIL: Sheet = Sheet {
    questions: &asking(EMAIL, "E-mail address", "Enter your e-mail address."),
    ..BY_USERNAME
};
const BY_EITHER: Sheet = Sheet {
    questions: &asking(
        USERNAME,
        "Username or e-mail address",
        "Enter your username or e-mail address.",
    ),
    ..BY_USERNAME
};

/// Who it is, and the password. Password managers know both as a user name.
const fn asking(name: &'static str, label: &'static str, missing: &'static str) -> [Question; 2] {
    let who = Question { name, label, kind: Kind::Text, autocomplete: "username", missing };
    [who, Question::password(PASSWORD, "Password", "Enter your password.")]
}

/// Signs in through the API. Once that worked the page around it moves on. Without a script it is
/// sent to `action`.
pub fn login_form(action: Signal<String>) -> Piece {
    let sheet = match use_asked().by {
        LoginBy::Username => &BY_USERNAME,
        LoginBy::Email => &BY_EMAIL,
        LoginBy::Either => &BY_EITHER,
    };
    Form::new(sheet, sender()).view(action)
}

/// Asks the API.
fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move {
            let given = |name| Some(values.of(name)).filter(|value| !value.is_empty());
            let (username, email, password) = (given(USERNAME), given(EMAIL), values.of(PASSWORD));
            api.login(LoginRequest { username, email, password }).await.map(drop)
        })
    })
}
