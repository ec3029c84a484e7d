//! Requests and answers of the session endpoints.

use serde::{Deserialize, Serialize};

use super::User;

/// The body of `POST /api/auth/login/`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// Matched without regard to case; an address where the server takes either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The address, where people sign in by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Taken as typed.
    pub password: String,
}

/// The body of `POST /api/auth/registration/`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterRequest {
    /// The name to sign in with.
    pub username: String,
    /// The address; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Taken as typed.
    pub password1: String,
    /// The same once more.
    pub password2: String,
}

/// The answer of a sign-in. The tokens travel in cookies, so `access` and `refresh` are empty
/// unless the server was told otherwise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LoginResponse {
    /// The access token, or empty.
    pub access: String,
    /// The refresh token, or empty.
    pub refresh: String,
    /// Who signed in.
    pub user: User,
    /// When both tokens expire; absent with `JWT_AUTH_RETURN_EXPIRATION=false`.
    #[serde(flatten)]
    pub expiry: Expiry,
}

/// The answer of `POST /api/auth/token/refresh/`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RefreshResponse {
    /// The access token, or empty.
    pub access: String,
    /// The refresh token; only there for clients that keep tokens themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub refresh: Option<String>,
    /// When both tokens expire.
    #[serde(flatten)]
    pub expiry: Expiry,
}

/// When the tokens expire: as ISO 8601 in UTC, and in whole seconds from the moment of the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Expiry {
    /// Moment at which the access token expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, format = DateTime))]
    pub access_expiration: Option<String>,
    /// Moment at which the refresh token expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false, format = DateTime))]
    pub refresh_expiration: Option<String>,
    /// Seconds until the access token expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub access_expires_in: Option<u64>,
    /// Seconds until the refresh token expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub refresh_expires_in: Option<u64>,
}
