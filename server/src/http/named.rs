//! Answers name the person they were given to: a page that shows somebody else finds out by that.

use app::wire::USER;
use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};

use crate::domain::UserId;

const HEADER: HeaderName = HeaderName::from_static(USER);

/// Names whose answer it is.
pub fn name(response: &mut Response, user: UserId) {
    response.headers_mut().insert(HEADER, HeaderValue::from(user.0));
}
