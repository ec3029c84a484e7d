//! What was entered into a form, and what can be said of it without asking the server.

use serde::{Serialize, Serializer};

use crate::components::{Faults, Kind, Question};

/// What was entered, by the inputs' names. In JSON it is an object of texts.
#[derive(Default)]
pub struct Values(pub(super) Vec<(&'static str, String)>);

impl Values {
    /// What was entered into an input.
    pub fn of(&self, name: &str) -> String {
        let found = self.0.iter().find(|(input, _)| *input == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// What is not the same as this.
    pub fn without(mut self, known: &[(&'static str, String)]) -> Self {
        self.0.retain(|entered| !known.contains(entered));
        self
    }

    /// What was left out, else whether a password was chosen in two ways.
    pub(super) fn faults(&self, questions: &[&Question]) -> Option<Faults> {
        let left_out = |question: &&&Question| {
            let value = self.of(question.name);
            let value = if question.kind == Kind::Password { &value } else { value.trim() };
            value.is_empty() && !question.missing.is_empty()
        };
        let missing = questions.iter().filter(left_out);
        let missing = missing.map(|question| (question.name, question.missing.to_owned()));
        let fields: Vec<_> = missing.collect();
        if !fields.is_empty() {
            return Some(Faults { fields, ..Faults::default() });
        }
        let mut chosen = questions.iter().filter(|question| question.is_choice());
        let (first, second) = (chosen.next()?, chosen.next()?);
        let differ = self.of(first.name) != self.of(second.name);
        let fields = vec![(second.name, "The two passwords are not the same.".to_owned())];
        differ.then(|| Faults { fields, ..Faults::default() })
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Place;

    const QUESTIONS: [Question; 4] = [
        Question {
            name: "username",
            label: "Username",
            kind: Kind::Text,
            autocomplete: "username",
            missing: "Choose a username.",
        },
        Question {
            name: "email",
            label: "E-mail",
            kind: Kind::Email,
            autocomplete: "email",
            missing: "",
        },
        Question::choice("password1", "Password", "Choose a password."),
        Question::choice("password2", "Password again", "Enter the password once more."),
    ];

    fn faults(username: &str, password1: &str, password2: &str) -> Option<Faults> {
        let typed = [("username", username), ("password1", password1), ("password2", password2)];
        let values = Values(typed.map(|(name, value)| (name, value.to_owned())).into());
        values.faults(&QUESTIONS.iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_needs_no_server_is_told_at_once() {
        assert_eq!(faults("ada", "correct-horse-9", "correct-horse-9"), None);
        let both = faults(" ", "correct-horse-9", "").unwrap();
        assert_eq!(both.place(), Place::Field("username"));
        assert_eq!(both.of("username").as_deref(), Some("Choose a username."));
        assert_eq!(both.of("password2").as_deref(), Some("Enter the password once more."));
        // A password may be of spaces alone.
        assert_eq!(faults("ada", "        ", "        "), None);
        let differ = faults("ada", "correct-horse-9", "correct-horse-8").unwrap();
        assert_eq!(differ.of("password2").unwrap(), "The two passwords are not the same.");
    }

    #[test]
    fn they_are_sent_by_their_names() {
        let values = Values(vec![("first_name", String::new()), ("username", "a\"b".to_owned())]);
        let json = serde_json::to_string(&values).unwrap();
        assert_eq!(json, r#"{"first_name":"","username":"a\"b"}"#);
    }
}
