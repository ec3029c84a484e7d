//! Signing out.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{BusyButton, Erase, Form, Piece, Sender, Sheet, instead, part};
use crate::{api::use_api, wire::paths};

const SHEET: Sheet = Sheet { page: paths::LOGOUT_PAGE, ..Sheet::BLANK };

/// A button that ends the session and leads to the login page. When that fails one is told.
#[component]
pub fn SignOut() -> Piece {
    let form = Form::new(&SHEET, sender());
    let (faults, busy) = (form.faults, form.busy);
    let failure = part(move || {
        let words = faults.get().summary?;
        Some(view! { <p class="alert">"Signing out did not work. " {words}</p> }.erase())
    });
    let submit = instead(move || form.submit());
    view! {
        <form class="sign-out" method="post" action=paths::LOGOUT_PAGE on:submit=submit>
            <BusyButton class="button quiet" label="Sign out" busy_label="Signing out…" busy />
            <div role="alert">{failure}</div>
        </form>
    }
    .erase()
}

/// Asks the API, and leaves.
fn sender() -> Sender {
    let api = use_api();
    let navigate = use_navigate();
    Arc::new(move |_| {
        let api = api.clone();
        let navigate = navigate.clone();
        Box::pin(async move {
            api.logout().await?;
            // Not in an effect: this component is gone by now. Back must not lead to a private
            // page.
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(paths::LOGIN_PAGE, options);
            Ok(())
        })
    })
}
