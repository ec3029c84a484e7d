//! The form that makes an account.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Erase, Faults, Form, FormFrame, PasswordField, Piece, Sender, TextField},
    wire::{RegisterRequest, paths},
};

const USERNAME: &str = "username";
const EMAIL: &str = "email";
const PASSWORD: &str = "password1";
const REPEATED: &str = "password2";
const FIELDS: [&str; 4] = [USERNAME, EMAIL, PASSWORD, REPEATED];

/// Makes an account through the API. Once that worked the page around it moves on.
#[component]
pub fn RegisterForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
) -> Piece {
    let form = Form::new(paths::REGISTER_PAGE, &FIELDS, sender());
    form.entry(USERNAME).focus_on_arrival();
    let shown = RwSignal::new(false);
    let text = |name, label, kind, autocomplete, first: bool| {
        view! {
            <TextField
                entry=form.entry(name)
                label
                kind
                autocomplete
                value=form.typed(name)
                autofocus=first
                required=first
                error=form.fault(name)
            />
        }
    };
    // What was typed as a password never comes back.
    let password = |name, label| {
        view! {
            <PasswordField
                entry=form.entry(name)
                label
                autocomplete="new-password"
                autofocus=false
                shown
                error=form.fault(name)
                described_by=Signal::stored(None)
            />
        }
    };
    let fields = view! {
        {text(USERNAME, "Username", "text", "username", true)}
        {text(EMAIL, "E-mail (optional)", "email", "email", false)}
        {password(PASSWORD, "Password")}
        {password(REPEATED, "Password again")}
    }
    .erase();
    view! {
        <FormFrame
            form
            action
            titled_by="register-title"
            label="Make my account"
            busy_label="Making it…"
            fields
        />
    }
    .erase()
}

/// Asks the API, unless a field is empty or the passwords differ.
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
            if let Some(faults) = faults_of(&request) {
                return Err(faults);
            }
            let done = api.register(request).await;
            done.map(drop).map_err(|error| Faults::of_error(&error, &FIELDS))
        })
    })
}

fn faults_of(request: &RegisterRequest) -> Option<Faults> {
    let missing = Faults::of_missing(&[
        (USERNAME, request.username.trim(), "Choose a username."),
        (PASSWORD, &request.password1, "Choose a password."),
        (REPEATED, &request.password2, "Enter the password once more."),
    ]);
    let differ = request.password1 != request.password2;
    missing.or_else(|| {
        let words = "The two passwords are not the same.".to_owned();
        differ.then(|| Faults { fields: vec![(REPEATED, words)], ..Faults::default() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(username: &str, password1: &str, password2: &str) -> RegisterRequest {
        RegisterRequest {
            username: username.to_owned(),
            email: None,
            password1: password1.to_owned(),
            password2: password2.to_owned(),
        }
    }

    #[test]
    fn what_needs_no_server_is_told_at_once() {
        assert_eq!(faults_of(&request("ada", "correct-horse-9", "correct-horse-9")), None);
        let faults = faults_of(&request(" ", "correct-horse-9", "")).unwrap();
        assert!(faults.of("username").is_some() && faults.of("password2").is_some());
        let faults = faults_of(&request("ada", "correct-horse-9", "correct-horse-8")).unwrap();
        assert_eq!(faults.of("password2").unwrap(), "The two passwords are not the same.");
    }
}
