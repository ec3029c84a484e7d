//! The address in a request.

use crate::{
    domain::Email,
    http::{
        Failure,
        failure::FieldErrors,
        fields::{Fields, message},
    },
};

const EMAIL: &str = "email";

/// Reads it, if it is there.
///
/// # Errors
/// 400 when it is none.
pub fn optional(fields: &Fields) -> Result<Option<Email>, Failure> {
    let wrong = |words: String| Failure::Fields(FieldErrors::one(EMAIL, words));
    match fields.optional(EMAIL).map_err(|words| wrong(words.to_owned()))? {
        None => Ok(None),
        Some(text) if text.is_empty() => Err(wrong(message::BLANK.to_owned())),
        Some(text) => Email::parse(&text).map(Some).map_err(|fault| wrong(fault.to_string())),
    }
}

/// Reads it.
///
/// # Errors
/// 400 when it is none, or missing.
pub fn required(fields: &Fields) -> Result<Email, Failure> {
    optional(fields)?.ok_or_else(|| Failure::Fields(FieldErrors::one(EMAIL, message::REQUIRED)))
}
