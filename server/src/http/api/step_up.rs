//! The present password in a request that asks for the account's owner: it may be left out as long
//! as the sign-in is young.

use secrecy::SecretString;

use super::new_password;
use crate::{
    auth::{AuthError, ClientInfo, Confirmed, Identity},
    http::{AppState, Failure, field_errors::FieldErrors, fields::Fields},
};

const PASSWORD: &str = "password";
const WRONG: &str = "Your password was entered incorrectly. Please enter it again.";

/// Reads it, if it is there; what is wrong with it goes to `errors`.
pub fn read(state: &AppState, fields: &Fields, errors: &mut FieldErrors) -> Option<SecretString> {
    match fields.untouched(PASSWORD) {
        Ok(None) => None,
        _ => read_required(state, fields, errors),
    }
}

/// Reads it, where it has to be there.
pub fn read_required(
    state: &AppState,
    fields: &Fields,
    errors: &mut FieldErrors,
) -> Option<SecretString> {
    let max_chars = state.auth.policy.passwords.longest_shown();
    new_password::read(fields, PASSWORD, max_chars, errors).map(Into::into)
}

/// Takes the caller for the account's owner, by this password or by their sign-in.
///
/// # Errors
/// 400 when it is another one; 403 when one is needed; 401; 503.
pub async fn confirm(
    state: &AppState,
    caller: &Identity,
    password: Option<SecretString>,
    client: &ClientInfo,
) -> Result<Confirmed, Failure> {
    state.auth.confirm(caller, password, client).await.map_err(failure)
}

/// As [`confirm`], where the password is all that the request may hold.
///
/// # Errors
/// As [`confirm`].
pub async fn owner(
    state: &AppState,
    caller: &Identity,
    fields: &Fields,
    client: &ClientInfo,
) -> Result<Confirmed, Failure> {
    let mut errors = FieldErrors::default();
    let password = read(state, fields, &mut errors);
    errors.into_result()?;
    confirm(state, caller, password, client).await
}

/// What an owner's wish came to. The password may have been changed since it was looked at.
pub fn failure(error: AuthError) -> Failure {
    match error {
        AuthError::InvalidCredentials => Failure::Fields(FieldErrors::one(PASSWORD, WRONG)),
        other => other.into(),
    }
}
