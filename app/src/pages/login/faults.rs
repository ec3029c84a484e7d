//! What is wrong with a sign-in, and where on the form it is said.

use crate::{
    api::ApiError,
    components::in_words,
    wire::{LoginRequest, Problem},
};

/// The server's words for a wrong username, a wrong password and a disabled account alike.
const BAD_CREDENTIALS: &str = "Unable to log in with provided credentials.";

/// The messages of a failed sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// What belongs to no single field.
    pub summary: Option<String>,
    /// What is wrong with the username.
    pub username: Option<String>,
    /// What is wrong with the password.
    pub password: Option<String>,
    /// Whether the server looked at both fields and refused them together.
    pub refused: bool,
}

/// Where the focus goes after a failed sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The username field.
    Username,
    /// The password field.
    Password,
    /// The message above the fields.
    Summary,
}

impl Faults {
    /// What can be said without asking the server: a field is empty.
    pub fn of_request(request: &LoginRequest) -> Option<Self> {
        let missing = |value: &str, message: &str| value.is_empty().then(|| message.to_owned());
        let username = missing(request.username.trim(), "Enter your username.");
        let password = missing(&request.password, "Enter your password.");
        (username.is_some() || password.is_some()).then(|| Self {
            username,
            password,
            ..Self::default()
        })
    }

    /// What the server's answer, or its absence, means for the form.
    pub fn of_error(error: &ApiError) -> Self {
        match error {
            ApiError::Refused { status: 400, problem, .. } => Self::of_problem(problem),
            other => Self { summary: Some(in_words(other)), ..Self::default() },
        }
    }

    fn of_problem(problem: &Problem) -> Self {
        let first = |field| problem.field(field).first().cloned();
        let (username, password) = (first("username"), first("password"));
        if problem.general() == Some(BAD_CREDENTIALS) {
            let summary = "That username and password do not match. Check both and try again.";
            return Self { summary: Some(summary.to_owned()), refused: true, ..Self::default() };
        }
        let nowhere = username.is_none() && password.is_none();
        let summary = problem.general().map(str::to_owned);
        let summary = summary.or_else(|| nowhere.then(|| "That did not work.".to_owned()));
        Self { summary, username, password, refused: false }
    }

    /// The first place that needs the person.
    pub fn place(&self) -> Place {
        if self.username.is_some() {
            Place::Username
        } else if self.password.is_some() || self.refused {
            Place::Password
        } else {
            Place::Summary
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(username: &str, password: &str) -> LoginRequest {
        LoginRequest { username: username.to_owned(), password: password.to_owned() }
    }

    fn bad_request(body: &str) -> Faults {
        let problem = Problem::parse(body);
        Faults::of_error(&ApiError::Refused { status: 400, problem, retry_after_s: None })
    }

    #[test]
    fn empty_fields_are_told_before_asking() {
        assert_eq!(Faults::of_request(&request("alice", " ")), None);
        let both = Faults::of_request(&request(" ", "")).unwrap();
        assert!(both.username.is_some() && both.password.is_some());
        assert_eq!(both.place(), Place::Username);
        let password = Faults::of_request(&request("alice", "")).unwrap();
        assert_eq!(password.place(), Place::Password);
    }

    #[test]
    fn wrong_credentials_lead_to_the_password() {
        let body = r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#;
        let faults = bad_request(body);
        assert_eq!(faults.place(), Place::Password);
        assert!(faults.summary.is_some());
        assert_eq!((faults.username, faults.password), (None, None));
    }

    #[test]
    fn field_errors_stand_beside_their_fields() {
        let faults = bad_request(r#"{"password":["Null characters are not allowed."]}"#);
        assert_eq!(faults.password.as_deref(), Some("Null characters are not allowed."));
        assert_eq!((faults.summary.as_ref(), faults.place()), (None, Place::Password));
    }

    #[test]
    fn every_failure_says_something() {
        for body in ["", r#"{"email":["Enter a valid email address."]}"#] {
            let faults = bad_request(body);
            assert_eq!(faults.place(), Place::Summary);
            assert!(faults.summary.is_some(), "{body}");
        }
        assert_eq!(Faults::of_error(&ApiError::NoAnswer).place(), Place::Summary);
    }
}
