//! `/api/auth/user/`: who am I, and what am I called?

use app::wire::{User, paths};
use axum::{Json, extract::State};

use crate::{
    auth::{Identity, ProfileChange, ProfileError, UserRecord},
    http::{
        AppState, CurrentUser, Failure,
        field_errors::FieldErrors,
        fields::{Fields, message},
        openapi::bodies,
    },
};

/// Answers with the caller's account.
///
/// # Errors
/// 401 when the account is gone or disabled; 503.
#[utoipa::path(
    get,
    path = paths::USER,
    operation_id = "user",
    tag = "account",
    responses((status = OK, description = "The caller's account.", body = User)),
)]
pub async fn get(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
) -> Result<Json<User>, Failure> {
    Ok(Json(wire(state.auth.user(caller.user_id).await?)))
}

/// Gives the caller other names; the user name has to be among them. The address is not changed
/// here.
///
/// # Errors
/// 400 with what is wrong, by field; 401; 503.
#[utoipa::path(
    put,
    path = paths::USER,
    operation_id = "replace_user",
    tag = "account",
    request_body = bodies::Profile,
    responses((status = OK, description = "The account as it is now.", body = User)),
)]
pub async fn put(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    fields: Fields,
) -> Result<Json<User>, Failure> {
    update(&state, caller, &fields, Username::Required).await
}

/// As [`put`], and what is missing stays as it is.
///
/// # Errors
/// 400 with what is wrong, by field; 401; 503.
#[utoipa::path(
    patch,
    path = paths::USER,
    operation_id = "change_user",
    tag = "account",
    summary = "Gives the caller other names; what is missing stays as it is.",
    request_body = Option<bodies::ProfileChange>,
    responses((status = OK, description = "The account as it is now.", body = User)),
)]
pub async fn patch(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    fields: Fields,
) -> Result<Json<User>, Failure> {
    update(&state, caller, &fields, Username::Optional).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Username {
    Required,
    Optional,
}

async fn update(
    state: &AppState,
    caller: Identity,
    fields: &Fields,
    demand: Username,
) -> Result<Json<User>, Failure> {
    let username = fields.trimmed("username").and_then(|name| match name {
        None if demand == Username::Required => Err(message::REQUIRED),
        name => Ok(name),
    });
    let (first_name, last_name) = (fields.trimmed("first_name"), fields.trimmed("last_name"));
    let change = ProfileChange {
        username: username.clone().unwrap_or_default(),
        first_name: first_name.clone().unwrap_or_default(),
        last_name: last_name.clone().unwrap_or_default(),
    };
    let faults = state.auth.review_profile(caller.user_id, &change).await?;
    let mut errors = FieldErrors::default();
    for (field, form, fault) in [
        ("username", username.err(), faults.username.map(|fault| fault.to_string())),
        ("first_name", first_name.err(), faults.first_name.map(|fault| fault.to_string())),
        ("last_name", last_name.err(), faults.last_name.map(|fault| fault.to_string())),
    ] {
        errors.push_all(field, form.map(str::to_owned).or(fault));
    }
    errors.into_result()?;
    match state.auth.change_profile(caller.user_id, change).await {
        Ok(user) => Ok(Json(wire(user))),
        Err(ProfileError::Username(fault)) => {
            Err(Failure::Fields(FieldErrors::one("username", fault.to_string())))
        }
        Err(ProfileError::Other(error)) => Err(error.into()),
    }
}

/// The account as the wire shows it.
pub fn wire(user: UserRecord) -> User {
    User {
        pk: user.id.0,
        username: user.username,
        email: user.email.unwrap_or_default(),
        first_name: user.first_name,
        last_name: user.last_name,
    }
}
