//! What a form is, before anybody has touched it.

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
    /// Nothing yet.
    pub const BLANK: Self = Self {
        page: "",
        questions: &[],
        titled_by: "title",
        label: "",
        busy_label: "",
        done: "",
        first: false,
        once: false,
        class: "button wide",
    };
}
