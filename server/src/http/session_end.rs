//! Why a session ended, for the one whose session it was.

use app::wire::{SESSION_END, SessionEnd};
use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};

use crate::{
    auth::AuthError,
    domain::{RevokeCause, TokenFault},
};

const HEADER: HeaderName = HeaderName::from_static(SESSION_END);

/// Reads it from what a refresh token came to; `None` where that says nothing about the session.
pub fn session_end(error: &AuthError) -> Option<SessionEnd> {
    Some(match error {
        AuthError::Ended(RevokeCause::Logout) => SessionEnd::SignedOutElsewhere,
        AuthError::Ended(RevokeCause::Replay) | AuthError::Replayed => SessionEnd::Replayed,
        AuthError::Ended(RevokeCause::UserDisabled) | AuthError::Inactive => SessionEnd::Disabled,
        AuthError::Ended(RevokeCause::PasswordChanged) => SessionEnd::PasswordChanged,
        AuthError::Ended(RevokeCause::Administrator) => SessionEnd::Administrator,
        AuthError::Token(TokenFault::Expired) => SessionEnd::Expired,
        AuthError::Ended(RevokeCause::Superseded)
        | AuthError::Token(_)
        | AuthError::UserNotFound
        | AuthError::InvalidCredentials
        | AuthError::ReauthenticationRequired
        | AuthError::EmailNotVerified => SessionEnd::Ended,
        AuthError::Throttled { .. } | AuthError::Unavailable { .. } | AuthError::Internal(_) => {
            return None;
        }
    })
}

/// Says so in the answer.
pub fn tell(response: &mut Response, end: Option<SessionEnd>) {
    if let Some(name) = end.and_then(SessionEnd::told) {
        response.headers_mut().insert(HEADER, HeaderValue::from_static(name));
    }
}
