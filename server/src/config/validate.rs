//! From settings to a configuration that can work: impossible combinations are refused with a
//! sentence that says what to change.

use std::{net::SocketAddr, time::Duration};

use url::Origin;

use super::{
    Database, KeySettings, LegacyKeySettings, MailRoute, PublicUrl, Settings, accounts,
    cookies::cookie_policy,
    database::{check_staleness, database},
    keys::{key_settings, legacy_key},
    settings::LeptosSettings,
};
use crate::{
    auth::{AuditPolicy, AuthPolicy},
    domain::{Rate, RotationPolicy, TokenPolicy, TrustedProxies},
    http::{BodyPolicy, CookiePolicy, CsrfPolicy, DoubleSubmit, csrf, state::Hsts},
};

/// Settings that cannot work together, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Where people reach it.
    pub public_url: Option<PublicUrl>,
    /// Users and sessions.
    pub database: Database,
    /// `DATABASE_CONNECTIONS`.
    pub database_connections: u32,
    /// The signing key; `None` on PostgreSQL where none is set: nodes cannot make up one each.
    pub key: Option<KeySettings>,
    /// What verifies the tokens of the system before this one.
    pub legacy_key: Option<LegacyKeySettings>,
    /// `--new-key`: whether another key than those known to the database may be used.
    pub new_key: bool,
    /// Use cases.
    pub auth: AuthPolicy,
    /// Tokens.
    pub tokens: TokenPolicy,
    /// How long a silent feed is believed.
    pub max_staleness: Duration,
    /// Cookies.
    pub cookies: CookiePolicy,
    /// Origins.
    pub csrf: CsrfPolicy,
    /// Bodies.
    pub bodies: BodyPolicy,
    /// How mails leave.
    pub mail: MailRoute,
    /// Where the pages are that mails link to, if they are not our own.
    pub frontend_url: Option<PublicUrl>,
    /// Whether who changes their password has to know the present one.
    pub asks_old_password: bool,
    /// Whether who registers has to give an address.
    pub asks_email: bool,
    /// What stands before a token in the `Authorization` header.
    pub header_types: Vec<String>,
    /// Whom the cookie `csrftoken` and its header are asked of.
    pub double_submit: DoubleSubmit,
    /// How many connections there may be at once.
    pub max_connections: usize,
    /// How long it may take until the head of an answer is there.
    pub request_timeout: Duration,
    /// Whose word is taken on where requests come from.
    pub trusted_proxies: TrustedProxies,
    /// How often one caller may sign in, and so on.
    pub throttle_rate: Option<Rate>,
    /// TLS only.
    pub hsts: Option<Hsts>,
    /// What cargo-leptos says.
    pub leptos: LeptosSettings,
}

/// Says what cannot work.
pub(super) fn refuse<T>(sentence: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(sentence.into()))
}

impl Config {
    /// Checks the settings.
    ///
    /// # Errors
    /// The first combination that cannot work.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        let public_url = origin("PUBLIC_URL", settings.public_url.as_deref())?;
        let frontend_url = origin("FRONTEND_URL", settings.mail.frontend_url.as_deref())?;
        let https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        lifetimes(&settings)?;
        let database = database(&settings)?;
        check_staleness(&settings, &database)?;
        Ok(Self {
            listen: settings.listen,
            database_connections: settings.database_connections,
            key: key_settings(&settings, &database)?,
            legacy_key: legacy_key(&settings),
            database,
            new_key: settings.new_key,
            auth: auth_policy(&settings, [public_url.as_ref(), frontend_url.as_ref()])?,
            mail: MailRoute::of(&settings, https)?,
            frontend_url,
            tokens: token_policy(&settings)?,
            max_staleness: settings.revocation_max_staleness,
            cookies: cookie_policy(&settings, https)?,
            csrf: CsrfPolicy {
                own_origin: public_url.as_ref().map(PublicUrl::origin),
                allowed_origins: allowed_origins(&settings.cors_allowed_origins)?,
                require_origin: settings.csrf_require_origin,
            },
            bodies: BodyPolicy {
                both_tokens: !settings.jwt_auth_httponly,
                access_token: settings.jwt_auth_access_in_body,
                login_expiration: settings.jwt_auth_return_expiration,
            },
            asks_old_password: settings.accounts.old_password_field_enabled,
            asks_email: accounts::email_required(&settings.accounts)?,
            header_types: header_types(&settings)?,
            double_submit: double_submit(&settings),
            max_connections: settings.limits.max_connections,
            request_timeout: settings.limits.request_timeout,
            trusted_proxies: trusted_proxies(&settings)?,
            throttle_rate: settings.limits.default_throttle_rates.dj_rest_auth,
            hsts: https.then_some(Hsts { include_subdomains: settings.hsts_include_subdomains }),
            leptos: settings.leptos,
            public_url,
        })
    }
}

fn origin(name: &str, text: Option<&str>) -> Result<Option<PublicUrl>, ConfigError> {
    // Compose files hand over unset variables as empty ones.
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    match PublicUrl::parse(text) {
        Some(url) => Ok(Some(url)),
        None => refuse(format!(
            "{name} is {text:?}: write scheme, host and port only, as in https://app.example.com."
        )),
    }
}

fn allowed_origins(given: &[String]) -> Result<Vec<Origin>, ConfigError> {
    let given = given.iter().map(|origin| origin.trim()).filter(|origin| !origin.is_empty());
    given
        .map(|text| match csrf::parse(text) {
            Some(origin) => Ok(origin),
            None => refuse(format!(
                "CORS_ALLOWED_ORIGINS has {text:?}: write each origin as browsers send it, scheme, \
                 host in lower case and port only, as in https://app.example.com."
            )),
        })
        .collect()
}

fn lifetimes(settings: &Settings) -> Result<(), ConfigError> {
    for (name, span) in [
        ("ACCESS_TOKEN_LIFETIME", settings.access_token_lifetime),
        ("REFRESH_TOKEN_LIFETIME", settings.refresh_token_lifetime),
        ("SESSION_ABSOLUTE_LIFETIME", settings.session_absolute_lifetime),
    ] {
        // Tokens count in seconds, and browsers keep no cookie for longer than 400 days.
        if span < Duration::from_secs(1) || span > Duration::from_hours(100 * 365 * 24) {
            return refuse(format!("{name} has to be between 1 second and 100 years."));
        }
    }
    Ok(())
}

fn auth_policy(
    settings: &Settings,
    urls: [Option<&PublicUrl>; 2],
) -> Result<AuthPolicy, ConfigError> {
    Ok(AuthPolicy {
        rotation: RotationPolicy {
            rotate: settings.rotate_refresh_tokens,
            blacklist: settings.blacklist_after_rotation,
            race_window: settings.race_window,
            store_delay: settings.store_delay,
            refresh_lifetime: settings.refresh_token_lifetime,
        },
        absolute_lifetime: settings.session_absolute_lifetime,
        update_last_login: settings.update_last_login,
        logout_on_password_change: settings.accounts.logout_on_password_change,
        reset_timeout: settings.mail.password_reset_timeout,
        confirmation_timeout: DAY * settings.mail.account_email_confirmation_expire_days,
        passwords: accounts::password_rules(&settings.accounts, urls)?,
        login_methods: accounts::login_methods(&settings.accounts),
        reauthenticate_after: settings.accounts.reauthenticate_after,
        login_limits: settings.limits.login_limits,
        audit: AuditPolicy {
            retention: settings.audit.audit_retention,
            client_retention: settings.audit.client_info_retention,
        },
        email_verification: accounts::email_verification(&settings.accounts),
    })
}

const DAY: Duration = Duration::from_hours(24);

fn token_policy(settings: &Settings) -> Result<TokenPolicy, ConfigError> {
    const OURS: [&str; 9] = ["token_type", "exp", "iat", "nbf", "jti", "sid", "gen", "iss", "aud"];
    let user_id_claim = settings.user_id_claim.clone();
    if user_id_claim.is_empty() || OURS.contains(&user_id_claim.as_str()) {
        return refuse(format!(
            "USER_ID_CLAIM is {user_id_claim:?}: that claim says something else."
        ));
    }
    Ok(TokenPolicy {
        access_lifetime: settings.access_token_lifetime,
        refresh_lifetime: settings.refresh_token_lifetime,
        leeway: settings.leeway,
        issuer: settings.issuer.clone().filter(|issuer| !issuer.is_empty()),
        audience: settings.audience.clone().filter(|audience| !audience.is_empty()),
        user_id_claim,
    })
}

fn trusted_proxies(settings: &Settings) -> Result<TrustedProxies, ConfigError> {
    let named = settings.limits.trusted_proxies.iter().map(String::as_str);
    TrustedProxies::parse(named).or_else(|wrong| {
        refuse(format!(
            "TRUSTED_PROXIES holds {wrong:?}: write the addresses and networks of your proxies, such \
             as 10.0.0.0/8, and of nobody else."
        ))
    })
}

fn header_types(settings: &Settings) -> Result<Vec<String>, ConfigError> {
    let types = settings.auth_header_types.iter().map(|word| word.trim().to_owned());
    let types: Vec<_> = types.collect();
    let word = |text: &String| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    if types.iter().any(|word| word.eq_ignore_ascii_case("Basic")) {
        return refuse(
            "AUTH_HEADER_TYPES names Basic: browsers and proxies ask for passwords by that.",
        );
    }
    if types.iter().all(word) {
        return Ok(types);
    }
    refuse("AUTH_HEADER_TYPES has to be words, such as Bearer, with commas between them.")
}

const fn double_submit(settings: &Settings) -> DoubleSubmit {
    match (
        settings.jwt_auth_cookie_enforce_csrf_on_unauthenticated,
        settings.jwt_auth_cookie_use_csrf,
    ) {
        (true, _) => DoubleSubmit::Everybody,
        (false, true) => DoubleSubmit::SignedIn,
        (false, false) => DoubleSubmit::Nobody,
    }
}
