//! The page that has the mail sent again by which an address is confirmed.

use leptos::prelude::*;

use super::gate::{GatePage, Hint};
use crate::{
    components::{Form, Piece, Question, Sheet, saying},
    wire::paths,
};

const SHEET: Sheet = Sheet {
    page: paths::RESEND_EMAIL_PAGE,
    questions: &[Question::email("Enter your e-mail address.")],
    label: "Send the mail again",
    busy_label: "Asking…",
    done: "If an account has that address and has yet to confirm it, a mail is on its way.",
    first: true,
    ..Sheet::BLANK
};
const PAGE: GatePage = GatePage {
    title: "Confirm your address",
    lead: "A mail with a link finds out whether an address is yours.",
    hints: &[Hint("Did you want another address?", paths::EMAIL_PAGE, "Ask for it once more")],
};

/// The page at [`paths::RESEND_EMAIL_PAGE`]. It says the same for all addresses.
#[component]
pub fn ResendEmailPage() -> Piece {
    let form = Form::new(&SHEET, saying(paths::RESEND_EMAIL));
    PAGE.view(form.view(SHEET.page.into()))
}
