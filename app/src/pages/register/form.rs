//! The form that makes an account.

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{
        Entry, EntryForm, Erase, Faults, PasswordField, Piece, Sending, TextField, use_faults,
        use_reply,
    },
    wire::{FormReply, RegisterRequest, paths},
};

const FIELDS: [&str; 4] = ["username", "email", "password1", "password2"];

/// Makes an account through the API. Once that worked the page around it moves on.
#[component]
pub fn RegisterForm(
    /// The page that it is sent to without a script.
    action: Signal<String>,
) -> Piece {
    let entries = FIELDS.map(Entry::new);
    let [username, email, password, repeated] = entries;
    let (first, reply) = use_reply(paths::REGISTER_PAGE, &FIELDS);
    let sending = sending();
    let faults = use_faults(sending, first);
    let submit = move |()| {
        let email = email.value();
        sending.dispatch(RegisterRequest {
            username: username.value(),
            email: (!email.trim().is_empty()).then_some(email),
            password1: password.value(),
            password2: repeated.value(),
        });
    };
    let focus = move |name| {
        entries.iter().filter(|entry| entry.name == name).for_each(|entry| entry.focus());
    };
    username.focus_on_arrival();
    let fields = view! {
        <PersonFields username email faults reply />
        <PasswordFields password repeated faults />
    }
    .erase();
    view! {
        <EntryForm
            action
            titled_by="register-title"
            faults
            label="Make my account"
            busy_label="Making it…"
            busy=sending.pending().into()
            submit=Callback::new(submit)
            focus=Callback::new(focus)
            fields
        />
    }
    .erase()
}

/// Who one is. What was typed comes back with a form that was refused.
#[component]
fn PersonFields(
    username: Entry,
    email: Entry,
    faults: Memo<Faults>,
    reply: Option<FormReply>,
) -> Piece {
    let of = move |entry: Entry| Signal::derive(move || faults.get().of(entry.name));
    let typed = move |entry: Entry| {
        reply.as_ref().and_then(|reply| reply.value(entry.name).map(str::to_owned))
    };
    view! {
        <TextField
            entry=username
            label="Username"
            kind="text"
            autocomplete="username"
            value=typed(username)
            autofocus=true
            required=true
            error=of(username)
        />
        <TextField
            entry=email
            label="E-mail (optional)"
            kind="email"
            autocomplete="email"
            value=typed(email)
            autofocus=false
            required=false
            error=of(email)
        />
    }
    .erase()
}

/// The password, twice; what was typed never comes back.
#[component]
fn PasswordFields(password: Entry, repeated: Entry, faults: Memo<Faults>) -> Piece {
    let shown = RwSignal::new(false);
    let nothing = Signal::derive(|| None);
    let field = move |entry: Entry, label: &'static str| {
        let error = Signal::derive(move || faults.get().of(entry.name));
        view! {
            <PasswordField
                entry
                label
                autocomplete="new-password"
                autofocus=false
                shown
                error
                described_by=nothing
            />
        }
    };
    view! {
        {field(password, "Password")}
        {field(repeated, "Password again")}
    }
    .erase()
}

/// Asks the API, unless a field is empty or the passwords differ.
fn sending() -> Sending<RegisterRequest> {
    let api = use_api();
    Action::new(move |request: &RegisterRequest| {
        let api = api.clone();
        let request = request.clone();
        async move {
            if let Some(faults) = faults_of(&request) {
                return Err(faults);
            }
            let done = api.register(request).await;
            done.map(drop).map_err(|error| Faults::of_error(&error, &FIELDS))
        }
    })
}

fn faults_of(request: &RegisterRequest) -> Option<Faults> {
    let missing = Faults::of_missing(&[
        (FIELDS[0], request.username.trim(), "Choose a username."),
        (FIELDS[2], &request.password1, "Choose a password."),
        (FIELDS[3], &request.password2, "Enter the password once more."),
    ]);
    let differ = request.password1 != request.password2;
    missing.or_else(|| {
        let words = "The two passwords are not the same.".to_owned();
        differ.then(|| Faults { fields: vec![(FIELDS[3], words)], ..Faults::default() })
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
