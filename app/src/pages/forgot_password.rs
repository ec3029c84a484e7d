//! The page for who has forgotten their password.

use leptos::prelude::*;

use super::gate::{GatePage, Hint};
use crate::{
    components::{Form, Piece, Question, Sheet, saying},
    wire::paths,
};

const SHEET: Sheet = Sheet {
    page: paths::FORGOT_PASSWORD_PAGE,
    questions: &[Question::email("Enter your e-mail address.")],
    label: "Send me a link",
    busy_label: "Asking…",
    done: "If an account has that address, a mail with a link to a new password is on its way.",
    first: true,
    ..Sheet::BLANK
};
const PAGE: GatePage = GatePage {
    title: "A new password",
    lead: "Enter the e-mail address of your account. A mail leads you on from there.",
    hints: &[Hint("Do you remember it after all?", paths::LOGIN_PAGE, "Sign in")],
};

/// The page at [`paths::FORGOT_PASSWORD_PAGE`]. It says the same for all addresses.
#[component]
pub fn ForgotPasswordPage() -> Piece {
    let form = Form::new(&SHEET, saying(paths::PASSWORD_RESET));
    PAGE.view(form.view(SHEET.page.into()))
}
