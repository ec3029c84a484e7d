//! The bodies that no type stands for in the code: requests, which the handlers read field by field as
//! Django REST framework does, and an answer.

#![expect(dead_code, reason = "described, and never made")]

use app::wire::{LoginResponse, User, auth::Expiry};
use utoipa::{IntoParams, ToSchema};

use crate::http::api::Detail;

/// Who signs in.
#[derive(ToSchema)]
#[schema(example = json!({"username": "ada", "password": "correct-horse-9"}))]
pub struct Login {
    /// Matched without regard to case. Without a name the answer says which is needed, by
    /// `ACCOUNT_LOGIN_METHODS`.
    #[schema(nullable = false)]
    username: Option<String>,
    /// Where `ACCOUNT_LOGIN_METHODS` does not name it, it is read for its form alone.
    #[schema(nullable = false)]
    email: Option<String>,
    /// Taken as typed.
    #[schema(min_length = 1, format = Password)]
    password: String,
}

/// Who a client is that keeps its tokens itself.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct Transport {
    /// `bearer`: the tokens stand in the body, and no cookies are set. For clients that are no
    /// browser: a request with an `Origin` is refused. Any other value is as none.
    #[param(rename = "X-Auth-Transport", example = "bearer", nullable = false)]
    transport: Option<String>,
}

/// A new account.
#[derive(ToSchema)]
#[schema(example = json!({
    "username": "grace",
    "email": "grace@example.com",
    "password1": "correct-horse-9",
    "password2": "correct-horse-9",
}))]
pub struct Registration {
    /// The name to sign in with: letters, digits and `@.+-_`.
    #[schema(min_length = 1, max_length = 150)]
    username: String,
    /// Left out where there is none, unless `ACCOUNT_SIGNUP_FIELDS` asks for it.
    #[schema(nullable = false, min_length = 1, max_length = 254)]
    email: Option<String>,
    /// Taken as typed.
    #[schema(min_length = 1, format = Password)]
    password1: String,
    /// The same once more.
    #[schema(min_length = 1, format = Password)]
    password2: String,
}

/// The answer to a registration.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum Registered {
    /// As that of a sign-in.
    SignedIn(Box<LoginResponse>),
    /// Where the address has to be verified first.
    VerificationSent(Detail),
}

/// A refresh token, of a client that keeps it itself; a browser sends its cookie.
#[derive(ToSchema)]
#[schema(example = json!({"refresh": "eyJ.refresh.token"}))]
pub struct Refresh {
    /// Comes before the cookie.
    #[schema(nullable = false, min_length = 1)]
    refresh: Option<String>,
}

/// A token to look at; without one it is the access cookie's.
#[derive(ToSchema)]
#[schema(example = json!({"token": "eyJ.access.token"}))]
pub struct Verify {
    /// An access or a refresh token.
    #[schema(nullable = false, min_length = 1)]
    token: Option<String>,
}

/// Other names.
#[derive(ToSchema)]
#[schema(example = json!({"username": "ada", "first_name": "Ada", "last_name": "Lovelace"}))]
pub struct Profile {
    /// The name to sign in with: letters, digits and `@.+-_`.
    #[schema(min_length = 1, max_length = 150)]
    username: String,
    /// Given name; may be empty.
    #[schema(nullable = false, max_length = 150)]
    first_name: Option<String>,
    /// Family name; may be empty.
    #[schema(nullable = false, max_length = 150)]
    last_name: Option<String>,
}

/// Other names; what is missing stays as it is.
#[derive(ToSchema)]
#[schema(example = json!({"first_name": "Ada"}))]
pub struct ProfileChange {
    /// The name to sign in with: letters, digits and `@.+-_`.
    #[schema(nullable = false, min_length = 1, max_length = 150)]
    username: Option<String>,
    /// Given name; may be empty.
    #[schema(nullable = false, max_length = 150)]
    first_name: Option<String>,
    /// Family name; may be empty.
    #[schema(nullable = false, max_length = 150)]
    last_name: Option<String>,
}

/// Another password.
#[derive(ToSchema)]
#[schema(example = json!({
    "old_password": "correct-horse-9",
    "new_password1": "another-horse-7",
    "new_password2": "another-horse-7",
}))]
pub struct PasswordChange {
    /// The present one. Not asked for with `OLD_PASSWORD_FIELD_ENABLED=false`.
    #[schema(min_length = 1, format = Password)]
    old_password: String,
    /// Taken as typed.
    #[schema(min_length = 1, format = Password)]
    new_password1: String,
    /// The same once more.
    #[schema(min_length = 1, format = Password)]
    new_password2: String,
}

/// Whose password was forgotten.
#[derive(ToSchema)]
#[schema(example = json!({"email": "ada@example.com"}))]
pub struct PasswordReset {
    /// Where the mail goes, if there is such an account.
    #[schema(min_length = 1, max_length = 254)]
    email: String,
}

/// A new password, by the link of a mail.
#[derive(ToSchema)]
#[schema(example = json!({
    "uid": "1",
    "token": "from-the-link",
    "new_password1": "another-horse-7",
    "new_password2": "another-horse-7",
}))]
pub struct PasswordResetConfirm {
    /// `uid` of the link.
    #[schema(min_length = 1)]
    uid: String,
    /// `token` of the link.
    #[schema(min_length = 1)]
    token: String,
    /// Taken as typed.
    #[schema(min_length = 1, format = Password)]
    new_password1: String,
    /// The same once more.
    #[schema(min_length = 1, format = Password)]
    new_password2: String,
}

/// Whose address it is.
#[derive(ToSchema)]
#[schema(example = json!({"key": "from-the-link"}))]
pub struct VerifyEmail {
    /// `key` of the link.
    #[schema(min_length = 1)]
    key: String,
}

/// Which address asks for its mail again.
#[derive(ToSchema)]
#[schema(example = json!({"email": "ada@example.com"}))]
pub struct ResendEmail {
    /// Where the mail goes, if there is such an account and it is not verified. Asked for where
    /// `ACCOUNT_SIGNUP_FIELDS` asks for one.
    #[schema(nullable = false, min_length = 1, max_length = 254)]
    email: Option<String>,
}

/// Another address.
#[derive(ToSchema)]
#[schema(example = json!({"email": "lovelace@example.com", "password": "correct-horse-9"}))]
pub struct EmailChange {
    /// Where the mail goes that confirms it.
    #[schema(min_length = 1, max_length = 254)]
    email: String,
    /// The present one. May be left out for a while after a sign-in (`REAUTHENTICATE_AFTER`).
    #[schema(nullable = false, min_length = 1, format = Password)]
    password: Option<String>,
}

/// What shows that it is the account's owner who asks.
#[derive(ToSchema)]
#[schema(example = json!({"password": "correct-horse-9"}))]
pub struct Confirmation {
    /// The present one. May be left out for a while after a sign-in (`REAUTHENTICATE_AFTER`).
    #[schema(nullable = false, min_length = 1, format = Password)]
    password: Option<String>,
}

/// The password once more.
#[derive(ToSchema)]
#[schema(example = json!({"password": "correct-horse-9"}))]
pub struct Reauthentication {
    /// The present one.
    #[schema(min_length = 1, format = Password)]
    password: String,
}

/// The answer to a new password; with the new session, where the client keeps its tokens itself.
#[derive(ToSchema)]
#[schema(example = json!({"detail": "New password has been saved."}))]
pub struct Saved {
    /// The sentence.
    detail: String,
    /// The access token.
    #[schema(nullable = false)]
    access: Option<String>,
    /// The refresh token.
    #[schema(nullable = false)]
    refresh: Option<String>,
    /// Whose they are.
    #[schema(nullable = false)]
    user: Option<User>,
    #[serde(flatten)]
    expiry: Expiry,
}
