//! What came of a form that the browser sent by itself, without a script.

use serde::{Deserialize, Serialize};

/// The API's refusal of a form, for the page that shows the form again. It is put into the HTML, so
/// that hydration starts from the same first frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormReply {
    /// The page that the form was sent to.
    pub page: String,
    /// What was typed, by the inputs' names; never a password.
    pub values: Vec<(String, String)>,
    /// The API's status.
    pub status: u16,
    /// The API's body.
    pub body: String,
    /// Seconds that the API asks to wait.
    pub retry_after_s: Option<u64>,
}

impl FormReply {
    /// What was typed into an input.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.values.iter();
        values.find(|(input, _)| input == name).map(|(_, value)| value.as_str())
    }
}
