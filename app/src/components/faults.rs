//! What is wrong with what was entered into a form, and where on the form it is said.

use super::{Kind, Question, form::PROOF, in_words};
use crate::{
    api::ApiError,
    wire::{ErrorCode, Problem},
};

/// The server's words for a wrong username, a wrong password and a disabled account alike.
const BAD_CREDENTIALS: &str = "Unable to log in with provided credentials.";

/// A link that was made for this account and moment, and is good for them no more.
const DEAD_LINK: &str =
    "This link was used already, is too old, or is not complete. Ask for a new one.";

/// The messages of a form that was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// What belongs to no single field.
    pub summary: Option<String>,
    /// What is wrong with single fields, in the form's order.
    pub fields: Vec<(&'static str, String)>,
    /// Whether the server looked at username and password and refused them together.
    pub refused: bool,
    /// Whether nothing is wrong but that the sign-in is too old: the password is asked for.
    pub too_old: bool,
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
    /// What the server's answer, or its absence, means for a form that asks these questions.
    pub fn of_error(error: &ApiError, questions: &[&Question]) -> Self {
        match error {
            ApiError::Refused { problem, .. } if wants_proof(problem, questions) => {
                Self { too_old: true, ..Self::default() }
            }
            ApiError::Refused { status: 400, problem, .. } => Self::of_problem(problem, questions),
            ApiError::Refused { status: 404, .. } if hidden(questions).next().is_some() => {
                Self::in_all(DEAD_LINK.to_owned())
            }
            other => Self::in_all(in_words(other)),
        }
    }

    /// A failure that belongs to no single field.
    pub fn in_all(words: String) -> Self {
        Self { summary: Some(words), ..Self::default() }
    }

    fn of_problem(problem: &Problem, questions: &[&Question]) -> Self {
        if problem.general() == Some(BAD_CREDENTIALS) {
            let summary = "These do not match. Check both and try again.";
            let summary = Some(summary.to_owned());
            return Self { summary, refused: true, ..Self::default() };
        }
        if hidden(questions).any(|question| !problem.field(question.name).is_empty()) {
            return Self::in_all(DEAD_LINK.to_owned());
        }
        let said = |question: &&Question| match problem.field(question.name) {
            [] => None,
            messages => Some((question.name, messages.join(" "))),
        };
        let fields: Vec<_> = questions.iter().filter_map(said).collect();
        let summary = problem.general().map(str::to_owned);
        let summary =
            summary.or_else(|| fields.is_empty().then(|| "That did not work.".to_owned()));
        Self { summary, fields, ..Self::default() }
    }

    /// What is wrong with a field.
    pub fn of(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, words)| words.clone())
    }

    /// Whether anything is.
    pub fn is_empty(&self) -> bool {
        self.summary.is_none() && self.fields.is_empty() && !self.too_old
    }

    /// The first place that needs the person.
    pub fn place(&self) -> Place {
        match self.fields.first() {
            Some((field, _)) => Place::Field(field),
            None if self.refused => Place::Field("password"),
            None if self.too_old => Place::Field(PROOF.name),
            None => Place::Summary,
        }
    }
}

/// Whether the password is wanted by a form that can ask for it.
fn wants_proof(problem: &Problem, questions: &[&Question]) -> bool {
    problem.code == Some(ErrorCode::ReauthenticationRequired)
        && questions.iter().any(|question| question.name == PROOF.name)
}

/// What nobody types: it came with a link.
fn hidden<'q>(questions: &[&'q Question]) -> impl Iterator<Item = &'q Question> {
    questions.iter().copied().filter(|question| question.kind == Kind::Hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: [Question; 2] = [
        Question {
            name: "username",
            label: "",
            kind: Kind::Text,
            autocomplete: "username",
            missing: "",
        },
        Question::password("password", "", ""),
    ];

    fn asked(questions: &[Question]) -> Vec<&Question> {
        questions.iter().collect()
    }

    fn bad_request(body: &str) -> Faults {
        let problem = Problem::parse(body);
        Faults::of_error(
            &ApiError::Refused { status: 400, problem, retry_after_s: None },
            &asked(&LOGIN),
        )
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
    fn a_link_that_is_good_no_more_is_told_as_such() {
        const RESET: [Question; 2] = [Question::hidden("token"), Question::choice("a", "", "")];
        let problem = Problem::parse(r#"{"token":["Invalid value"]}"#);
        let refused =
            |status| ApiError::Refused { status, problem: problem.clone(), retry_after_s: None };
        for status in [400, 404] {
            let faults = Faults::of_error(&refused(status), &asked(&RESET));
            assert_eq!(faults.summary.as_deref(), Some(DEAD_LINK));
            assert_eq!(faults.place(), Place::Summary);
        }
    }

    #[test]
    fn an_old_sign_in_leads_to_the_password_where_a_form_can_ask_for_it() {
        const EMAIL: Question = Question::email("");
        let body = r#"{"detail":"Sign in again.","code":"reauthentication_required"}"#;
        let problem = Problem::parse(body);
        let error = ApiError::Refused { status: 403, problem, retry_after_s: None };
        let faults = Faults::of_error(&error, &[&EMAIL, &PROOF]);
        assert!(faults.too_old && !faults.is_empty() && faults.summary.is_none());
        assert_eq!(faults.place(), Place::Field("password"));
        let faults = Faults::of_error(&error, &[&EMAIL]);
        assert_eq!((faults.summary.as_deref(), faults.too_old), (Some("Sign in again."), false));
    }

    #[test]
    fn every_failure_says_something() {
        for body in ["", r#"{"email":["Enter a valid email address."]}"#] {
            let faults = bad_request(body);
            assert_eq!(faults.place(), Place::Summary);
            assert!(faults.summary.is_some(), "{body}");
        }
        assert_eq!(Faults::of_error(&ApiError::NoAnswer, &asked(&LOGIN)).place(), Place::Summary);
        assert!(Faults::default().is_empty());
    }
}
