//! The login page.

mod faults;
mod form;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use self::form::LoginForm;
use crate::{
    components::{Erase, Piece, UprightKey, part, use_user},
    session::{SessionView, use_session},
    wire::{NextPath, SessionEnd},
};

/// The page at [`crate::wire::paths::LOGIN_PAGE`]. Whoever is signed in, already or just now, goes
/// on to `?next=`.
#[component]
pub fn LoginPage() -> Piece {
    let search = use_location().search;
    let next = Memo::new(move |_| NextPath::from_query(&search.get()));
    go_on_when_signed_in(next);
    view! {
        <Title text="Sign in" />
        <div class="gate">
            <div class="door">
                <UprightKey />
                <div class="gate-words">
                    <p>"One sign-in, and the door stays open for you."</p>
                    <p class="door-soft">
                        "Your tokens stay in HttpOnly cookies, where no script can read them."
                    </p>
                </div>
            </div>
            <div class="gate-form">
                <h1 id="login-title">"Sign in"</h1>
                <Reason />
                <LoginForm next />
                <p class="hint">
                    "No account yet? Whoever runs this server makes one with "
                    <code>"latchkey user create"</code> "."
                </p>
            </div>
        </div>
    }
    .erase()
}

/// Leaves for the next page as soon as somebody is signed in. The login page then has no place in
/// the history any more.
fn go_on_when_signed_in(next: Memo<Option<NextPath>>) {
    let user = use_user();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if user.with(Option::is_some) {
            let next = next.get_untracked().unwrap_or_default();
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(next.as_str(), options);
        }
    });
}

/// Why one is here, where there is a reason.
#[component]
fn Reason() -> Piece {
    let view = use_session().view();
    let reason = Memo::new(move |_| match view.get() {
        SessionView::Anonymous { why } => why.map(reason_in_words),
        SessionView::Unknown | SessionView::SignedIn { .. } => None,
    });
    let notice =
        part(move || reason.get().map(|words| view! { <p class="notice">{words}</p> }.erase()));
    view! { <div role="status">{notice}</div> }.erase()
}

/// How the last session ended, in words.
fn reason_in_words(why: SessionEnd) -> &'static str {
    match why {
        SessionEnd::SignedOut => "You are signed out.",
        SessionEnd::Ended => "Your session has ended. Sign in to go on.",
        SessionEnd::CookiesRefused => {
            "This browser does not keep our cookies. Allow cookies for this site, then sign in."
        }
    }
}
