//! How the token cookies look: names that cannot work are refused.

use app::wire::OUT_COOKIE;

use super::{ConfigError, Settings, keys::legacy_key, settings::SameSite, validate::refuse};
use crate::http::{CookiePolicy, TokenCookie, device, double_submit};

/// The usual name of the cookie that holds the refresh token.
const REFRESH: &str = "refresh";
/// Cookies that say something else.
const TAKEN: [&str; 4] = [double_submit::COOKIE, device::COOKIE, device::SECURE_COOKIE, OUT_COOKIE];

/// The cookies of these settings.
///
/// # Errors
/// What browsers would drop, and what to change.
pub(super) fn cookie_policy(settings: &Settings, https: bool) -> Result<CookiePolicy, ConfigError> {
    let secure = settings.jwt_auth_secure.unwrap_or(https);
    if https && !secure {
        return refuse("JWT_AUTH_SECURE=false with an https PUBLIC_URL: remove one of them.");
    }
    let same_site = match settings.jwt_auth_samesite {
        SameSite::Strict => cookie::SameSite::Strict,
        SameSite::Lax => cookie::SameSite::Lax,
        SameSite::None => cookie::SameSite::None,
    };
    if same_site == cookie::SameSite::None && !secure {
        return refuse(
            "JWT_AUTH_SAMESITE=None needs JWT_AUTH_SECURE=true or an https PUBLIC_URL: browsers \
             drop the cookies otherwise.",
        );
    }
    if settings.jwt_auth_cookie_partitioned && !secure {
        return refuse("JWT_AUTH_COOKIE_PARTITIONED needs JWT_AUTH_SECURE=true or https.");
    }
    let cookie = |given: &Option<String>, plain: &str, path: &str| TokenCookie {
        name: given
            .clone()
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| default_name(settings, https, plain, path)),
        path: path.to_owned(),
    };
    let refresh_path = &settings.jwt_auth_refresh_cookie_path;
    let policy = CookiePolicy {
        access: cookie(&settings.jwt_auth_cookie, "access", "/"),
        refresh: cookie(&settings.jwt_auth_refresh_cookie, REFRESH, refresh_path),
        secure,
        http_only: settings.jwt_auth_httponly,
        same_site,
        domain: domain(settings),
        partitioned: settings.jwt_auth_cookie_partitioned,
        legacy_refresh: None,
    };
    let policy = CookiePolicy { legacy_refresh: legacy_refresh(settings, &policy), ..policy };
    check_names(&policy)?;
    Ok(policy)
}

/// Under which other name a browser may hold a token of the system before this one.
fn legacy_refresh(settings: &Settings, policy: &CookiePolicy) -> Option<String> {
    legacy_key(settings)?;
    let given = settings.legacy.legacy_refresh_cookie.clone().filter(|name| !name.is_empty());
    let name = given.unwrap_or_else(|| REFRESH.to_owned());
    (name != policy.refresh.name && name != policy.access.name).then_some(name)
}

fn domain(settings: &Settings) -> Option<String> {
    settings.jwt_auth_cookie_domain.clone().filter(|domain| !domain.is_empty())
}

/// Behind TLS the name itself makes the browser refuse what scripts or sibling domains plant.
fn default_name(settings: &Settings, https: bool, plain: &str, path: &str) -> String {
    let host_only = path == "/" && domain(settings).is_none();
    let prefix = match (https, host_only, settings.jwt_auth_httponly) {
        (false, ..) => "",
        (true, true, true) => "__Host-Http-",
        (true, true, false) => "__Host-",
        (true, false, _) => "__Secure-",
    };
    format!("{prefix}{plain}")
}

fn check_names(policy: &CookiePolicy) -> Result<(), ConfigError> {
    if policy.access.name == policy.refresh.name {
        return refuse("JWT_AUTH_COOKIE and JWT_AUTH_REFRESH_COOKIE are the same name.");
    }
    if let Some(domain) = &policy.domain
        && !is_domain(domain.strip_prefix('.').unwrap_or(domain))
    {
        return refuse(format!(
            "JWT_AUTH_COOKIE_DOMAIN is {domain:?}: write a domain's name only."
        ));
    }
    for cookie in [&policy.access, &policy.refresh] {
        let TokenCookie { name, path } = cookie;
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            return refuse(format!("{name:?} is no cookie name."));
        }
        if TAKEN.contains(&name.as_str()) {
            return refuse(format!("the cookie {name} says something else: choose another name."));
        }
        let printed = |c: char| c.is_ascii_graphic() && ![';', ','].contains(&c);
        if !path.starts_with('/') || !path.chars().all(printed) {
            return refuse(format!("{path:?} is no cookie path: it starts with a slash."));
        }
        check_prefix(policy, cookie)?;
    }
    Ok(())
}

fn is_domain(text: &str) -> bool {
    let plain = |label: &str| label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    text.split('.').all(|label| !label.is_empty() && plain(label))
}

fn check_prefix(
    policy: &CookiePolicy,
    TokenCookie { name, path }: &TokenCookie,
) -> Result<(), ConfigError> {
    let starts = |prefix: &str| {
        name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let host = starts("__Host-");
    let http = starts("__Http-") || starts("__Host-Http-");
    if (host || http || starts("__Secure-")) && !policy.secure {
        return refuse(format!(
            "the cookie name {name} needs JWT_AUTH_SECURE=true or an https PUBLIC_URL."
        ));
    }
    if host && (policy.domain.is_some() || path != "/") {
        return refuse(format!(
            "the cookie name {name} goes with path / and without JWT_AUTH_COOKIE_DOMAIN only: \
             choose a name that starts with __Secure-."
        ));
    }
    if http && !policy.http_only {
        return refuse(format!("the cookie name {name} needs JWT_AUTH_HTTPONLY=true."));
    }
    Ok(())
}
