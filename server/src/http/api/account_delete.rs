//! `POST /api/auth/account/delete/`: the end of an account, for whoever knows its password.

use app::wire::paths;
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{Detail, logout::farewell, present_password};
use crate::http::{
    AppState, CurrentUser, Failure, field_errors::FieldErrors, fields::Fields, openapi::bodies,
};

const DELETED: &str = "Account has been deleted.";

/// Deletes the account. All its sessions end, and this browser loses its cookies.
///
/// # Errors
/// 400 without the password, or with another one; 401; 503.
#[utoipa::path(
    post,
    path = paths::ACCOUNT_DELETE,
    operation_id = "delete_account",
    tag = "account",
    request_body = bodies::AccountDelete,
    responses((
        status = OK,
        description = "Deleted.",
        body = Detail,
        headers(("Set-Cookie" = String, description = "Deletes the token cookies.")),
        example = json!({"detail": "Account has been deleted."}),
    )),
)]
pub async fn post(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut errors = FieldErrors::default();
    let password = present_password::read(&state, &fields, &mut errors);
    errors.into_result()?;
    let Some(password) = password else {
        return Err(Failure::Internal("a password that was not checked".to_owned()));
    };
    let owner = present_password::owner(&state, caller, password).await?;
    state.auth.delete_own_account(owner).await.map_err(present_password::failure)?;
    Ok((farewell(&state, &headers)?, Json(Detail { detail: DELETED })).into_response())
}
