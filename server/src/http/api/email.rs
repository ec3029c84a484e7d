//! The address in a request.

use crate::{
    domain::Email,
    http::{
        Failure,
        field_errors::FieldErrors,
        fields::{Fields, message},
    },
};

const EMAIL: &str = "email";

/// Reads it, if it is there.
///
/// # Errors
/// 400 when it is none.
pub fn optional(fields: &Fields) -> Result<Option<Email>, Failure> {
    parse(fields).map_err(|words| Failure::Fields(FieldErrors::one(EMAIL, words)))
}

/// Reads it.
///
/// # Errors
/// 400 when it is none, or missing.
pub fn required(fields: &Fields) -> Result<Email, Failure> {
    optional(fields)?.ok_or_else(|| Failure::Fields(FieldErrors::one(EMAIL, message::REQUIRED)))
}

/// Reads it among other fields, where it has to be; what is wrong with it goes to `errors`.
pub fn among(fields: &Fields, errors: &mut FieldErrors) -> Option<Email> {
    let email = parse(fields).and_then(|email| email.ok_or(message::REQUIRED.to_owned()));
    email.map_err(|words| errors.push(EMAIL, words)).ok()
}

fn parse(fields: &Fields) -> Result<Option<Email>, String> {
    match fields.optional(EMAIL)? {
        None => Ok(None),
        Some(text) if text.is_empty() => Err(message::BLANK.to_owned()),
        Some(text) => Email::parse(&text).map(Some).map_err(|fault| fault.to_string()),
    }
}
