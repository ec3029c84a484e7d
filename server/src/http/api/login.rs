//! `POST /api/auth/login/`: signing in.

use app::wire::{LoginResponse, auth::Expiry, paths};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;

use super::{
    tokens::{Keeper, append_cookies, expiry},
    user,
};
use crate::{
    auth::{LoginInput, LoginMethods, LoginName, SignedIn},
    domain::{Email, Timestamp, TokenKind, UserId},
    http::{
        AppState, Failure, Web, client::Client, cookies::unmark, device, double_submit,
        field_errors::FieldErrors, fields::Fields, headers::FORGET_PAGES_AHEAD, openapi::bodies,
        sender,
    },
};

/// Signs in. Failures are 400 and never 401: a 401 would set off a client's refresh.
///
/// # Errors
/// 400 with what is wrong; 503.
#[utoipa::path(
    post,
    path = paths::LOGIN,
    operation_id = "login",
    tag = "session",
    params(bodies::Transport),
    request_body = bodies::Login,
    responses((
        status = OK,
        description = "Signed in.",
        body = LoginResponse,
        headers(("Set-Cookie" = String, description = "Both token cookies.")),
    )),
)]
pub async fn post(
    State(state): State<AppState>,
    Client(client): Client,
    sender::From(sender): sender::From,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let keeper = keeper(&headers)?;
    let (name, password) = credentials(&fields, state.auth.policy.login_methods)?;
    let replaces = state.web.cookies.refresh_tokens(&headers);
    let device = device::device(&state.web.cookies, &headers);
    let input = LoginInput { name, password, replaces, client, device, sender };
    let signed_in = state.auth.login(input).await?;
    answer(&state, &headers, keeper, StatusCode::OK, signed_in)
}

/// The answer to whoever has just signed in.
///
/// # Errors
/// When the cookies cannot be made.
pub fn answer(
    state: &AppState,
    request: &HeaderMap,
    keeper: Keeper,
    status: StatusCode,
    signed_in: SignedIn,
) -> Result<Response, Failure> {
    let (mut answer, body) = opened(state, request, keeper, signed_in)?;
    answer.insert(header::VARY, HeaderValue::from_static("Accept, Cookie, origin"));
    Ok((status, answer, Json(body)).into_response())
}

/// The cookies of a session that has just been opened, and what a body says of it.
///
/// # Errors
/// When the cookies cannot be made.
pub fn opened(
    state: &AppState,
    request: &HeaderMap,
    keeper: Keeper,
    signed_in: SignedIn,
) -> Result<(HeaderMap, LoginResponse), Failure> {
    let now = state.auth.now();
    let mut answer = HeaderMap::new();
    if keeper == Keeper::Cookies {
        for kind in [TokenKind::Access, TokenKind::Refresh] {
            append_cookies(&mut answer, state.web.cookies.clear_variants(kind, request)?);
        }
        append_cookies(&mut answer, unmark(request));
        append_cookies(&mut answer, new_csrf_cookie(state, now)?);
        append_cookies(&mut answer, device_cookie(state, request, signed_in.user.id)?);
        answer.extend([FORGET_PAGES_AHEAD]);
    }
    let minted = [(TokenKind::Access, &signed_in.access), (TokenKind::Refresh, &signed_in.refresh)];
    let cookies = keeper.cookies(&state.web, minted, now)?;
    append_cookies(&mut answer, cookies.into_iter().map(|(_, cookie)| cookie));
    Ok((answer, body(keeper, &state.web, signed_in, now)))
}

fn device_cookie(
    state: &AppState,
    request: &HeaderMap,
    user: UserId,
) -> Result<Option<HeaderValue>, Failure> {
    let remembered = device::remember(state, request, user);
    remembered.map_err(|error| Failure::Internal(error.to_string()))
}

/// Whoever signs in gets a new value, so that one that was planted before is worth nothing.
fn new_csrf_cookie(state: &AppState, now: Timestamp) -> Result<Option<HeaderValue>, Failure> {
    if !state.web.double_submit.is_used() {
        return Ok(None);
    }
    let value = double_submit::new_value(&*state.auth.entropy)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(double_submit::set_cookie(&value, &state.web.cookies, now))
}

/// A client that keeps its tokens itself says so. A browser must not: scripts would get them.
///
/// # Errors
/// [`Failure::BearerFromBrowser`].
pub fn keeper(headers: &HeaderMap) -> Result<Keeper, Failure> {
    match headers.get("x-auth-transport") {
        Some(value) if value.as_bytes().eq_ignore_ascii_case(b"bearer") => {
            if headers.contains_key(header::ORIGIN) {
                return Err(Failure::BearerFromBrowser);
            }
            Ok(Keeper::Client)
        }
        _ => Ok(Keeper::Cookies),
    }
}

fn credentials(
    fields: &Fields,
    methods: LoginMethods,
) -> Result<(LoginName, SecretString), Failure> {
    let mut errors = FieldErrors::default();
    let mut text = |name: &'static str| {
        let text = fields.optional(name).unwrap_or_else(|message| {
            errors.push(name, message);
            None
        });
        text.filter(|text| !text.is_empty())
    };
    let (username, email) = (text("username"), text("email"));
    if let Some(Err(fault)) = email.as_deref().map(Email::parse) {
        errors.push("email", fault.to_string());
    }
    let password = fields.required("password").unwrap_or_else(|message| {
        errors.push("password", message);
        String::new()
    });
    errors.into_result()?;
    let name = login_name(methods, username, email);
    let name = name.map_err(|text| Failure::Fields(FieldErrors::general(text)))?;
    Ok((name, password.into()))
}

/// By what they say who they are, of what the settings allow.
fn login_name(
    methods: LoginMethods,
    username: Option<String>,
    email: Option<String>,
) -> Result<LoginName, &'static str> {
    match (methods, username, email) {
        (LoginMethods::Username, Some(name), _) => Ok(LoginName::Username(name)),
        (LoginMethods::Username, None, _) => Err(r#"Must include "username" and "password"."#),
        (LoginMethods::Email | LoginMethods::Either, _, Some(email)) => Ok(LoginName::Email(email)),
        (LoginMethods::Email, _, None) => Err(r#"Must include "email" and "password"."#),
        (LoginMethods::Either, Some(text), None) => Ok(LoginName::Either(text)),
        (LoginMethods::Either, None, None) => {
            Err(r#"Must include either "username" or "email" and "password"."#)
        }
    }
}

fn body(keeper: Keeper, web: &Web, signed_in: SignedIn, now: Timestamp) -> LoginResponse {
    let SignedIn { user, access, refresh, .. } = signed_in;
    let expiry = expiry(access.expires_at, refresh.expires_at, now);
    let text = |shown: bool, minted: &crate::domain::token::Minted| {
        if shown { minted.token.expose().to_owned() } else { String::new() }
    };
    LoginResponse {
        access: text(keeper.access_in_body(web), &access),
        refresh: text(keeper.refresh_in_body(web), &refresh),
        user: user::wire(user),
        expiry: if web.bodies.login_expiration {
            expiry
        } else {
            Expiry { access_expiration: None, refresh_expiration: None, ..expiry }
        },
    }
}
