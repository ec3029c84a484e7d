//! The page that a mail's link to a new password leads to.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    account::changed_password_page,
    gate::{GatePage, Hint, from_query, with_query},
};
use crate::{
    api::use_api,
    components::{Form, Piece, Question, Sender, Sheet},
    wire::paths,
};

const UID: &str = "uid";
const TOKEN: &str = "token";
const SHEET: Sheet = Sheet {
    page: paths::RESET_PASSWORD_PAGE,
    questions: &[
        Question::choice("new_password1", "New password", "Choose a new password."),
        Question::choice(
            "new_password2",
            "New password again",
            "Enter the new password once more.",
        ),
        Question::hidden(UID),
        Question::hidden(TOKEN),
    ],
    label: "Save the new password",
    busy_label: "Saving…",
    first: true,
    ..Sheet::BLANK
};
const PAGE: GatePage = GatePage {
    title: "Choose a new password",
    lead: "All browsers that are signed in to your account will be signed out.",
    hints: &[Hint("Does the link not work?", paths::FORGOT_PASSWORD_PAGE, "Ask for a new one")],
};

/// The page at [`paths::RESET_PASSWORD_PAGE`]. Once it has worked one is signed in.
#[component]
pub fn ResetPasswordPage() -> Piece {
    let form = Form::new(&SHEET, sender()).with([from_query(UID), from_query(TOKEN)]);
    PAGE.view(form.view(with_query(SHEET.page)))
}

/// Asks the API, and goes where that is told.
fn sender() -> Sender {
    let api = use_api();
    let navigate = use_navigate();
    Arc::new(move |values| {
        let (api, navigate) = (api.clone(), navigate.clone());
        Box::pin(async move {
            api.replace_password(paths::PASSWORD_RESET_CONFIRM, &values).await?;
            // Back must not lead to a link that is used.
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&changed_password_page(), options);
            Ok(())
        })
    })
}
