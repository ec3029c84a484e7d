//! Signing out.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{BusyButton, Erase, Piece, in_words, part};
use crate::{api::use_api, wire::paths};

/// A button that ends the session and leads to the login page. When that fails one is told.
#[component]
pub fn SignOut() -> Piece {
    let api = use_api();
    let navigate = use_navigate();
    let sign_out = Action::new(move |(): &()| {
        let api = api.clone();
        let navigate = navigate.clone();
        async move {
            api.logout().await.map_err(|error| in_words(&error))?;
            // Not in an effect: this component is gone by now. Back must not lead to a private page.
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(paths::LOGIN_PAGE, options);
            Ok::<(), String>(())
        }
    });
    let busy = sign_out.pending();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            sign_out.dispatch(());
        }
    };
    let failure = part(move || {
        let words = sign_out.value().get()?.err()?;
        Some(view! { <p class="alert">"Signing out did not work. " {words}</p> }.erase())
    });
    view! {
        <form class="sign-out" method="post" action=paths::LOGOUT_PAGE on:submit=submit>
            <BusyButton class="button quiet" label="Sign out" busy_label="Signing out…" busy=busy />
            <div role="alert">{failure}</div>
        </form>
    }
    .erase()
}
