//! The page that a mail's link to confirm an address leads to.

use std::sync::Arc;

use leptos::prelude::*;

use super::gate::{GatePage, from_query, with_query};
use crate::{
    api::use_api,
    components::{Erase, Form, FormFrame, Piece, Question, Sender, Words},
    wire::paths,
};

const KEY: &str = "key";
const QUESTIONS: [Question; 1] = [Question::hidden(KEY)];
const WORDS: Words = Words {
    titled_by: "title",
    label: "Confirm this address",
    busy_label: "Confirming…",
    done: "Your e-mail address is confirmed.",
};

/// The page at [`paths::VERIFY_EMAIL_PAGE`]. To open it confirms nothing: mail scanners open links,
/// too.
#[component]
pub fn VerifyEmailPage() -> Piece {
    let form = Form::new(paths::VERIFY_EMAIL_PAGE, &QUESTIONS, sender()).with([from_query(KEY)]);
    let action = with_query(paths::VERIFY_EMAIL_PAGE);
    let form = view! { <FormFrame form action words=WORDS once=true /> }.into_inner();
    let hint = view! {
        "Does the link not work? "
        <a href=paths::RESEND_EMAIL_PAGE>"Have the mail sent again"</a>
        ". "
        <a href=paths::ACCOUNT_PAGE>"Go to your account"</a>
        "."
    }
    .erase();
    view! {
        <GatePage
            title="Is this your address?"
            lead="You were sent a mail to find out whether the address is yours."
            form
            hint
        />
    }
    .into_inner()
}

fn sender() -> Sender {
    let api = use_api();
    Arc::new(move |values| {
        let api = api.clone();
        Box::pin(async move { api.verify_email(&values).await })
    })
}
