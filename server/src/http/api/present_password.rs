//! The present password in a request: who has a session has not shown yet that they are its owner.

use secrecy::SecretString;

use super::new_password;
use crate::{
    auth::{AuthError, Identity, Owner},
    http::{AppState, Failure, field_errors::FieldErrors, fields::Fields},
};

const PASSWORD: &str = "password";
const WRONG: &str = "Your password was entered incorrectly. Please enter it again.";

/// Reads it; what is wrong with it goes to `errors`.
pub fn read(state: &AppState, fields: &Fields, errors: &mut FieldErrors) -> Option<SecretString> {
    let max_chars = state.auth.policy.passwords.max_chars;
    new_password::read(fields, PASSWORD, max_chars, errors).map(Into::into)
}

/// The caller's account, if the password is its.
///
/// # Errors
/// 400 when it is another one; 401; 503.
pub async fn owner(
    state: &AppState,
    caller: Identity,
    password: SecretString,
) -> Result<Owner, Failure> {
    state.auth.owner(caller.user_id, Some(password)).await.map_err(failure)
}

/// What an owner's wish came to. The password may have been changed since it was looked at.
pub fn failure(error: AuthError) -> Failure {
    match error {
        AuthError::InvalidCredentials => Failure::Fields(FieldErrors::one(PASSWORD, WRONG)),
        other => other.into(),
    }
}
