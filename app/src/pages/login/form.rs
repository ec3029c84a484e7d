//! The login form.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{Erase, Faults, Form, FormFrame, PasswordField, Piece, Place, Sender, TextField},
    wire::{LoginRequest, paths},
};

const USERNAME: &str = "username";
const PASSWORD: &str = "password";

/// Signs in through the API. Once that worked the page around it moves on.
#[component]
pub fn LoginForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
) -> Piece {
    let form = Form::new(paths::LOGIN_PAGE, &[USERNAME, PASSWORD], sender());
    let faults = form.faults;
    let at_password = faults.with_untracked(Faults::place) == Place::Field(PASSWORD);
    let refused = Signal::derive(move || faults.get().refused.then(|| "form-summary".to_owned()));
    form.entry(USERNAME).focus_on_arrival();
    let fields = view! {
        <TextField
            entry=form.entry(USERNAME)
            label="Username"
            kind="text"
            autocomplete="username"
            value=form.typed(USERNAME)
            autofocus=!at_password
            required=true
            error=form.fault(USERNAME)
        />
        <PasswordField
            entry=form.entry(PASSWORD)
            label="Password"
            autocomplete="current-password"
            autofocus=at_password
            shown=RwSignal::new(false)
            error=form.fault(PASSWORD)
            described_by=refused
        />
    }
    .erase();
    view! {
        <FormFrame
            form
            action
            titled_by="login-title"
            label="Sign in"
            busy_label="Signing in…"
            fields
        />
    }
    .erase()
}

/// Asks the API, unless a field is empty.
fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move {
            let (username, password) = (values.of(USERNAME), values.of(PASSWORD));
            let missing = Faults::of_missing(&[
                (USERNAME, username.trim(), "Enter your username."),
                (PASSWORD, &password, "Enter your password."),
            ]);
            if let Some(faults) = missing {
                return Err(faults);
            }
            let done = api.login(LoginRequest { username, password }).await;
            done.map(drop).map_err(|error| Faults::of_error(&error, &[USERNAME, PASSWORD]))
        })
    })
}
