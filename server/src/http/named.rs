//! Answers name the person they were given to: a page that shows somebody else finds out by that. A
//! request may name whom it is meant for: what a page was told to do for the person that it shows is
//! not done for whoever has signed in since, in another tab.

use app::wire::USER;
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    response::Response,
};

use crate::domain::UserId;

const HEADER: HeaderName = HeaderName::from_static(USER);

/// Whether a request would change something for this person, and is meant for another.
pub fn is_for_another(request: &Request, caller: UserId) -> bool {
    let is_caller = |named: &HeaderValue| {
        let id = named.to_str().ok().and_then(|id| id.parse().ok());
        id == Some(caller.0)
    };
    !request.method().is_safe() && !request.headers().get_all(HEADER).iter().all(is_caller)
}

/// Names whose answer it is.
pub fn name(response: &mut Response, user: UserId) {
    response.headers_mut().insert(HEADER, HeaderValue::from(user.0));
}
