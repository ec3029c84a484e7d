//! The home page: what this is, and whether one is signed in.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{Erase, Heading, KeyStory, Piece, part, use_admission, use_user},
    wire::{User, paths},
};

/// The page at [`paths::HOME_PAGE`].
#[component]
pub fn HomePage() -> Piece {
    let user = use_user();
    let admitted = use_admission();
    let actions = part(move || {
        Some(match admitted.get() {
            Some(false) => invitation(),
            Some(true) | None => welcome(user.get().as_ref()),
        })
    });
    view! {
        <Title text="Stay signed in" />
        <section class="hero">
            <Heading words="Stay signed in. Leave when you say so." />
            <p class="lead">
                "Latchkey looks after the time between sign-in and sign-out. It renews your session \
                 quietly in the background, and ends it the moment you ask."
            </p>
            {actions}
        </section>
        <KeyStory />
        <Promises />
    }
    .erase()
}

/// What a stranger is offered.
fn invitation() -> Piece {
    view! {
        <div class="actions">
            <a class="button" href=paths::LOGIN_PAGE>"Sign in"</a>
        </div>
    }
    .erase()
}

/// What a signed-in person is offered, and whoever may turn out to be one.
fn welcome(user: Option<&User>) -> Piece {
    let words = user.map(|user| format!("Welcome back, {}. You are signed in.", user.greeting()));
    view! {
        <div class="actions">
            <a class="button" href=paths::ACCOUNT_PAGE>"Open your account"</a>
            <p>{words}</p>
        </div>
    }
    .erase()
}

/// What one may rely on.
#[component]
fn Promises() -> impl IntoView {
    view! {
        <section class="promises" aria-label="What you can rely on">
            <div>
                <h2>"Out of reach of scripts"</h2>
                <p>
                    "Your tokens live in HttpOnly cookies. No script can read them, and no page holds \
                     them."
                </p>
            </div>
            <div>
                <h2>"Copies do not last"</h2>
                <p>
                    "Refresh tokens rotate. When an old one turns up again later, the whole session \
                     ends."
                </p>
            </div>
            <div>
                <h2>"Trouble is not goodbye"</h2>
                <p>
                    "A lost connection or a busy server does not sign you out. Latchkey waits and \
                     tries again."
                </p>
            </div>
        </section>
    }
}
