//! Accounts, and what becomes of passwords.

use super::{
    ConfigError, PublicUrl,
    settings::{
        AccountSettings, EmailVerification as Setting, LoginMethod, SignupField, Validator,
    },
    validate::refuse,
};
use crate::{
    auth::{EmailVerification, LoginMethods},
    domain::PasswordRules,
};

/// What new passwords are checked for. Those who want in here try its names first.
///
/// # Errors
/// When no password could be long enough.
pub(super) fn password_rules(
    settings: &AccountSettings,
    urls: [Option<&PublicUrl>; 2],
) -> Result<PasswordRules, ConfigError> {
    let on = |validator| settings.auth_password_validators.contains(&validator);
    let (min, max) = (settings.password_min_length, settings.password_max_length);
    let validators = &settings.auth_password_validators;
    if on(Validator::Nothing) && validators.len() > 1 {
        return refuse("AUTH_PASSWORD_VALIDATORS has none and others: leave out one of them.");
    }
    if min == 0 {
        return refuse("PASSWORD_MIN_LENGTH is 0: a password has a character at least.");
    }
    if max < min {
        return refuse(format!(
            "PASSWORD_MAX_LENGTH is below {min}, the fewest characters of a password."
        ));
    }
    let mut rules = PasswordRules {
        max_chars: max,
        min_chars: on(Validator::Length).then_some(min),
        uncommon: on(Validator::Common),
        not_numeric: on(Validator::Numeric),
        dissimilar: on(Validator::Similarity),
        ..PasswordRules::default()
    };
    rules.site_names.extend(urls.into_iter().flatten().filter_map(PublicUrl::domain));
    Ok(rules)
}

/// What people sign in with.
pub(super) fn login_methods(settings: &AccountSettings) -> LoginMethods {
    let on = |method| settings.account_login_methods.contains(&method);
    match (on(LoginMethod::Username), on(LoginMethod::Email)) {
        (true, true) => LoginMethods::Either,
        (false, true) => LoginMethods::Email,
        _ => LoginMethods::Username,
    }
}

/// Whether an address has to be given by who registers: it has to be where it is asked for at the
/// sign-in.
///
/// # Errors
/// When a field is left out that cannot be.
pub(super) fn email_required(settings: &AccountSettings) -> Result<bool, ConfigError> {
    let fields = &settings.account_signup_fields;
    let needed = [SignupField::Username, SignupField::Password, SignupField::Repeated];
    if !needed.iter().all(|field| fields.contains(field)) {
        return refuse("ACCOUNT_SIGNUP_FIELDS has to hold username*, password1* and password2*.");
    }
    let asked_later = login_methods(settings) == LoginMethods::Email
        || email_verification(settings) == EmailVerification::Mandatory;
    Ok(asked_later || fields.contains(&SignupField::RequiredEmail))
}

/// Whether addresses are verified.
pub(super) const fn email_verification(settings: &AccountSettings) -> EmailVerification {
    match settings.account_email_verification {
        Setting::None => EmailVerification::None,
        Setting::Optional => EmailVerification::Optional,
        Setting::Mandatory => EmailVerification::Mandatory,
    }
}
