//! The page that makes an account.

mod form;

use leptos::prelude::*;
use leptos_meta::Title;

use self::form::register_form;
use super::gate::{Gate, go_on_when_signed_in, use_next};
use crate::{
    components::{Erase, Piece},
    wire::paths,
};

/// The page at [`paths::REGISTER_PAGE`]. Whoever is signed in, already or just now, goes on to
/// `?next=`.
#[component]
pub fn RegisterPage() -> Piece {
    let next = use_next();
    go_on_when_signed_in(next);
    let form = view! {
        <h1 id="register-title">"Make an account"</h1>
        {register_form(next.link(paths::REGISTER_PAGE))}
        <p class="hint">
            "You have one already? " <a href=next.link(paths::LOGIN_PAGE)>"Sign in"</a> "."
        </p>
    }
    .erase();
    view! {
        <Title text="Make an account" />
        <Gate form />
    }
    .erase()
}
