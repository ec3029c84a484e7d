//! From settings to a configuration that can work: impossible combinations are refused with a
//! sentence that says what to change.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;
use url::Origin;

use super::{
    PublicUrl, Settings,
    settings::{LeptosSettings, SameSite},
};
use crate::{
    auth::AuthPolicy,
    domain::{RotationPolicy, TokenPolicy},
    http::{BodyPolicy, CookiePolicy, CsrfPolicy, TokenCookie, csrf, state::Hsts},
};

/// Settings that cannot work together, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Where users and sessions are kept.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its URL, which may hold a password.
    Postgres(SecretString),
}

/// Where the signing key comes from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// `SIGNING_KEY`.
    Given(SecretString),
    /// `SIGNING_KEY_FILE`.
    File(PathBuf),
    /// Made once in the data directory.
    Own(PathBuf),
}

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
    pub key: Option<KeySource>,
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
    /// Where mails are written to.
    pub mail_folder: PathBuf,
    /// Where the pages are that mails link to, if they are not our own.
    pub frontend_url: Option<PublicUrl>,
    /// Whether who changes their password has to know the present one.
    pub asks_old_password: bool,
    /// TLS only.
    pub hsts: Option<Hsts>,
    /// What cargo-leptos says.
    pub leptos: LeptosSettings,
}

fn refuse<T>(sentence: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(sentence.into()))
}

impl Config {
    /// Checks the settings.
    ///
    /// # Errors
    /// The first combination that cannot work.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        let public_url = origin("PUBLIC_URL", settings.public_url.as_deref())?;
        let https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        lifetimes(&settings)?;
        if settings.password_max_length < 8 {
            return refuse("PASSWORD_MAX_LENGTH is below 8, the fewest characters of a password.");
        }
        let database = database(&settings)?;
        check_staleness(&settings, &database)?;
        Ok(Self {
            listen: settings.listen,
            database_connections: settings.database_connections,
            key: key_source(&settings, &database),
            database,
            new_key: settings.new_key,
            auth: auth_policy(&settings),
            mail_folder: mail_folder(&settings)?,
            frontend_url: origin("FRONTEND_URL", settings.frontend_url.as_deref())?,
            tokens: token_policy(&settings),
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
            asks_old_password: settings.old_password_field_enabled,
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

fn database(settings: &Settings) -> Result<Database, ConfigError> {
    let url = settings.database_url.as_ref().map(SecretString::expose_secret);
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return Ok(Database::Sqlite(settings.data_dir.join("latchkey.db")));
    };
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return match url.parse::<PgConnectOptions>() {
            Ok(_) => Ok(Database::Postgres(url.into())),
            // The error repeats parts of the URL, and the URL holds a password.
            Err(_) => refuse(
                "DATABASE_URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, \
                 with special characters percent-encoded.",
            ),
        };
    }
    match url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
        Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => {
            Ok(Database::Sqlite(path.into()))
        }
        _ => refuse(
            "DATABASE_URL is neither of the form sqlite://PATH, with a file's path, nor \
             postgres://USER:PASSWORD@HOST:PORT/DATABASE.",
        ),
    }
}

fn key_source(settings: &Settings, database: &Database) -> Option<KeySource> {
    match (&settings.signing_key, &settings.signing_key_file, database) {
        (Some(secret), ..) => Some(KeySource::Given(secret.clone())),
        (None, Some(file), _) => Some(KeySource::File(file.clone())),
        (None, None, Database::Sqlite(_)) => {
            Some(KeySource::Own(settings.data_dir.join("signing.key")))
        }
        (None, None, Database::Postgres(_)) => None,
    }
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

/// The list of ended sessions is brought up to date five times a second on SQLite, every two
/// seconds on PostgreSQL: a node must not find it stale in between.
fn check_staleness(settings: &Settings, database: &Database) -> Result<(), ConfigError> {
    let shortest = match database {
        Database::Sqlite(_) => Duration::from_secs(1),
        Database::Postgres(_) => Duration::from_secs(5),
    };
    if settings.revocation_max_staleness < shortest {
        return refuse(format!(
            "REVOCATION_MAX_STALENESS is below {}: requests would be refused between two looks at \
             the list of ended sessions.",
            humantime::format_duration(shortest)
        ));
    }
    Ok(())
}

fn auth_policy(settings: &Settings) -> AuthPolicy {
    AuthPolicy {
        rotation: RotationPolicy {
            rotate: settings.rotate_refresh_tokens,
            blacklist: settings.blacklist_after_rotation,
            race_window: settings.race_window,
            store_delay: settings.store_delay,
            refresh_lifetime: settings.refresh_token_lifetime,
        },
        absolute_lifetime: settings.session_absolute_lifetime,
        update_last_login: settings.update_last_login,
        logout_on_password_change: settings.logout_on_password_change,
        reset_timeout: settings.password_reset_timeout,
        confirmation_timeout: DAY * settings.account_email_confirmation_expire_days,
        password_max_chars: settings.password_max_length,
    }
}

const DAY: Duration = Duration::from_hours(24);

/// The folder of an `EMAIL_URL`.
fn mail_folder(settings: &Settings) -> Result<PathBuf, ConfigError> {
    let Some(url) = settings.email_url.as_ref().map(SecretString::expose_secret) else {
        return Ok(settings.data_dir.join("mail"));
    };
    match url.strip_prefix("file:") {
        Some(folder) if !folder.is_empty() => Ok(folder.into()),
        _ => refuse("EMAIL_URL has to be file: and a folder."),
    }
}

fn token_policy(settings: &Settings) -> TokenPolicy {
    TokenPolicy {
        access_lifetime: settings.access_token_lifetime,
        refresh_lifetime: settings.refresh_token_lifetime,
        leeway: settings.leeway,
        issuer: settings.issuer.clone().filter(|issuer| !issuer.is_empty()),
        audience: settings.audience.clone().filter(|audience| !audience.is_empty()),
    }
}

fn cookie_policy(settings: &Settings, https: bool) -> Result<CookiePolicy, ConfigError> {
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
        refresh: cookie(&settings.jwt_auth_refresh_cookie, "refresh", refresh_path),
        secure,
        http_only: settings.jwt_auth_httponly,
        same_site,
        domain: domain(settings),
        partitioned: settings.jwt_auth_cookie_partitioned,
    };
    check_names(&policy)?;
    Ok(policy)
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
