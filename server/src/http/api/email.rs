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
    let email = fields.optional(EMAIL).map_err(str::to_owned).and_then(parse);
    email.map_err(|words| Failure::Fields(FieldErrors::one(EMAIL, words)))
}

/// Reads it.
///
/// # Errors
/// 400 when it is none, or missing.
pub fn required(fields: &Fields) -> Result<Email, Failure> {
    let email = demanded(fields);
    email.map_err(|words| Failure::Fields(FieldErrors::one(EMAIL, words)))
}

/// Reads it among other fields, where it has to be; what is wrong with it goes to `errors`.
pub fn among(fields: &Fields, errors: &mut FieldErrors) -> Option<Email> {
    demanded(fields).map_err(|words| errors.push(EMAIL, words)).ok()
}

fn demanded(fields: &Fields) -> Result<Email, String> {
    parse(fields.trimmed(EMAIL)?)?.ok_or_else(|| message::REQUIRED.to_owned())
}

fn parse(text: Option<String>) -> Result<Option<Email>, String> {
    match text {
        None => Ok(None),
        Some(text) if text.is_empty() => Err(message::BLANK.to_owned()),
        Some(text) => Email::parse(&text).map(Some).map_err(|fault| fault.to_string()),
    }
}
