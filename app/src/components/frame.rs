//! What surrounds every page.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Mark, use_admission, use_user};
use crate::{
    session::{SessionView, use_session},
    wire::{User, paths},
};

/// The head of every page: the name, the way around, and who is signed in.
#[component]
pub fn Header() -> AnyView {
    let user = use_user();
    let admitted = use_admission();
    let link = move || second_link(admitted.get());
    view! {
        <header class:signed-in=move || user.get().is_some()>
            <div class="top">
                <a class="brand" href=paths::HOME_PAGE>
                    <Mark />
                    <span class="brand-name">"Latchkey"</span>
                </a>
                <nav class="nav" aria-label="Main">
                    <ul>
                        <li>
                            <A href=paths::HOME_PAGE exact=true>"Home"</A>
                        </li>
                        <li>
                            <A href=move || link().0.to_owned()>{move || link().1}</A>
                        </li>
                    </ul>
                </nav>
                {move || user.get().map(|user| chip(&user))}
            </div>
            <Connection />
        </header>
    }
    .into_any()
}

/// Where the second link leads, and its name. The account page finds out what nobody knows yet.
fn second_link(admitted: Option<bool>) -> (&'static str, &'static str) {
    match admitted {
        Some(false) => (paths::LOGIN_PAGE, "Sign in"),
        Some(true) | None => (paths::ACCOUNT_PAGE, "Account"),
    }
}

/// The sign of being signed in.
fn chip(user: &User) -> AnyView {
    let initial: String = user.greeting().chars().take(1).flat_map(char::to_uppercase).collect();
    let words = format!("Signed in as {}", user.username);
    view! {
        <p class="chip">
            <span class="avatar" aria-hidden="true">{initial}</span>
            <span class="chip-words">{words}</span>
        </p>
    }
    .into_any()
}

/// Says so while the server does not answer.
#[component]
fn Connection() -> impl IntoView {
    let view = use_session().view();
    let reconnecting =
        Memo::new(move |_| matches!(view.get(), SessionView::SignedIn { reconnecting: true, .. }));
    view! {
        <div role="status">
            {move || {
                reconnecting.get().then(|| {
                    view! { <p class="banner">"Reconnecting… You are still signed in."</p> }
                })
            }}
        </div>
    }
}

/// The foot of every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="foot">
            <p>"Latchkey keeps you signed in."</p>
            <p>"Tokens stay in HttpOnly cookies."</p>
        </footer>
    }
}
