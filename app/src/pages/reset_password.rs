//! The page that a mail's link to a new password leads to.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    account::changed_password_page,
    gate::{GatePage, from_query, with_query},
};
use crate::{
    api::use_api,
    components::{Erase, Form, FormFrame, Piece, Question, Sender, Words},
    wire::paths,
};

const UID: &str = "uid";
const TOKEN: &str = "token";
const QUESTIONS: [Question; 4] = [
    Question::choice("new_password1", "New password", "Choose a new password."),
    Question::choice("new_password2", "New password again", "Enter the new password once more."),
    Question::hidden(UID),
    Question::hidden(TOKEN),
];
const WORDS: Words =
    Words { titled_by: "title", label: "Save the new password", busy_label: "Saving…", done: "" };

/// The page at [`paths::RESET_PASSWORD_PAGE`]. Once it has worked one is signed in.
#[component]
pub fn ResetPasswordPage() -> Piece {
    let form = Form::new(paths::RESET_PASSWORD_PAGE, &QUESTIONS, sender());
    let form = form.with([from_query(UID), from_query(TOKEN)]);
    let action = with_query(paths::RESET_PASSWORD_PAGE);
    let form = view! { <FormFrame form action words=WORDS first=true /> }.into_inner();
    let hint = view! {
        "Does the link not work? "
        <a href=paths::FORGOT_PASSWORD_PAGE>"Ask for a new one"</a>
        "."
    }
    .erase();
    view! {
        <GatePage
            title="Choose a new password"
            lead="All browsers that are signed in to your account will be signed out."
            form
            hint
        />
    }
    .into_inner()
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
