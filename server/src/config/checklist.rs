//! The security checklist of the seed, and what else makes a production set-up safe, against the
//! settings in force.

use std::time::Duration;

use super::{Config, KeySource, MailRoute};
use crate::domain::TrustedProxies;

/// A client gives up on a refresh after 15 s; its answer may still be under way for as long again.
const SHORTEST_WINDOW: Duration = Duration::from_secs(45);
const LONGEST_ACCESS: Duration = Duration::from_mins(15);
const LONGEST_LEEWAY: Duration = Duration::from_mins(1);
const LONGEST_TRUST: Duration = Duration::from_hours(1);

/// How a setting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Worth a thought.
    Advice,
    /// Must not stay so in production.
    Change,
}

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it stands.
    pub verdict: Verdict,
    /// The setting it is about.
    pub setting: &'static str,
    /// What is so, or what to change and why.
    pub words: String,
}

/// What is wrong with keys that were given.
#[derive(Clone, Debug, Default)]
pub struct KeyFaults {
    /// With the signing key.
    pub own: Option<String>,
    /// With that of the system before this one.
    pub legacy: Option<String>,
}

/// Goes through the list.
pub fn checklist(config: &Config, faults: KeyFaults) -> Vec<Finding> {
    vec![
        http_only(config),
        tls(config),
        same_site(config),
        blacklist(config),
        rotation(config),
        windows(config),
        access_lifetime(config),
        cors(config),
        signing_key(config, faults.own),
        legacy_key(config, faults.legacy),
        mail(config),
        old_password(config),
        reauthentication(config),
        validators(config),
        login_limits(config),
        proxies(config),
        rate_limits(config),
    ]
}

fn finding(setting: &'static str, verdict: Verdict, words: impl Into<String>) -> Finding {
    Finding { verdict, setting, words: words.into() }
}

fn good(setting: &'static str, words: &str) -> Finding {
    finding(setting, Verdict::Good, words)
}

fn change(setting: &'static str, words: &str) -> Finding {
    finding(setting, Verdict::Change, words)
}

fn advice(setting: &'static str, words: &str) -> Finding {
    finding(setting, Verdict::Advice, words)
}

fn http_only(config: &Config) -> Finding {
    const SETTING: &str = "JWT_AUTH_HTTPONLY";
    if config.cookies.http_only {
        good(SETTING, "the tokens are out of scripts' reach")
    } else {
        change(SETTING, "set it to true: a script that gets into a page can read the tokens now")
    }
}

fn tls(config: &Config) -> Finding {
    const SETTING: &str = "PUBLIC_URL";
    if config.hsts.is_some() {
        good(SETTING, "https: Secure cookies, protected names, HSTS")
    } else if config.cookies.secure {
        advice(SETTING, "set it to the https address: it adds protected cookie names and HSTS")
    } else {
        change(SETTING, "set it to the https address: the cookies travel unencrypted now")
    }
}

fn same_site(config: &Config) -> Finding {
    const SETTING: &str = "JWT_AUTH_SAMESITE";
    match config.cookies.same_site {
        cookie::SameSite::None if config.csrf.allowed_origins.is_empty() => change(
            SETTING,
            "set it to Lax or Strict: with None other sites' requests carry the cookies, and no \
             site is allowed to send any (CORS_ALLOWED_ORIGINS)",
        ),
        cookie::SameSite::None => advice(
            SETTING,
            "None is needed only where the pages are on another site than this server; otherwise \
             set it to Lax",
        ),
        _ => good(SETTING, "other sites' forms and scripts do not carry the cookies"),
    }
}

fn blacklist(config: &Config) -> Finding {
    const SETTING: &str = "BLACKLIST_AFTER_ROTATION";
    if config.auth.rotation.blacklist {
        good(SETTING, "a replaced refresh token that comes back ends its session")
    } else {
        change(SETTING, "set it to true: a copied refresh token works until it expires now")
    }
}

fn rotation(config: &Config) -> Finding {
    const SETTING: &str = "ROTATE_REFRESH_TOKENS";
    if config.auth.rotation.rotate {
        good(SETTING, "refresh tokens are replaced as they are used")
    } else {
        advice(SETTING, "set it to true: a copied refresh token goes unnoticed now")
    }
}

fn windows(config: &Config) -> Finding {
    const SETTING: &str = "STORE_DELAY, RACE_WINDOW";
    let rotation = &config.auth.rotation;
    let shortest = rotation.store_delay.min(rotation.race_window);
    if rotation.store_delay.max(rotation.race_window).is_zero() {
        change(SETTING, "set both to 60s: with 0 a lost answer or a second tab signs people out")
    } else if shortest < SHORTEST_WINDOW {
        advice(SETTING, "below 45s a slow answer can sign somebody out: set both to 60s")
    } else {
        good(SETTING, "lost answers and racing tabs sign nobody out")
    }
}

fn access_lifetime(config: &Config) -> Finding {
    const SETTING: &str = "ACCESS_TOKEN_LIFETIME";
    let lifetime = config.tokens.access_lifetime;
    if config.tokens.longest_access() <= LONGEST_ACCESS + LONGEST_LEEWAY {
        return good(SETTING, "15 minutes or less");
    }
    let words = format!(
        "{} and LEEWAY {}: set them to 15m and 1m or less",
        humantime::format_duration(lifetime),
        humantime::format_duration(config.tokens.leeway)
    );
    finding(SETTING, Verdict::Change, words)
}

fn cors(config: &Config) -> Finding {
    const SETTING: &str = "CORS_ALLOWED_ORIGINS";
    let origins = &config.csrf.allowed_origins;
    let plain =
        origins.iter().map(url::Origin::ascii_serialization).find(|o| o.starts_with("http:"));
    match plain {
        Some(origin) => finding(
            SETTING,
            Verdict::Change,
            format!("remove {origin}: whoever is on the way can change that site's pages"),
        ),
        None if origins.is_empty() => good(SETTING, "no other site may call"),
        None => good(SETTING, "only the listed https origins may call"),
    }
}

fn signing_key(config: &Config, fault: Option<String>) -> Finding {
    const SETTING: &str = "SIGNING_KEY";
    if let Some(fault) = fault {
        return finding(SETTING, Verdict::Change, fault);
    }
    match config.key.as_ref().map(|key| &key.source) {
        None => change(SETTING, "set it, or SIGNING_KEY_FILE, to the same secret on every node"),
        Some(KeySource::Own(_)) => {
            good(SETTING, "made by the server in DATA_DIR; keep it with the database's backups")
        }
        Some(KeySource::Given(_) | KeySource::File(_)) => good(SETTING, "given"),
    }
}

fn legacy_key(config: &Config, fault: Option<String>) -> Finding {
    const SETTING: &str = "LEGACY_SIGNING_KEY";
    if let Some(fault) = fault {
        return finding(SETTING, Verdict::Change, fault);
    }
    if config.legacy_key.is_some() {
        advice(SETTING, "remove it once the old system's last refresh token has expired")
    } else {
        good(SETTING, "no other system's tokens are taken")
    }
}

fn old_password(config: &Config) -> Finding {
    const SETTING: &str = "OLD_PASSWORD_FIELD_ENABLED";
    if config.asks_old_password {
        good(SETTING, "who changes a password has to know it")
    } else {
        advice(
            SETTING,
            "set it to true: a session that is stolen young is enough to change the password now",
        )
    }
}

fn reauthentication(config: &Config) -> Finding {
    const SETTING: &str = "REAUTHENTICATE_AFTER";
    if config.auth.reauthenticate_after <= LONGEST_TRUST {
        good(SETTING, "who deletes an account or ends sessions has shown the password of late")
    } else {
        advice(SETTING, "set it to 15m: a browser left alone is enough to delete the account now")
    }
}

fn validators(config: &Config) -> Finding {
    const SETTING: &str = "AUTH_PASSWORD_VALIDATORS";
    let rules = &config.auth.passwords;
    if rules.min_chars.is_some() && rules.uncommon {
        good(SETTING, "short and common passwords are refused")
    } else {
        advice(SETTING, "short or common passwords are taken: name Django's four validators")
    }
}

fn mail(config: &Config) -> Finding {
    const SETTING: &str = "EMAIL_URL";
    match &config.mail {
        MailRoute::Smtp { .. } => good(SETTING, "mails leave by SMTP"),
        MailRoute::Files(_) => {
            advice(SETTING, "set it to a mail server: mails are only written to files now")
        }
    }
}

fn login_limits(config: &Config) -> Finding {
    const SETTING: &str = "LOGIN_LIMITS";
    if config.auth.login_limits {
        good(SETTING, "who guesses passwords waits, longer each time")
    } else {
        change(SETTING, "set it to true: nobody is kept from trying passwords now")
    }
}

fn proxies(config: &Config) -> Finding {
    const SETTING: &str = "TRUSTED_PROXIES";
    if config.trusted_proxies != TrustedProxies::default() {
        good(SETTING, "limits and the activity page know addresses by what these say")
    } else if config.hsts.is_some() {
        change(
            SETTING,
            "name the proxy that ends TLS before this server: those behind it share one limit by \
             address now, and may make up where they come from",
        )
    } else {
        good(SETTING, "addresses are those of connections")
    }
}

fn rate_limits(config: &Config) -> Finding {
    const SETTING: &str = "DEFAULT_THROTTLE_RATES";
    if config.throttle_rate.is_some() {
        good(SETTING, "registrations, resets and sign-ins are limited, on each node")
    } else if config.auth.login_limits {
        good(SETTING, "LOGIN_LIMITS slows down who registers or guesses")
    } else {
        advice(
            SETTING,
            "set it to dj_rest_auth=20/min, or limit requests in the proxy: anybody may register as \
             often as they like now",
        )
    }
}
