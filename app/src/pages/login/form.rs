//! The login form.

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{
        Entry, EntryForm, Erase, Faults, PasswordField, Piece, Place, Sending, TextField,
        use_faults, use_reply,
    },
    wire::{LoginRequest, paths},
};

const FIELDS: [&str; 2] = ["username", "password"];

/// Signs in through the API. Once that worked the page around it moves on.
#[component]
pub fn LoginForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
) -> Piece {
    let (username, password) = (Entry::new(FIELDS[0]), Entry::new(FIELDS[1]));
    let (first, reply) = use_reply(paths::LOGIN_PAGE, &FIELDS);
    let at_password = first.place() == Place::Field(FIELDS[1]);
    let typed = reply.and_then(|reply| reply.value(FIELDS[0]).map(str::to_owned));
    let sending = sending();
    let faults = use_faults(sending, first);
    let refused = Signal::derive(move || faults.get().refused.then_some("form-summary"));
    let of = move |name| Signal::derive(move || faults.get().of(name));
    let submit = move |()| {
        let request = LoginRequest { username: username.value(), password: password.value() };
        sending.dispatch(request);
    };
    let focus = move |name| if name == password.name { password.focus() } else { username.focus() };
    username.focus_on_arrival();
    let fields = view! {
        <TextField
            entry=username
            label="Username"
            kind="text"
            autocomplete="username"
            value=typed
            autofocus=!at_password
            required=true
            error=of(username.name)
        />
        <PasswordField
            entry=password
            label="Password"
            autocomplete="current-password"
            autofocus=at_password
            shown=RwSignal::new(false)
            error=of(password.name)
            described_by=refused
        />
    }
    .erase();
    view! {
        <EntryForm
            action
            titled_by="login-title"
            faults
            label="Sign in"
            busy_label="Signing in…"
            busy=sending.pending().into()
            submit=Callback::new(submit)
            focus=Callback::new(focus)
            fields
        />
    }
    .erase()
}

/// Asks the API, unless a field is empty.
fn sending() -> Sending<LoginRequest> {
    let api = use_api();
    Action::new(move |request: &LoginRequest| {
        let api = api.clone();
        let request = request.clone();
        async move {
            let missing = Faults::of_missing(&[
                (FIELDS[0], request.username.trim(), "Enter your username."),
                (FIELDS[1], &request.password, "Enter your password."),
            ]);
            if let Some(faults) = missing {
                return Err(faults);
            }
            let done = api.login(request).await;
            done.map(drop).map_err(|error| Faults::of_error(&error, &FIELDS))
        }
    })
}
