//! Settings of the use cases.

use std::time::Duration;

use crate::domain::{PasswordRules, RotationPolicy};

/// Settings of the use cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthPolicy {
    /// When refresh tokens are replaced.
    pub rotation: RotationPolicy,
    /// `SESSION_ABSOLUTE_LIFETIME`: how long a sign-in lasts at most.
    pub absolute_lifetime: Duration,
    /// `UPDATE_LAST_LOGIN`: whether a sign-in is noted with the user.
    pub update_last_login: bool,
    /// `LOGOUT_ON_PASSWORD_CHANGE`: whether who changes their password has to sign in again.
    pub logout_on_password_change: bool,
    /// `PASSWORD_RESET_TIMEOUT`: how long a reset link can be used.
    pub reset_timeout: Duration,
    /// `ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS`: how long a link that confirms an address can be used.
    pub confirmation_timeout: Duration,
    /// `AUTH_PASSWORD_VALIDATORS`: what new passwords are checked for.
    pub passwords: PasswordRules,
    /// `ACCOUNT_LOGIN_METHODS`: what people sign in with.
    pub login_methods: LoginMethods,
    /// `REAUTHENTICATE_AFTER`: for how long a sign-in shows who the account's owner is.
    pub reauthenticate_after: Duration,
    /// `LOGIN_LIMITS`: whether guessing passwords gets slow.
    pub login_limits: bool,
    /// How long is remembered what happened to accounts.
    pub audit: AuditPolicy,
    /// `ACCOUNT_EMAIL_VERIFICATION`: whether an address has to be shown to be theirs.
    pub email_verification: EmailVerification,
}

/// How long is remembered what happened to accounts. Nothing: it is not even noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPolicy {
    /// `AUDIT_RETENTION`: that it happened.
    pub retention: Duration,
    /// `CLIENT_INFO_RETENTION`: by which browser, and from where.
    pub client_retention: Duration,
}

/// What people sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethods {
    /// Their user name.
    Username,
    /// Their address.
    Email,
    /// One of both.
    Either,
}

/// Whether an address has to be shown to be theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailVerification {
    /// Nobody is asked.
    None,
    /// They are asked by mail, and nothing depends on it.
    Optional,
    /// They are asked before they sign in for the first time. Who has an account is never revealed
    /// then.
    Mandatory,
}
