//! Accounts and passwords: the names are allauth's and Django's.

use std::time::Duration;

use clap::{ArgAction::Set, Args, ValueEnum};

use super::{duration, flag};

/// Settings of accounts.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Accounts")]
pub struct AccountSettings {
    /// Whether an address has to be shown to be theirs: not even asked, asked by mail, or asked
    /// before the first sign-in
    #[arg(long, env, default_value = "optional", ignore_case = true)]
    pub account_email_verification: EmailVerification,

    /// What people sign in with: username, email, or both after a comma
    #[arg(long, env, default_value = "username", value_delimiter = ',', ignore_case = true)]
    pub account_login_methods: Vec<LoginMethod>,

    /// What is asked of who registers; a star marks what must be there. Of these only the one of
    /// email can be left out
    #[arg(
        long,
        env,
        default_value = "username*,email,password1*,password2*",
        value_delimiter = ',',
        value_name = "FIELDS"
    )]
    pub account_signup_fields: Vec<SignupField>,

    /// What new passwords are checked for, after commas, or none
    #[arg(
        long,
        env,
        default_value = "UserAttributeSimilarityValidator,MinimumLengthValidator,\
                         CommonPasswordValidator,NumericPasswordValidator",
        value_delimiter = ','
    )]
    pub auth_password_validators: Vec<Validator>,

    /// The fewest characters of a new password
    #[arg(long, env, default_value_t = 8, value_name = "CHARS")]
    pub password_min_length: usize,

    /// The most characters a password may have
    #[arg(long, env, default_value_t = 128, value_name = "CHARS")]
    pub password_max_length: usize,

    /// Ask for the present password when it is changed. With false a sign-in within
    /// `REAUTHENTICATE_AFTER` will do, and after that the field `password`
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag())]
    pub old_password_field_enabled: bool,

    /// Whoever changes their password signs in again. All other sessions end in any case
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag())]
    pub logout_on_password_change: bool,

    /// How old a sign-in may be for deleting the account, changing its address, ending other
    /// sessions, and a new password where the old one is not asked for; after that they ask for the
    /// password. 0s: they always do
    #[arg(long, env, default_value = "15m", value_parser = duration, value_name = "TIME")]
    pub reauthenticate_after: Duration,
}

/// `ACCOUNT_EMAIL_VERIFICATION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EmailVerification {
    /// Nobody is asked.
    None,
    /// Asked by mail; nothing depends on it.
    Optional,
    /// Asked by mail, before the first sign-in.
    Mandatory,
}

/// One of `ACCOUNT_LOGIN_METHODS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LoginMethod {
    /// By user name.
    Username,
    /// By address.
    Email,
}

/// One of `ACCOUNT_SIGNUP_FIELDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignupField {
    /// The user name, which must be there.
    #[value(name = "username*")]
    Username,
    /// The address, which may be there.
    #[value(name = "email")]
    Email,
    /// The address, which must be there.
    #[value(name = "email*")]
    RequiredEmail,
    /// The password, which must be there.
    #[value(name = "password1*")]
    Password,
    /// The password again, which must be there.
    #[value(name = "password2*")]
    Repeated,
}

/// One of `AUTH_PASSWORD_VALIDATORS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Validator {
    /// Nothing like what is known about the person.
    #[value(name = "UserAttributeSimilarityValidator")]
    Similarity,
    /// At least `PASSWORD_MIN_LENGTH`.
    #[value(name = "MinimumLengthValidator")]
    Length,
    /// None that is tried first.
    #[value(name = "CommonPasswordValidator")]
    Common,
    /// Not digits alone.
    #[value(name = "NumericPasswordValidator")]
    Numeric,
    /// Nothing at all.
    #[value(name = "none")]
    Nothing,
}
