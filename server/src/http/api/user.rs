//! `GET /api/auth/user/`: who am I?

use app::wire::User;
use axum::{Json, extract::State};

use crate::{
    auth::UserRecord,
    http::{AppState, CurrentUser, Failure},
};

/// Answers with the caller's account.
///
/// # Errors
/// 401 when the account is gone or disabled; 503.
pub async fn get(
    State(state): State<AppState>,
    CurrentUser(caller): CurrentUser,
) -> Result<Json<User>, Failure> {
    Ok(Json(wire(state.auth.user(caller.user_id).await?)))
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
