//! The account page: who one is, how the session stands, and data that only signed-in people get.

mod activity;
mod area;
mod data;
mod delete;
mod email;
mod password;
mod profile;
mod session;
mod sessions;

use leptos::prelude::*;
use leptos_meta::Title;

pub use self::{
    activity::ActivityPage,
    delete::DeletePage,
    email::EmailPage,
    password::{PasswordPage, changed_password_page},
    profile::ProfilePage,
    sessions::{SessionsPage, provide_late_endings},
};
use self::{area::AreaNavigation, data::DataPanel, session::SessionPanel};
use crate::{
    components::{Erase, Heading, Piece, SignOut, part, use_user},
    wire::{User, paths},
};

/// The page at [`crate::wire::paths::ACCOUNT_PAGE`]. Private.
#[component]
pub fn AccountPage() -> Piece {
    let user = use_user();
    let greeting = Signal::derive(move || {
        user.with(|user| format!("Hello, {}", user.as_ref().map_or("", User::greeting)))
    });
    view! {
        <Title text="Account" />
        <div class="account">
            <div class="account-head">
                <Heading words=greeting />
                <SignOut />
            </div>
            <AreaNavigation />
            <div class="panels">
                <SessionPanel />
                <IdentityPanel />
                <DataPanel />
            </div>
        </div>
    }
    .erase()
}

/// Who is signed in. Empty once nobody is: nothing of a person stays on the page.
#[component]
fn IdentityPanel() -> Piece {
    let user = use_user();
    let of = move |read: fn(&User) -> String| {
        Signal::derive(move || user.with(|user| user.as_ref().map(read).unwrap_or_default()))
    };
    let or_none = move |read: fn(&User) -> String, page: &'static str| {
        part(move || {
            let none = user.with(|user| user.as_ref().is_some_and(|user| read(user).is_empty()));
            let add = || view! { <span>"None yet. " <a href=page>"Add one"</a></span> }.erase();
            none.then(add)
        })
    };
    let name = User::full_name;
    let email: fn(&User) -> String = |user| user.email.clone();
    let (no_name, no_email) =
        (or_none(name, paths::PROFILE_PAGE), or_none(email, paths::EMAIL_PAGE));
    view! {
        <section class="panel" aria-labelledby="identity-title">
            <h2 id="identity-title">"Who you are"</h2>
            <dl class="facts">
                <div>
                    <dt>"Name"</dt>
                    <dd>{of(name)} {no_name}</dd>
                </div>
                <div>
                    <dt>"Username"</dt>
                    <dd>{of(|user| user.username.clone())}</dd>
                </div>
                <div>
                    <dt>"E-mail"</dt>
                    <dd>{of(email)} {no_email}</dd>
                </div>
            </dl>
        </section>
    }
    .erase()
}
