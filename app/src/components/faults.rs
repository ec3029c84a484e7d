//! What is wrong with what was entered into a form, and where on the form it is said.

use super::in_words;
use crate::{api::ApiError, wire::Problem};

/// The server's words for a wrong username, a wrong password and a disabled account alike.
const BAD_CREDENTIALS: &str = "Unable to log in with provided credentials.";

/// The messages of a form that was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// What belongs to no single field.
    pub summary: Option<String>,
    /// What is wrong with single fields, in the form's order.
    pub fields: Vec<(&'static str, String)>,
    /// Whether the server looked at username and password and refused them together.
    pub refused: bool,
}

/// Where the focus goes after a form was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The field of this name.
    Field(&'static str),
    /// The message above the fields.
    Summary,
}

impl Faults {
    /// What can be said without asking the server: each of these `(field, value, message)` that is
    /// empty is missing.
    pub fn of_missing(fields: &[(&'static str, &str, &str)]) -> Option<Self> {
        let missing = fields.iter().filter(|(_, value, _)| value.is_empty());
        let fields: Vec<_> =
            missing.map(|(field, _, words)| (*field, (*words).to_owned())).collect();
        (!fields.is_empty()).then(|| Self { fields, ..Self::default() })
    }

    /// What the server's answer, or its absence, means for a form with these fields.
    pub fn of_error(error: &ApiError, fields: &[&'static str]) -> Self {
        match error {
            ApiError::Refused { status: 400, problem, .. } => Self::of_problem(problem, fields),
            other => Self::in_all(in_words(other)),
        }
    }

    /// A failure that belongs to no single field.
    pub fn in_all(words: String) -> Self {
        Self { summary: Some(words), ..Self::default() }
    }

    fn of_problem(problem: &Problem, fields: &[&'static str]) -> Self {
        if problem.general() == Some(BAD_CREDENTIALS) {
            let summary = "That username and password do not match. Check both and try again.";
            let summary = Some(summary.to_owned());
            return Self { summary, refused: true, ..Self::default() };
        }
        let said = |name: &&'static str| match problem.field(name) {
            [] => None,
            messages => Some((*name, messages.join(" "))),
        };
        let fields: Vec<_> = fields.iter().filter_map(said).collect();
        let summary = problem.general().map(str::to_owned);
        let summary =
            summary.or_else(|| fields.is_empty().then(|| "That did not work.".to_owned()));
        Self { summary, fields, refused: false }
    }

    /// What is wrong with a field.
    pub fn of(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, words)| words.clone())
    }

    /// Whether anything is.
    pub fn is_empty(&self) -> bool {
        self.summary.is_none() && self.fields.is_empty()
    }

    /// The first place that needs the person.
    pub fn place(&self) -> Place {
        match self.fields.first() {
            Some((field, _)) => Place::Field(field),
            None if self.refused => Place::Field("password"),
            None => Place::Summary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: [&str; 2] = ["username", "password"];

    fn missing(username: &str, password: &str) -> Option<Faults> {
        Faults::of_missing(&[
            ("username", username, "Enter your username."),
            ("password", password, "Enter your password."),
        ])
    }

    fn bad_request(body: &str) -> Faults {
        let problem = Problem::parse(body);
        Faults::of_error(&ApiError::Refused { status: 400, problem, retry_after_s: None }, &LOGIN)
    }

    #[test]
    fn empty_fields_are_told_before_asking() {
        assert_eq!(missing("alice", " "), None);
        let both = missing("", "").unwrap();
        assert_eq!(both.place(), Place::Field("username"));
        assert_eq!(both.of("password").as_deref(), Some("Enter your password."));
        assert_eq!(missing("alice", "").unwrap().place(), Place::Field("password"));
    }

    #[test]
    fn wrong_credentials_lead_to_the_password() {
        let body = r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#;
        let faults = bad_request(body);
        assert_eq!(faults.place(), Place::Field("password"));
        assert!(faults.summary.is_some() && faults.fields.is_empty());
    }

    #[test]
    fn field_errors_stand_beside_their_fields() {
        let faults = bad_request(r#"{"password":["Too short.","Entirely numeric."]}"#);
        assert_eq!(faults.of("password").as_deref(), Some("Too short. Entirely numeric."));
        assert_eq!((faults.summary.as_ref(), faults.of("username")), (None, None));
        assert_eq!(faults.place(), Place::Field("password"));
    }

    #[test]
    fn every_failure_says_something() {
        for body in ["", r#"{"email":["Enter a valid email address."]}"#] {
            let faults = bad_request(body);
            assert_eq!(faults.place(), Place::Summary);
            assert!(faults.summary.is_some(), "{body}");
        }
        assert_eq!(Faults::of_error(&ApiError::NoAnswer, &LOGIN).place(), Place::Summary);
        assert!(Faults::default().is_empty());
    }
}
