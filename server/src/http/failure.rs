//! Errors on the wire, in dj-rest-auth's words.
//!
//! A handler returns [`Failure`]; this is the one place that gives it a status and a body. What
//! is our own fault says nothing about the inside: the cause goes to the log, under the request
//! id that the body carries.

use std::{any::Any, borrow::Cow, sync::Arc, time::Duration};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{field_errors::FieldErrors, named};
use crate::{
    auth::{AccessFault, AuthError, VerifyError},
    domain::{TokenFault, UserId},
};

/// What an endpoint answers instead of success.
#[derive(Debug)]
pub enum Failure {
    /// No credentials where some are needed.
    NotAuthenticated,
    /// An access token that is not acceptable.
    BadAccessToken(&'static str),
    /// An access token without a user.
    NoUserInToken,
    /// `Authorization: Bearer` without exactly one token.
    BadAuthorizationHeader,
    /// A refresh or verified token that is not acceptable.
    TokenNotValid(&'static str),
    /// The account is gone.
    UserNotFound,
    /// The account is disabled.
    UserInactive,
    /// The account behind a refresh token is disabled.
    NoActiveAccount,
    /// Messages by field, in order.
    Fields(FieldErrors),
    /// The body is not what its type says; the sentence.
    Parse(String),
    /// A body of a type that is not read.
    UnsupportedMediaType(String),
    /// A body beyond the limit.
    TooLarge,
    /// A body that did not come in time.
    TimedOut,
    /// No representation that the caller accepts.
    NotAcceptable,
    /// Nothing here.
    NotFound,
    /// Nothing here for this method.
    MethodNotAllowed(String),
    /// From an origin that may not do this; the header that says so.
    ForbiddenOrigin(&'static str),
    /// The sign-in is too old for this, and no password came.
    ReauthenticationRequired,
    /// Meant for another than who is signed in, who is this.
    AnotherUser(UserId),
    /// Without the value of the cookie `csrftoken` in its header, where that is asked for; the sentence.
    CsrfToken(&'static str),
    /// Too often; how long it takes until it is not.
    Throttled {
        /// From now.
        wait: Duration,
    },
    /// A browser asked for tokens in the body.
    BearerFromBrowser,
    /// Not now.
    Unavailable {
        /// For the log.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// A fault of ours; for the log.
    Internal(String),
}

/// The words for a token's fault.
pub const fn token_message(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Invalid | TokenFault::NoUser => "Token is invalid",
        TokenFault::Expired => "Token is expired",
        TokenFault::NoExpiry => "Token has no 'exp' claim",
        TokenFault::NoId => "Token has no id",
        TokenFault::NoType => "Token has no type",
        TokenFault::WrongType => "Token has wrong type",
    }
}

/// The words for a token whose session was ended.
pub const BLACKLISTED: &str = "Token is blacklisted";

impl From<AccessFault> for Failure {
    fn from(fault: AccessFault) -> Self {
        match fault {
            AccessFault::Token(TokenFault::NoUser) => Self::NoUserInToken,
            AccessFault::Token(fault) => Self::BadAccessToken(token_message(fault)),
            AccessFault::Revoked => Self::BadAccessToken(BLACKLISTED),
            AccessFault::Stale => AuthError::unavailable(fault.to_string()).into(),
        }
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::InvalidCredentials => {
                Self::Fields(FieldErrors::general("Unable to log in with provided credentials."))
            }
            AuthError::EmailNotVerified => {
                Self::Fields(FieldErrors::general("E-mail is not verified."))
            }
            AuthError::Throttled { wait } => Self::Throttled { wait },
            AuthError::ReauthenticationRequired => Self::ReauthenticationRequired,
            AuthError::Token(fault) => Self::TokenNotValid(token_message(fault)),
            AuthError::Ended(_) | AuthError::Replayed => Self::TokenNotValid(BLACKLISTED),
            AuthError::Inactive => Self::UserInactive,
            AuthError::UserNotFound => Self::UserNotFound,
            AuthError::Unavailable { reason, retry_after } => {
                Self::Unavailable { reason, retry_after }
            }
            AuthError::Internal(error) => Self::Internal(error.to_string()),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Blacklisted => Self::Fields(FieldErrors::general(BLACKLISTED)),
            VerifyError::Other(error) => error.into(),
        }
    }
}

/// A server fault on its way to the log and to the body's request id; see [`super::trace`].
#[derive(Clone, Debug)]
pub struct ServerFault {
    /// The cause, for the log.
    pub cause: Arc<str>,
    /// The sentence for the caller.
    pub detail: &'static str,
}

const TRY_AGAIN: &str = "Temporarily unavailable. Please try again.";
const OUR_FAULT: &str = "An error has occurred.";

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotAuthenticated
            | Self::BadAccessToken(_)
            | Self::NoUserInToken
            | Self::BadAuthorizationHeader
            | Self::TokenNotValid(_)
            | Self::UserNotFound
            | Self::UserInactive
            | Self::NoActiveAccount => StatusCode::UNAUTHORIZED,
            Self::Fields(_) | Self::Parse(_) | Self::BearerFromBrowser => StatusCode::BAD_REQUEST,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForbiddenOrigin(_) | Self::CsrfToken(_) | Self::ReauthenticationRequired => {
                StatusCode::FORBIDDEN
            }
            Self::AnotherUser(_) => StatusCode::CONFLICT,
            Self::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sentence and, where there is one, the code; of what is not about fields.
    fn words(&self) -> (Cow<'_, str>, Option<&'static str>) {
        let invalid = Some("token_not_valid");
        let (text, code) = match self {
            Self::NotAuthenticated => ("Authentication credentials were not provided.", None),
            Self::BadAccessToken(_) => ("Given token not valid for any token type", invalid),
            Self::NoUserInToken => ("Token contained no recognizable user identification", invalid),
            Self::BadAuthorizationHeader => (
                "Authorization header must contain two space-delimited values",
                Some("bad_authorization_header"),
            ),
            Self::TokenNotValid(message) => (*message, invalid),
            Self::UserNotFound => ("User not found", Some("user_not_found")),
            Self::UserInactive => ("User is inactive", Some("user_inactive")),
            Self::NoActiveAccount => ("No active account found for the given token.", None),
            Self::ReauthenticationRequired => (
                "Your sign-in is too old for this. Please enter your password.",
                Some("reauthentication_required"),
            ),
            Self::AnotherUser(_) => (
                "You are signed in to another account now. Nothing was done.",
                Some("another_user"),
            ),
            Self::TooLarge => ("Request body is too large.", None),
            Self::TimedOut => ("The request took too long.", None),
            Self::NotAcceptable => ("Could not satisfy the request Accept header.", None),
            Self::BearerFromBrowser => {
                ("X-Auth-Transport: bearer is for clients that send no Origin header.", None)
            }
            Self::Unavailable { .. } => (TRY_AGAIN, None),
            Self::Internal(_) => (OUR_FAULT, None),
            Self::Fields(_) | Self::NotFound => ("Not found.", None),
            Self::Parse(fault) => return (fault.as_str().into(), None),
            Self::UnsupportedMediaType(kind) => {
                return (format!("Unsupported media type \"{kind}\" in request.").into(), None);
            }
            Self::MethodNotAllowed(method) => {
                return (format!("Method \"{method}\" not allowed.").into(), None);
            }
            Self::ForbiddenOrigin(header) => {
                let text = format!("CSRF Failed: {header} does not match any trusted origin.");
                return (text.into(), None);
            }
            Self::CsrfToken(fault) => return (format!("CSRF Failed: {fault}").into(), None),
            Self::Throttled { wait } => {
                let seconds = whole_seconds(*wait);
                let unit = if seconds == 1 { "second" } else { "seconds" };
                let text =
                    format!("Request was throttled. Expected available in {seconds} {unit}.");
                return (text.into(), None);
            }
        };
        (text.into(), code)
    }

    fn body(&self) -> Response {
        if let Self::Fields(errors) = self {
            return Json(errors).into_response();
        }
        let (detail, code) = self.words();
        let messages = match self {
            Self::BadAccessToken(message) => Some([TokenMessage::new(message)]),
            _ => None,
        };
        Json(Body { detail: &detail, code, messages }).into_response()
    }
}

/// A body with dj-rest-auth's keys in dj-rest-auth's order.
#[derive(Serialize)]
struct Body<'a> {
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<[TokenMessage; 1]>,
}

#[derive(Serialize)]
struct TokenMessage {
    token_class: &'static str,
    token_type: &'static str,
    message: &'static str,
}

impl TokenMessage {
    const fn new(message: &'static str) -> Self {
        Self { token_class: "AccessToken", token_type: "access", message }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, self.body()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Bearer realm="api""#);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        match self {
            Self::AnotherUser(user) => named::name(&mut response, user),
            Self::Throttled { wait } => {
                let seconds = HeaderValue::from(whole_seconds(wait));
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            Self::Unavailable { reason, retry_after } => {
                let seconds = HeaderValue::from(retry_after.as_secs().max(1));
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
                let fault = ServerFault { cause: reason.into(), detail: TRY_AGAIN };
                response.extensions_mut().insert(fault);
            }
            Self::Internal(cause) => {
                let fault = ServerFault { cause: cause.into(), detail: OUR_FAULT };
                response.extensions_mut().insert(fault);
            }
            _ => {}
        }
        response
    }
}

/// Rounded up: who comes after so many is not too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A panicking handler is a fault like any other: JSON, and the message only in the log.
pub fn from_panic(panic: &(dyn Any + Send)) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Failure::Internal(format!("panic: {}", message.unwrap_or("?"))).into_response()
}
