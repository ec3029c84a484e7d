//! What is wrong with what was entered into a form, and where on the form it is said.

use super::{Kind, PROOF, Question, Sheet, in_words};
use crate::{
    api::ApiError,
    wire::{ErrorCode, Problem},
};

/// The server's words for a wrong username, a wrong password and a disabled account alike.
const BAD_CREDENTIALS: &str = "Unable to log in with provided credentials.";

/// A link that was made for this account and moment, and is good for them no more.
pub const DEAD_LINK: &str =
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
    /// What the server's answer, or its absence, means for a form.
    pub fn of_error(error: &ApiError, sheet: &Sheet) -> Self {
        match error {
            ApiError::Refused { problem, .. } if sheet.proof && wants_proof(problem) => {
                Self { too_old: true, ..Self::default() }
            }
            ApiError::Refused { status: 400, problem, .. } => Self::of_problem(problem, sheet),
            ApiError::Refused { status: 404, .. } if !sheet.dead.is_empty() => {
                Self::in_all(sheet.dead.to_owned())
            }
            other => Self::in_all(in_words(other)),
        }
    }

    /// A failure that belongs to no single field.
    pub fn in_all(words: String) -> Self {
        Self { summary: Some(words), ..Self::default() }
    }

    /// Where nothing was entered.
    pub fn left_out(question: &Question) -> Self {
        let fields = vec![(question.name, question.missing.to_owned())];
        Self { fields, ..Self::default() }
    }

    fn of_problem(problem: &Problem, sheet: &Sheet) -> Self {
        let questions = sheet.all();
        if problem.general() == Some(BAD_CREDENTIALS) {
            let summary = "These do not match. Check both and try again.";
            let summary = Some(summary.to_owned());
            return Self { summary, refused: true, ..Self::default() };
        }
        let of_link = |question: &&Question| {
            question.kind == Kind::Hidden && !problem.field(question.name).is_empty()
        };
        if !sheet.dead.is_empty() && questions.iter().any(of_link) {
            return Self::in_all(sheet.dead.to_owned());
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

/// Whether all that is missing is the password.
pub fn wants_proof(problem: &Problem) -> bool {
    problem.code == Some(ErrorCode::ReauthenticationRequired)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: Sheet = Sheet {
        questions: &[
            Question {
                name: "username",
                label: "",
                kind: Kind::Text,
                autocomplete: "username",
                missing: "",
            },
            Question::password("password", "", ""),
        ],
        ..Sheet::BLANK
    };

    fn refused(status: u16, body: &str) -> ApiError {
        ApiError::Refused { status, problem: Problem::parse(body), retry_after_s: None }
    }

    fn bad_request(body: &str) -> Faults {
        Faults::of_error(&refused(400, body), &LOGIN)
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
        const RESET: Sheet = Sheet {
            questions: &[Question::hidden("token"), Question::choice("a", "", "")],
            dead: DEAD_LINK,
            ..Sheet::BLANK
        };
        let body = r#"{"token":["Invalid value"]}"#;
        for status in [400, 404] {
            let faults = Faults::of_error(&refused(status, body), &RESET);
            assert_eq!(faults.summary.as_deref(), Some(DEAD_LINK));
            assert_eq!(faults.place(), Place::Summary);
        }
        // Somebody between may answer so; a form that no mail leads to knows of no link.
        let elsewhere = Sheet { dead: "", ..RESET };
        let faults = Faults::of_error(&refused(404, "<h1>Not found</h1>"), &elsewhere);
        assert_eq!(faults.summary.as_deref(), Some("The server refused this request."));
    }

    #[test]
    fn an_old_sign_in_leads_to_the_password_where_a_form_can_ask_for_it() {
        const EMAIL: Sheet =
            Sheet { questions: &[Question::email("")], proof: true, ..Sheet::BLANK };
        let error =
            refused(403, r#"{"detail":"Sign in again.","code":"reauthentication_required"}"#);
        let faults = Faults::of_error(&error, &EMAIL);
        assert!(faults.too_old && !faults.is_empty() && faults.summary.is_none());
        assert_eq!(faults.place(), Place::Field("password"));
        let faults = Faults::of_error(&error, &Sheet { proof: false, ..EMAIL });
        assert_eq!((faults.summary.as_deref(), faults.too_old), (Some("Sign in again."), false));
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
