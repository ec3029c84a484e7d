//! Error bodies, in dj-rest-auth's two shapes: `{"detail", "code"}` and `{"field": ["message"]}`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Machine-readable causes that appear as `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The token is expired, revoked, malformed, or of the wrong type.
    TokenNotValid,
    /// The token names an account that is gone.
    UserNotFound,
    /// The token names an account that is disabled.
    UserInactive,
    /// `Authorization: Bearer` without exactly one token.
    BadAuthorizationHeader,
    /// The sign-in is too old for this: the password is asked for.
    ReauthenticationRequired,
    /// Meant for another than who is signed in.
    AnotherUser,
    /// A code this version does not know.
    Unknown,
}

/// The key under which errors stand that belong to no single field.
pub const NON_FIELD_ERRORS: &str = "non_field_errors";

impl ErrorCode {
    fn parse(text: &str) -> Self {
        match text {
            "token_not_valid" => Self::TokenNotValid,
            "user_not_found" => Self::UserNotFound,
            "user_inactive" => Self::UserInactive,
            "bad_authorization_header" => Self::BadAuthorizationHeader,
            "reauthentication_required" => Self::ReauthenticationRequired,
            "another_user" => Self::AnotherUser,
            _ => Self::Unknown,
        }
    }
}

/// What an error body says, of either shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// The sentence of a `{"detail": ...}` body.
    pub detail: Option<String>,
    /// Its machine-readable cause.
    pub code: Option<ErrorCode>,
    /// Messages by field, [`NON_FIELD_ERRORS`] included.
    pub fields: Vec<(String, Vec<String>)>,
}

impl Problem {
    /// Reads an error body. What is not JSON, or of neither shape, is a problem without words.
    pub fn parse(body: &str) -> Self {
        serde_json::from_str(body).unwrap_or_default()
    }

    /// The messages of one field.
    pub fn field(&self, name: &str) -> &[String] {
        let of_name = self.fields.iter().find(|(field, _)| field == name);
        of_name.map_or(&[], |(_, messages)| messages)
    }

    /// What belongs to no field: the non-field errors, else the detail.
    pub fn general(&self) -> Option<&str> {
        self.field(NON_FIELD_ERRORS).first().or(self.detail.as_ref()).map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

/// Reads a body key by key. Written out, as `serde_json::Value` would add several kilobytes to the
/// WASM.
struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Problem;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Problem, A::Error> {
        let mut problem = Problem::default();
        while let Some(key) = map.next_key::<String>()? {
            match (key.as_str(), map.next_value()?) {
                ("detail", Said::Text(detail)) => problem.detail = Some(detail),
                ("code", Said::Text(code)) => problem.code = Some(ErrorCode::parse(&code)),
                (_, Said::Messages(messages)) => problem.fields.push((key, messages)),
                _ => {}
            }
        }
        Ok(problem)
    }
}

/// What stands under a key: a sentence, messages, or nothing of interest.
enum Said {
    Text(String),
    Messages(Vec<String>),
    Other,
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Said, E> {
        Ok(Said::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Said, A::Error> {
        let mut messages = Vec::new();
        while let Some(said) = seq.next_element()? {
            if let Said::Text(message) = said {
                messages.push(message);
            }
        }
        Ok(Said::Messages(messages))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Said::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Said, E> {
        Ok(Said::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Said, E> {
        Ok(Said::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Said, E> {
        Ok(Said::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Said, E> {
        Ok(Said::Other)
    }

    fn visit_unit<E>(self) -> Result<Said, E> {
        Ok(Said::Other)
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
        let odd = r#"{"detail":7,"code":null,"a":true,"b":{"c":[1]},"d":1.5,"e":-1}"#;
        for body in ["", "<html>", "[]", "7", "null", "{", odd] {
            assert_eq!(Problem::parse(body), Problem::default(), "{body}");
        }
        let odd = Problem::parse(r#"{"detail":"d","code":"from_the_future"}"#);
        assert_eq!(odd.code, Some(ErrorCode::Unknown));
    }
}
