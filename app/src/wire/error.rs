//! Error bodies, in dj-rest-auth's two shapes: `{"detail", "code"}` and `{"field": ["message"]}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Machine-readable causes that appear as `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The token is expired, revoked, malformed, or of the wrong type.
    TokenNotValid,
    /// The token names an account that is gone.
    UserNotFound,
    /// The token names an account that is disabled.
    UserInactive,
    /// `Authorization: Bearer` without exactly one token.
    BadAuthorizationHeader,
    /// A code this version does not know.
    #[serde(other)]
    Unknown,
}

/// The key under which errors stand that belong to no single field.
pub const NON_FIELD_ERRORS: &str = "non_field_errors";

/// What an error body says, of either shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// The sentence of a `{"detail": ...}` body.
    pub detail: Option<String>,
    /// Its machine-readable cause.
    pub code: Option<ErrorCode>,
    /// Messages by field, [`NON_FIELD_ERRORS`] included.
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Problem {
    /// Reads an error body. What is not JSON, or of neither shape, is a problem without words.
    pub fn parse(body: &str) -> Self {
        let Ok(serde_json::Value::Object(map)) = serde_json::from_str(body) else {
            return Self::default();
        };
        let mut problem = Self::default();
        for (key, value) in map {
            match (key.as_str(), value) {
                ("detail", serde_json::Value::String(detail)) => problem.detail = Some(detail),
                ("code", code) => problem.code = serde_json::from_value(code).ok(),
                (_, serde_json::Value::Array(messages)) => {
                    let messages = messages.iter().filter_map(|m| m.as_str().map(str::to_owned));
                    problem.fields.insert(key, messages.collect());
                }
                _ => {}
            }
        }
        problem
    }

    /// The messages of one field.
    pub fn field(&self, name: &str) -> &[String] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// What belongs to no field: the non-field errors, else the detail.
    pub fn general(&self) -> Option<&str> {
        self.field(NON_FIELD_ERRORS).first().or(self.detail.as_ref()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_shapes() {
        let detail = Problem::parse(r#"{"detail":"Token is expired","code":"token_not_valid"}"#);
        assert_eq!(detail.general(), Some("Token is expired"));
        assert_eq!(detail.code, Some(ErrorCode::TokenNotValid));

        let fields = Problem::parse(r#"{"password":["This field is required."]}"#);
        assert_eq!(fields.field("password"), ["This field is required."]);
        assert_eq!(fields.general(), None);

        let general = Problem::parse(r#"{"non_field_errors":["No."],"detail":"x"}"#);
        assert_eq!(general.general(), Some("No."));
    }

    #[test]
    fn anything_else_is_a_problem_without_words() {
        for body in ["", "<html>", "[]", "7", "null", r#"{"detail":7}"#] {
            assert_eq!(Problem::parse(body), Problem::default(), "{body}");
        }
        let odd = Problem::parse(r#"{"detail":"d","code":"from_the_future"}"#);
        assert_eq!(odd.code, Some(ErrorCode::Unknown));
    }
}
