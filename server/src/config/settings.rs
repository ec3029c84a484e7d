//! The settings as they are given. Those of dj-rest-auth and simplejwt keep their names and, where
//! nothing else is said, their meaning. The comments on the fields are the text of `--help`.

#![expect(clippy::doc_markdown, reason = "on a terminal, back-ticks are only noise")]
#![expect(clippy::struct_excessive_bools, reason = "each is a switch that somebody sets")]

mod accounts;
mod audit;
mod legacy;
mod limits;
mod mail;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{ArgAction::Set, Args, ValueEnum, builder::BoolishValueParser};
use secrecy::SecretString;

pub use accounts::{AccountSettings, EmailVerification, LoginMethod, SignupField, Validator};
pub use audit::AuditSettings;
pub use legacy::LegacySettings;
pub use limits::LimitSettings;
pub use mail::MailSettings;

use crate::domain::{Rate, SigningAlgorithm, token::USER_ID_CLAIM};

/// All settings.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, env, default_value = "127.0.0.1:3000", help_heading = "Server")]
    pub listen: SocketAddr,

    /// Where people reach this server. With https it switches on Secure cookies, their name
    /// prefix, and HSTS
    #[arg(long, env, help_heading = "Server", value_name = "URL")]
    pub public_url: Option<String>,

    /// Keep the HSTS promise for all subdomains, too
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag(), help_heading = "Server")]
    pub hsts_include_subdomains: bool,

    /// Folder for the database and the signing key; made where it is missing
    #[arg(long, env, default_value = "data", help_heading = "Server")]
    pub data_dir: PathBuf,

    /// The database: sqlite://PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE for more than
    /// one node. Unset: latchkey.db in DATA_DIR
    #[arg(long, env, help_heading = "Server", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,

    /// The most connections that a node holds to PostgreSQL; one more listens for sign-outs
    #[arg(
        long,
        env,
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=1000),
        help_heading = "Server",
        value_name = "N"
    )]
    pub database_connections: u32,

    /// How long an access token is accepted
    #[arg(long, env, default_value = "15m", value_parser = duration, help_heading = "Tokens")]
    pub access_token_lifetime: Duration,

    /// How long a session lasts unused
    #[arg(long, env, default_value = "7d", value_parser = duration, help_heading = "Tokens")]
    pub refresh_token_lifetime: Duration,

    /// How long a session lasts at most, however much it is used
    #[arg(long, env, default_value = "90d", value_parser = duration, help_heading = "Tokens")]
    pub session_absolute_lifetime: Duration,

    /// Replace refresh tokens once the client has shown that it holds them
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag(), help_heading = "Tokens")]
    pub rotate_refresh_tokens: bool,

    /// Refuse replaced refresh tokens, and end the session when one comes back
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag(), help_heading = "Tokens")]
    pub blacklist_after_rotation: bool,

    /// How long a replaced refresh token is still honoured after its successor was seen
    #[arg(long, env, default_value = "60s", value_parser = duration, help_heading = "Tokens")]
    pub race_window: Duration,

    /// How long a browser may take to store a cookie: its time-out plus a write to disk
    #[arg(long, env, default_value = "60s", value_parser = duration, help_heading = "Tokens")]
    pub store_delay: Duration,

    /// How long after its expiry a token is still accepted
    #[arg(long, env, default_value = "0s", value_parser = duration, help_heading = "Tokens")]
    pub leeway: Duration,

    /// The `iss` claim; demanded once set
    #[arg(long, env, help_heading = "Tokens")]
    pub issuer: Option<String>,

    /// The `aud` claim; demanded once set
    #[arg(long, env, help_heading = "Tokens")]
    pub audience: Option<String>,

    /// The secret that signs tokens, 32 bytes or more, or a private key in PEM where ALGORITHM wants
    /// one. Unset: made once, in DATA_DIR/signing.key; on PostgreSQL it has to be set, the same on
    /// every node. Older ones that still verify follow it in lines of their own
    #[arg(long, env, help_heading = "Tokens", value_name = "SECRET", hide_env_values = true)]
    pub signing_key: Option<SecretString>,

    /// A file that holds it. It is read again when it changes: put a new key before the others, and it
    /// signs once every node has it
    #[arg(long, env, help_heading = "Tokens", value_name = "FILE", conflicts_with = "signing_key")]
    pub signing_key_file: Option<PathBuf>,

    /// How tokens are signed: HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384 or EdDSA. With
    /// all but HS… the signing key is a private key in PEM; one that the server has made is
    /// exchanged by latchkey keys rotate
    #[arg(long, env, default_value_t, help_heading = "Tokens", value_name = "NAME")]
    pub algorithm: SigningAlgorithm,

    /// The public half of the signing key, in PEM or as the name of a file. It is known from the
    /// signing key; set, it has to fit
    #[arg(long, env, help_heading = "Tokens", value_name = "PEM")]
    pub verifying_key: Option<String>,

    /// The name of the claim that says whose a token is
    #[arg(long, env, default_value = USER_ID_CLAIM, help_heading = "Tokens", value_name = "NAME")]
    pub user_id_claim: String,

    /// What stands before a token in the Authorization header; more after commas. The first is
    /// named in the answers that ask for one
    #[arg(
        long,
        env,
        default_value = "Bearer",
        value_delimiter = ',',
        help_heading = "Tokens",
        value_name = "WORDS"
    )]
    pub auth_header_types: Vec<String>,

    /// Start with another key than the database has been served with: signs everybody out
    #[arg(long, help_heading = "Tokens")]
    pub new_key: bool,

    /// Note the moment of each sign-in with the user
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag(), help_heading = "Tokens")]
    pub update_last_login: bool,

    /// How long the server goes on believing its list of ended sessions while the database is
    /// silent; after that it answers 503
    #[arg(long, env, default_value = "60s", value_parser = duration, help_heading = "Tokens")]
    pub revocation_max_staleness: Duration,

    /// Name of the access cookie. Unset: `access`, with a prefix where PUBLIC_URL is https
    #[arg(long, env, help_heading = "Cookies", value_name = "NAME")]
    pub jwt_auth_cookie: Option<String>,

    /// Name of the refresh cookie. Unset: `refresh`, with a prefix where PUBLIC_URL is https
    #[arg(long, env, help_heading = "Cookies", value_name = "NAME")]
    pub jwt_auth_refresh_cookie: Option<String>,

    /// Path of the refresh cookie
    #[arg(long, env, default_value = "/", help_heading = "Cookies", value_name = "PATH")]
    pub jwt_auth_refresh_cookie_path: String,

    /// Send the cookies over TLS only. Unset: when PUBLIC_URL is https
    #[arg(long, env, action = Set, value_parser = flag(), help_heading = "Cookies")]
    pub jwt_auth_secure: Option<bool>,

    /// Keep the cookies out of scripts' reach. With false both tokens are in the bodies, too
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag(), help_heading = "Cookies")]
    pub jwt_auth_httponly: bool,

    /// When other sites' links and forms send the cookies
    #[arg(long, env, default_value = "lax", ignore_case = true, help_heading = "Cookies")]
    pub jwt_auth_samesite: SameSite,

    /// Share the cookies with the subdomains of this domain
    #[arg(long, env, help_heading = "Cookies", value_name = "DOMAIN")]
    pub jwt_auth_cookie_domain: Option<String>,

    /// Keep one jar for each top-level site (for use in other sites' frames)
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag(), help_heading = "Cookies")]
    pub jwt_auth_cookie_partitioned: bool,

    /// Tell in the answer of a sign-in when the tokens expire
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag(), help_heading = "Answers")]
    pub jwt_auth_return_expiration: bool,

    /// Put the access token into the bodies, as dj-rest-auth does
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag(), help_heading = "Answers")]
    pub jwt_auth_access_in_body: bool,

    /// Other origins whose pages may call this server, with cookies: https://app.example.com, and
    /// more after commas
    #[arg(long, env, value_delimiter = ',', help_heading = "Protection", value_name = "ORIGINS")]
    pub cors_allowed_origins: Vec<String>,

    /// Ask for the header X-CSRFToken with the value of the cookie csrftoken, too, where a change is
    /// asked for by cookie. GET /api/csrf/ hands out that cookie
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag(), help_heading = "Protection")]
    pub jwt_auth_cookie_use_csrf: bool,

    /// Ask for it of whoever sends no Authorization header: for signing in and registering, too
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag(), help_heading = "Protection")]
    pub jwt_auth_cookie_enforce_csrf_on_unauthenticated: bool,

    /// Refuse changes from callers that do not say where they come from (curl, other servers)
    #[arg(long, env, default_value = "false", action = Set, value_parser = flag(), help_heading = "Protection")]
    pub csrf_require_origin: bool,

    /// How much strangers may try.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// Mails.
    #[command(flatten)]
    pub mail: MailSettings,

    /// Accounts and passwords.
    #[command(flatten)]
    pub accounts: AccountSettings,

    /// What is remembered of what happened to accounts.
    #[command(flatten)]
    pub audit: AuditSettings,

    /// A move from Django.
    #[command(flatten)]
    pub legacy: LegacySettings,

    /// Set by cargo-leptos
    #[command(flatten)]
    pub leptos: LeptosSettings,
}

/// What cargo-leptos tells the server that it starts.
#[derive(Args, Clone, Debug)]
pub struct LeptosSettings {
    /// Folder of the pages' files
    #[arg(long = "leptos-site-root", env = "LEPTOS_SITE_ROOT", hide = true)]
    pub site_root: Option<PathBuf>,

    /// Whether pages reload themselves after a rebuild
    #[arg(long = "leptos-watch", env = "LEPTOS_WATCH", default_value = "false", action = Set, value_parser = flag(), hide = true)]
    pub watch: bool,

    /// Port of the reload socket
    #[arg(
        long = "leptos-reload-port",
        env = "LEPTOS_RELOAD_PORT",
        default_value_t = 3001,
        hide = true
    )]
    pub reload_port: u16,
}

/// The `SameSite` attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SameSite {
    /// Only from our own site.
    Strict,
    /// And when a link leads here.
    Lax,
    /// Always.
    None,
}

/// `DEFAULT_THROTTLE_RATES`: one scope has a meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThrottleRates {
    /// `dj_rest_auth`.
    pub dj_rest_auth: Option<Rate>,
}

fn throttle_rate(text: &str) -> Result<ThrottleRates, String> {
    if text.is_empty() {
        return Ok(ThrottleRates::default());
    }
    match text.split_once('=') {
        Some(("dj_rest_auth", rate)) => Ok(ThrottleRates { dj_rest_auth: Some(rate.parse()?) }),
        _ => Err("the scope is dj_rest_auth: write dj_rest_auth=20/min".to_owned()),
    }
}

fn flag() -> BoolishValueParser {
    BoolishValueParser::new()
}

/// `15m`, `7d`, `1h 30m`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 15m, 7d, 90s"))
}
