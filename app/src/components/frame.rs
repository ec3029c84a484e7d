//! What surrounds every page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Erase, Mark, Piece, part, use_admission, use_user};
use crate::{
    session::{SessionView, use_session},
    wire::{User, paths},
};

/// The head of every page: the name, the way around, and who is signed in.
#[component]
pub fn Header() -> Piece {
    let user = use_user();
    let chip = part(move || user.get().map(|user| chip(&user)));
    view! {
        <header class:signed-in=move || user.get().is_some()>
            <div class="top">
                <a class="brand" href=paths::HOME_PAGE>
                    <Mark />
                    <span class="brand-name">"Latchkey"</span>
                </a>
                <Navigation />
                {chip}
            </div>
            <Connection />
        </header>
    }
    .erase()
}

/// The way around. The account page finds out what nobody knows yet.
#[component]
fn Navigation() -> Piece {
    let admitted = use_admission();
    let path = use_location().pathname;
    let link = move |href: &'static str, name: &'static str| {
        let current = move || path.with(|path| current(path, href));
        view! { <a href=href aria-current=current>{name}</a> }.erase()
    };
    let second = part(move || {
        Some(match admitted.get() {
            Some(false) => link(paths::LOGIN_PAGE, "Sign in"),
            Some(true) | None => link(paths::ACCOUNT_PAGE, "Account"),
        })
    });
    view! {
        <nav class="nav" aria-label="Main">
            <ul>
                <li>{link(paths::HOME_PAGE, "Home")}</li>
                <li>{second}</li>
            </ul>
        </nav>
    }
    .erase()
}

/// Whether a link leads to this page, or to the first page of the area that it is in.
fn current(path: &str, href: &str) -> Option<&'static str> {
    let rest = path.strip_prefix(href)?;
    match rest {
        "" | "/" => Some("page"),
        rest if href != paths::HOME_PAGE && rest.starts_with('/') => Some("true"),
        _ => None,
    }
}

/// The sign of being signed in.
fn chip(user: &User) -> Piece {
    let initial: String = user.greeting().chars().take(1).flat_map(char::to_uppercase).collect();
    let words = format!("Signed in as {}", user.username);
    view! {
        <p class="chip">
            <span class="avatar" aria-hidden="true">{initial}</span>
            <span class="chip-words">{words}</span>
        </p>
    }
    .erase()
}

/// Says so while the server does not answer.
#[component]
fn Connection() -> Piece {
    let view = use_session().view();
    let banner = part(move || {
        let words = match view.get() {
            SessionView::SignedIn { reconnecting: true, .. } => {
                "Reconnecting… You are still signed in."
            }
            SessionView::Unknown { reconnecting: true } => "Reconnecting…",
            _ => return None,
        };
        Some(view! { <p class="banner">{words}</p> }.erase())
    });
    view! { <div role="status">{banner}</div> }.erase()
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

#[cfg(test)]
mod tests {
    use super::current;

    #[test]
    fn a_page_of_an_area_shows_which_area_it_is_in() {
        for (path, href, is) in [
            ("/account", "/account", Some("page")),
            ("/account/", "/account", Some("page")),
            ("/account/email", "/account", Some("true")),
            ("/accounts", "/account", None),
            ("/", "/", Some("page")),
            ("/login", "/", None),
            ("/", "/login", None),
        ] {
            assert_eq!(current(path, href), is, "{path} {href}");
        }
    }
}
