//! The login page.

mod form;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use self::form::login_form;
use super::gate::{Gate, go_on_when_signed_in, use_asked, use_next};
use crate::{
    components::{Erase, Piece, part},
    session::{SessionView, use_session},
    wire::{SessionEnd, paths, query},
};

/// The page at [`paths::LOGIN_PAGE`]. Whoever is signed in, already or just now, goes on to
/// `?next=`.
#[component]
pub fn LoginPage() -> Piece {
    let next = use_next();
    go_on_when_signed_in(next);
    let resend = use_asked().verifies_first.then(|| {
        let resend = paths::RESEND_EMAIL_PAGE;
        view! { <p class="hint"><a href=resend>"Your address is yet to be confirmed?"</a></p> }
            .erase()
    });
    let form = view! {
        <h1 id="login-title">"Sign in"</h1>
        <Reason />
        {login_form(next.link(paths::LOGIN_PAGE))}
        <p class="hint">
            "No account yet? " <a href=next.link(paths::REGISTER_PAGE)>"Make one"</a> "."
        </p>
        <p class="hint">
            <a href=paths::FORGOT_PASSWORD_PAGE>"Forgot your password?"</a>
        </p>
        {resend}
    }
    .erase();
    view! {
        <Title text="Sign in" />
        <Gate form />
    }
    .erase()
}

/// Why one is here, where there is a reason.
#[component]
fn Reason() -> Piece {
    let view = use_session().view();
    let search = use_location().search;
    let notice = part(move || match view.get() {
        SessionView::Anonymous { .. } if search.with(|search| query::is_done(search)) => {
            Some(notice("Your account has been deleted."))
        }
        SessionView::Anonymous { .. }
            if search.with(|search| query::says(search, query::NEW_PASSWORD)) =>
        {
            Some(notice("Your new password is saved. Sign in with it."))
        }
        SessionView::Anonymous { .. }
            if search.with(|search| query::says(search, query::EVERYWHERE)) =>
        {
            Some(notice("You are signed out everywhere."))
        }
        SessionView::Anonymous { why } => why.map(reason_in_words).map(notice),
        SessionView::Unknown { .. } | SessionView::SignedIn { .. } => None,
    });
    view! { <div role="status">{notice}</div> }.erase()
}

fn notice(words: &'static str) -> Piece {
    view! { <p class="notice">{words}</p> }.erase()
}

/// How the last session ended, in words.
fn reason_in_words(why: SessionEnd) -> &'static str {
    match why {
        SessionEnd::SignedOut => "You are signed out.",
        SessionEnd::SignedOutOffline => {
            "You are signed out on this device. The server will be told as soon as it can be reached."
        }
        SessionEnd::SignedOutElsewhere => "You were signed out in another tab or browser.",
        SessionEnd::Expired => {
            "You were away for long, so your session has expired. Sign in to go on."
        }
        SessionEnd::PasswordChanged => {
            "Your password was changed, which ended all sessions. Sign in with the new one."
        }
        SessionEnd::Replayed => {
            "An old copy of your session was used, so it was ended, to be safe. Unless you have put \
             back an old copy of this browser yourself, somebody else has one: sign in and change \
             your password."
        }
        SessionEnd::Disabled => "This account has been disabled.",
        SessionEnd::Administrator => {
            "Your session was ended by an administrator. Sign in to go on."
        }
        SessionEnd::Ended => "Your session has ended. Sign in to go on.",
        SessionEnd::CookiesRefused => {
            "This browser does not keep our cookies. Allow cookies for this site, then sign in."
        }
    }
}
