//! `POST /api/auth/account/delete/`: the end of an account, by its owner.

use app::wire::paths;
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{Detail, logout::farewell, step_up};
use crate::http::{
    AppState, CurrentUser, Failure, client::Client, fields::Fields, openapi::bodies,
};

const DELETED: &str = "Account has been deleted.";

/// Deletes the account. All its sessions end, and this browser loses its cookies. The sign-in has to
/// be young, or the password there.
///
/// # Errors
/// 400 with another password; 403; 401; 503.
#[utoipa::path(
    post,
    path = paths::ACCOUNT_DELETE,
    operation_id = "delete_account",
    tag = "account",
    request_body = Option<bodies::Confirmation>,
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
    Client(client): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let owner = step_up::owner(&state, &caller, &fields, &client).await?;
    state.auth.delete_own_account(owner).await.map_err(step_up::failure)?;
    Ok((farewell(&state, &headers)?, Json(Detail { detail: DELETED })).into_response())
}
