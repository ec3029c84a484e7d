//! The login form: a plain HTML form that the browser enhances.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::faults::{Faults, Place};
use crate::{
    api::use_api,
    components::{BusyButton, Erase, Field, Piece, on_arrival, part, use_hydrated},
    wire::{LoginRequest, NextPath, paths},
};

/// The inputs. They are read when the form is sent and never written: what was typed before the
/// page was hydrated stays.
#[derive(Clone, Copy, Default)]
struct Inputs {
    username: NodeRef<html::Input>,
    password: NodeRef<html::Input>,
    summary: NodeRef<html::P>,
}

impl Inputs {
    fn read(self) -> LoginRequest {
        let value = |input: NodeRef<html::Input>| {
            input.get_untracked().map(|input| input.value()).unwrap_or_default()
        };
        LoginRequest { username: value(self.username), password: value(self.password) }
    }

    fn focus(self, place: Place) {
        match place {
            Place::Username => focus_and_select(self.username),
            Place::Password => focus_and_select(self.password),
            Place::Summary => {
                if let Some(summary) = self.summary.get_untracked() {
                    _ = summary.focus();
                }
            }
        }
    }
}

fn focus_and_select(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        _ = input.focus();
        input.select();
    }
}

/// Signs in through the API. Once that worked the page around it moves on.
#[component]
pub fn LoginForm(
    /// Where to go afterwards, for the form itself.
    next: Memo<Option<NextPath>>,
) -> Piece {
    let inputs = Inputs::default();
    let sign_in = sign_in_action();
    let busy = sign_in.pending();
    let faults =
        Memo::new(move |_| sign_in.value().get().and_then(Result::err).unwrap_or_default());
    let shown = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            shown.set(false);
            sign_in.dispatch(inputs.read());
        }
    };
    on_arrival(move || {
        if let Some(username) = inputs.username.get() {
            _ = username.focus();
        }
    });
    Effect::new(move |_| {
        if let Some(Err(faults)) = sign_in.value().get() {
            // The messages must be in the document before one of them can take the focus.
            request_animation_frame(move || inputs.focus(faults.place()));
        }
    });
    let next = part(move || {
        let next = next.get()?.as_str().to_owned();
        Some(view! { <input type="hidden" name="next" value=next /> }.erase())
    });
    let summary = part(move || {
        let words = faults.get().summary?;
        let summary = inputs.summary;
        Some(view! { <p class="alert" tabindex="-1" node_ref=summary>{words}</p> }.erase())
    });
    view! {
        <form
            method="post"
            action=paths::LOGIN_PAGE
            aria-labelledby="login-title"
            novalidate
            on:submit=submit
        >
            {next}
            <div role="alert" id="login-summary" class:off=move || busy.get()>{summary}</div>
            <UsernameField input=inputs.username faults />
            <PasswordField input=inputs.password faults shown />
            <BusyButton class="button wide" label="Sign in" busy_label="Signing in…" busy />
        </form>
    }
    .erase()
}

/// Asks the API, unless a field is empty.
fn sign_in_action() -> Action<LoginRequest, Result<(), Faults>> {
    let api = use_api();
    Action::new(move |request: &LoginRequest| {
        let api = api.clone();
        let request = request.clone();
        async move {
            if let Some(faults) = Faults::of_request(&request) {
                return Err(faults);
            }
            api.login(request).await.map(drop).map_err(|error| Faults::of_error(&error))
        }
    })
}

#[component]
fn UsernameField(input: NodeRef<html::Input>, faults: Memo<Faults>) -> Piece {
    let error = Signal::derive(move || faults.get().username);
    let input = view! {
        <input
            id="username"
            name="username"
            type="text"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            autofocus
            node_ref=input
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=move || error.get().map(|_| "username-error")
        />
    }
    .erase();
    view! { <Field name="username" label="Username" error input /> }.erase()
}

#[component]
fn PasswordField(
    input: NodeRef<html::Input>,
    faults: Memo<Faults>,
    shown: RwSignal<bool>,
) -> Piece {
    let hydrated = use_hydrated();
    let error = Signal::derive(move || faults.get().password);
    let described_by = move || {
        let summary = faults.get().refused.then_some("login-summary");
        error.get().map(|_| "password-error").or(summary)
    };
    let input = view! {
        <div class="with-toggle">
            <input
                id="password"
                name="password"
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete="current-password"
                autocapitalize="none"
                spellcheck="false"
                required
                node_ref=input
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by
            />
            <button
                class="toggle"
                type="button"
                disabled=move || !hydrated.get()
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                "Show" <span class="unseen">" password"</span>
            </button>
        </div>
    }
    .erase();
    view! { <Field name="password" label="Password" error input /> }.erase()
}
