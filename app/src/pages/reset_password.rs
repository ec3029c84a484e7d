//! The page that a mail's link to a new password leads to.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    account::changed_password_page,
    gate::{GatePage, Hint, from_query, leave_for, with_query},
};
use crate::{
    api::use_api,
    components::{DEAD_LINK, Form, Piece, Question, Sender, Sheet},
    wire::{paths, query::NEW_PASSWORD},
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
    dead: DEAD_LINK,
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

/// Where whoever is to sign in with a new password is told so.
fn sign_in_page() -> String {
    format!("{}?{NEW_PASSWORD}", paths::LOGIN_PAGE)
}

/// Asks the API, and goes where that is told.
fn sender() -> Sender {
    let api = use_api();
    // Back must not lead to a link that is used.
    let go_on = leave_for(SHEET.page);
    Arc::new(move |values| {
        let (api, go_on) = (api.clone(), go_on.clone());
        Box::pin(async move {
            let signed_in = api.replace_password(paths::PASSWORD_RESET_CONFIRM, &values).await?;
            let told = if signed_in { changed_password_page() } else { sign_in_page() };
            go_on(&told);
            Ok(())
        })
    })
}
