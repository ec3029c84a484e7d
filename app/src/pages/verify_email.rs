//! The page that a mail's link to confirm an address leads to.

use std::sync::Arc;

use leptos::prelude::*;

use super::gate::{GatePage, Hint, from_query, leave_for, with_query};
use crate::{
    api::use_api,
    components::{DEAD_LINK, Form, Piece, Question, Sender, Sheet},
    wire::{paths, query::DONE},
};

const KEY: &str = "key";
const SHEET: Sheet = Sheet {
    page: paths::VERIFY_EMAIL_PAGE,
    questions: &[Question::hidden(KEY)],
    label: "Confirm this address",
    busy_label: "Confirming…",
    dead: DEAD_LINK,
    done: "Your e-mail address is confirmed.",
    once: true,
    ..Sheet::BLANK
};
const PAGE: GatePage = GatePage {
    title: "Is this your address?",
    lead: "You were sent a mail to find out whether the address is yours.",
    hints: &[
        Hint("Does the link not work?", paths::RESEND_EMAIL_PAGE, "Have the mail sent again"),
        Hint("Is all well?", paths::ACCOUNT_PAGE, "Go to your account"),
    ],
};

/// The page at [`paths::VERIFY_EMAIL_PAGE`]. To open it confirms nothing: mail scanners open links,
/// too.
#[component]
pub fn VerifyEmailPage() -> Piece {
    let form = Form::new(&SHEET, sender()).with([from_query(KEY)]);
    let done = form.done;
    let heading = move || if done.get() { "Thank you" } else { PAGE.title }.to_owned();
    PAGE.headed(Signal::derive(heading), form.view(with_query(SHEET.page)))
}

fn sender() -> Sender {
    let api = use_api();
    // Back must not lead to a link that is used.
    let go_on = leave_for(SHEET.page);
    Arc::new(move |values| {
        let (api, go_on) = (api.clone(), go_on.clone());
        Box::pin(async move {
            api.verify_email(&values).await?;
            go_on(&format!("{}?{DONE}", SHEET.page));
            Ok(())
        })
    })
}
