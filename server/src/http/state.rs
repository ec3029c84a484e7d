//! What handlers share.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{body::Bytes, extract::FromRef};
use leptos::config::LeptosOptions;

use super::{CookiePolicy, CsrfPolicy, DoubleSubmit, throttle::Throttle, trace::RequestIds};
use crate::{
    auth::Auth,
    domain::{Rate, TrustedProxies},
};

/// The state of every handler. Cloned several times for each request, so it is one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// What the state holds.
pub struct Parts {
    /// The use cases.
    pub auth: Arc<Auth>,
    /// Settings of the wire.
    pub web: Web,
    /// Where the pages find their files.
    pub leptos: LeptosOptions,
    /// The names of requests.
    pub request_ids: RequestIds,
    /// Who called how often.
    pub throttle: Throttle,
    /// The API's description, once somebody has asked for it.
    pub schema: OnceLock<Bytes>,
}

impl AppState {
    /// The state of a service.
    pub fn new(auth: Arc<Auth>, web: Web, leptos: LeptosOptions) -> Self {
        let (request_ids, throttle, schema) = Default::default();
        Self(Arc::new(Parts { auth, web, leptos, request_ids, throttle, schema }))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// Settings of the wire.
#[derive(Clone, Debug)]
pub struct Web {
    /// How token cookies look.
    pub cookies: CookiePolicy,
    /// Which origins may change anything.
    pub csrf: CsrfPolicy,
    /// What token bodies say.
    pub bodies: BodyPolicy,
    /// `OLD_PASSWORD_FIELD_ENABLED`: whether who changes their password has to know the present one.
    pub asks_old_password: bool,
    /// `ACCOUNT_SIGNUP_FIELDS`: whether who registers has to give an address.
    pub asks_email: bool,
    /// `AUTH_HEADER_TYPES`: what stands before a token in the `Authorization` header.
    pub header_types: Vec<String>,
    /// Of whom the cookie `csrftoken` and its header are asked.
    pub double_submit: DoubleSubmit,
    /// `REQUEST_TIMEOUT`: how long it may take until the head of an answer is there.
    pub request_timeout: Duration,
    /// `TRUSTED_PROXIES`: whose word is taken on where requests come from.
    pub trusted_proxies: TrustedProxies,
    /// `DEFAULT_THROTTLE_RATES`: how often one caller may try what strangers try.
    pub throttle_rate: Option<Rate>,
    /// Whether browsers are told to stay on TLS.
    pub hsts: Option<Hsts>,
    /// The development server's reload socket, which pages may connect to.
    pub reload_socket: Option<String>,
    /// Whether the files in `pkg` carry a hash in their names and never change.
    pub hashed_files: bool,
}

/// Strict transport security: one year, and optionally for all subdomains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hsts {
    /// `HSTS_INCLUDE_SUBDOMAINS`.
    pub include_subdomains: bool,
}

/// What token bodies say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyPolicy {
    /// `JWT_AUTH_HTTPONLY=false`: both tokens stand in the body.
    pub both_tokens: bool,
    /// `JWT_AUTH_ACCESS_IN_BODY`: the access token stands in the body.
    pub access_token: bool,
    /// `JWT_AUTH_RETURN_EXPIRATION`: a sign-in tells when the tokens expire.
    pub login_expiration: bool,
}
