//! The end of the account.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::area::area_page;
use crate::{
    api::use_api,
    components::{Form, Piece, Question, Sender, Sheet},
    wire::{paths, query::DONE},
};

const SHEET: Sheet = Sheet {
    page: paths::DELETE_PAGE,
    questions: &[Question::tick(
        "sure",
        "Yes, delete my account for good",
        "Tick this box first, to show that you mean it.",
    )],
    proof: true,
    label: "Delete my account",
    busy_label: "Deleting…",
    class: "button wide danger",
    ..Sheet::BLANK
};
const LEAD: &str = "Your account goes, and all that is in it. You are signed out everywhere. This \
                    cannot be undone.";

/// The page at [`paths::DELETE_PAGE`]. Private.
#[component]
pub fn DeletePage() -> Piece {
    area_page("Delete your account", LEAD.into(), Form::new(&SHEET, sender()))
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
