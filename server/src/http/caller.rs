//! Who is calling. An `Authorization` header wins: the cookie is ignored then.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};

use super::{AppState, Failure, Web, cookies::candidates};
use crate::auth::{AccessFault, Identity};

/// A caller that was verified earlier on the way, by the gate or while a page was rendered in
/// this process. Nothing that comes over the network can put it there.
#[derive(Clone, Copy, Debug)]
pub struct Verified(pub Option<Identity>);

/// The signed-in caller. A handler that takes it is a protected route:
///
/// ```
/// use axum::Json;
/// use latchkey::http::CurrentUser;
///
/// async fn whose_turn(CurrentUser(caller): CurrentUser) -> Json<i64> {
///     Json(caller.user_id.0)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CurrentUser(pub Identity);

/// The caller, if signed in. A token that is there and not acceptable is still an error.
#[derive(Clone, Copy, Debug)]
pub struct MaybeUser(pub Option<Identity>);

impl<S> FromRequestParts<S> for MaybeUser
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        if let Some(Verified(identity)) = parts.extensions.get() {
            return Ok(Self(*identity));
        }
        identify(&AppState::from_ref(state), &parts.headers).map(Self)
    }
}

impl<S> FromRequestParts<S> for CurrentUser
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let MaybeUser(caller) = MaybeUser::from_request_parts(parts, state).await?;
        caller.map(Self).ok_or(Failure::NotAuthenticated)
    }
}

/// Identifies by header or cookie.
///
/// # Errors
/// What is wrong with the token; no token at all is `None`.
pub fn identify(state: &AppState, headers: &HeaderMap) -> Result<Option<Identity>, Failure> {
    if headers.contains_key(header::AUTHORIZATION) {
        return by_header(state, headers);
    }
    Ok(by_cookie(state, headers).transpose()?)
}

/// Identifies where it is not required: a bad cookie is nobody's, a bad Bearer token is still an
/// error.
///
/// # Errors
/// What is wrong with the Bearer token.
pub fn identify_leniently(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<Identity>, Failure> {
    if headers.contains_key(header::AUTHORIZATION) {
        return by_header(state, headers);
    }
    Ok(by_cookie(state, headers).and_then(Result::ok))
}

/// Identifies by `Authorization: Bearer` alone; another scheme or none is `None`.
///
/// # Errors
/// What is wrong with the token.
fn by_header(state: &AppState, headers: &HeaderMap) -> Result<Option<Identity>, Failure> {
    token(&state.web, headers)?.map(|token| Ok(state.auth.authenticate(&token)?)).transpose()
}

/// Identifies by the access cookie alone.
pub fn by_cookie(state: &AppState, headers: &HeaderMap) -> Option<Result<Identity, AccessFault>> {
    let tokens = candidates(headers, &state.web.cookies.access.name);
    state.auth.authenticate_any(&tokens)
}

/// The token in the request's `Authorization` header.
///
/// # Errors
/// [`Failure::BadAuthorizationHeader`] when there is not exactly one.
pub fn token(web: &Web, headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let mut words = text.split_ascii_whitespace();
    if !words.next().is_some_and(|word| web.header_types.iter().any(|known| known == word)) {
        return Ok(None);
    }
    match (words.next(), words.next()) {
        (Some(token), None) => Ok(Some(token.to_owned())),
        _ => Err(Failure::BadAuthorizationHeader),
    }
}
