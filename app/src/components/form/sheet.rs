//! What a form is, before anybody has touched it.

use super::PROOF;
use crate::components::Question;

/// What a form asks and says.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// The page that it is on, and that it is sent to without a script.
    pub page: &'static str,
    /// What it asks, in this order.
    pub questions: &'static [Question],
    /// The id of its heading.
    pub titled_by: &'static str,
    /// The button's words.
    pub label: &'static str,
    /// The button's words while it is sent.
    pub busy_label: &'static str,
    /// Whether the API may ask for the password before it does this: when the sign-in is too old.
    pub proof: bool,
    /// What to say where the API does not want what nobody typed, because a mail's link has brought it
    /// here; nothing where no link does.
    pub dead: &'static str,
    /// What is told once it has worked; nothing where the page moves on.
    pub done: &'static str,
    /// Whether one is here for the form alone: then its first field has the focus.
    pub first: bool,
    /// Whether it is of no more use once it has worked.
    pub once: bool,
    /// CSS classes of the button.
    pub class: &'static str,
}

impl Sheet {
    /// All that it may ask.
    pub fn all(&self) -> Vec<&'static Question> {
        self.questions.iter().chain(self.proof.then_some(&PROOF)).collect()
    }

    /// Nothing yet.
    pub const BLANK: Self = Self {
        page: "",
        questions: &[],
        titled_by: "title",
        label: "",
        busy_label: "",
        proof: false,
        dead: "",
        done: "",
        first: false,
        once: false,
        class: "button wide",
    };
}
