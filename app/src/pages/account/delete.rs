//! The end of the account.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::area::AreaPage;
use crate::{
    api::use_api,
    components::{Form, FormFrame, Piece, Question, Sender, Words},
    wire::{paths, query::DONE},
};

const QUESTIONS: [Question; 1] =
    [Question::password("password", "Your password", "Enter your password.")];
const WORDS: Words =
    Words { titled_by: "title", label: "Delete my account", busy_label: "Deleting…", done: "" };

/// The page at [`paths::DELETE_PAGE`]. Private.
#[component]
pub fn DeletePage() -> Piece {
    let form = Form::new(paths::DELETE_PAGE, &QUESTIONS, sender());
    let form = view! {
        <FormFrame form action=paths::DELETE_PAGE words=WORDS class="button wide danger" />
    };
    view! {
        <AreaPage
            title="Delete your account"
            lead="Your account goes, and all that is in it. You are signed out everywhere. This cannot \
                  be undone."
            form=form.into_inner()
        />
    }
    .into_inner()
}

/// Asks the API, and leaves.
fn sender() -> Sender {
    let api = use_api();
    let navigate = use_navigate();
    Arc::new(move |values| {
        let (api, navigate) = (api.clone(), navigate.clone());
        Box::pin(async move {
            api.delete_account(&values).await?;
            // Not in an effect: this component is gone by now. Back must not lead to a private
            // page.
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&format!("{}?{DONE}", paths::LOGIN_PAGE), options);
            Ok(())
        })
    })
}
