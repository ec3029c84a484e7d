//! From a configuration to a running service.

pub mod database;
pub mod key;
mod keys;
mod private;
pub mod site;

use std::{io, path::PathBuf, sync::Arc};

use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{
        Auth, AuthError, Blacklist, HashPool, NodeKeys, NodeKeysError, failures::Failures,
        guesses::Guessing, logout::Unfinished, sightings::Sightings,
    },
    config::{Config, ConfigError, KeySettings, LegacyKeySettings, MailRoute},
    domain::{
        Argon2id, Family, LegacyKey, SessionId, SystemClock, SystemEntropy, TokenKind, Tokens,
        UserId, clock::Clock as _,
    },
    http::{AppState, Web, router},
    lifecycle::{self, connections, connections::Limits},
    mail::{FilePostman, Links, Mailroom, Postman, SmtpPostman},
    storage::{Store, StoreError},
};

/// Why the program could not start or go on. Each tells what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A settings problem.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory.
    #[error("the folder {0} cannot be made: {1}. Set DATA_DIR to one that can.")]
    DataDir(PathBuf, #[source] io::Error),
    /// The database.
    #[error("the database {0} cannot be opened: {1}. Check DATABASE_URL{2}.")]
    Database(String, #[source] StoreError, &'static str),
    /// The database, later.
    #[error("the database failed: {0}")]
    Store(#[from] StoreError),
    /// The signing key.
    #[error(transparent)]
    Key(#[from] key::KeyError),
    /// The signing keys beside those of others.
    #[error("{0}")]
    NodeKeys(#[from] NodeKeysError),
    /// The pages' files.
    #[error(transparent)]
    Site(#[from] site::SiteError),
    /// The address.
    #[error("cannot listen on {0}: {1}. Set LISTEN to a free address.")]
    Listen(std::net::SocketAddr, #[source] io::Error),
    /// The password threads.
    #[error("the password threads could not be started: {0}")]
    Hashing(String),
    /// Anything else.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// There is no folder for mails.
    #[error("the folder for mails cannot be made: {0}")]
    MailFolder(#[source] io::Error),
    /// There is no mail server that could be asked.
    #[error("EMAIL_URL cannot be used: {0}.")]
    MailServer(#[from] lettre::transport::smtp::Error),
    /// The server stopped by itself.
    #[error("the server stopped: {0}")]
    Serve(#[source] io::Error),
}

/// Opens what the use cases need, for a program that signs nothing.
///
/// # Errors
/// [`StartError`].
pub async fn open(config: &Config) -> Result<Arc<Auth>, StartError> {
    let store = database::open(config).await?;
    let key = key::unused(&SystemEntropy)?;
    assemble(config, store, Tokens::new(key, config.tokens.clone()))
}

/// Opens what the use cases need, for a server: its keys are those that the database knows, or the
/// first ones.
async fn open_with_keys(
    config: &Config,
    settings: &KeySettings,
) -> Result<(Arc<Auth>, NodeKeys), StartError> {
    // Before ours is remembered: one that cannot stay is not to be the one that was known.
    let legacy = config.legacy_key.as_ref().map(|legacy| load_legacy(settings, legacy));
    let legacy = legacy.transpose()?;
    let store = database::open(config).await?;
    let (ring, keys) = keys::admit(&*store, settings, config).await?;
    let tokens = Tokens::new(ring, config.tokens.clone()).with_legacy(legacy);
    Ok((assemble(config, store, tokens)?, keys))
}

fn key_settings(config: &Config) -> Result<&KeySettings, ConfigError> {
    config.key.as_ref().ok_or_else(|| {
        ConfigError(
            "With PostgreSQL, set SIGNING_KEY or SIGNING_KEY_FILE, the same on every node. Where \
             ALGORITHM wants a pair, openssl genpkey makes one; a secret is made with: openssl \
             rand -hex 32"
                .to_owned(),
        )
    })
}

fn load_legacy(own: &KeySettings, legacy: &LegacyKeySettings) -> Result<LegacyKey, StartError> {
    key::check_apart(own, legacy)?;
    Ok(key::load_legacy(legacy)?)
}

fn assemble(
    config: &Config,
    store: Arc<dyn Store>,
    tokens: Tokens,
) -> Result<Arc<Auth>, StartError> {
    let hashing = |error: &dyn std::fmt::Display| StartError::Hashing(error.to_string());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let hasher = Argon2id::new().map_err(|error| hashing(&error))?;
    Ok(Arc::new(Auth {
        store,
        blacklist: Blacklist::new(config.tokens.longest_access(), config.max_staleness),
        tokens,
        hashing: HashPool::new(Arc::new(hasher), threads).map_err(|error| hashing(&error))?,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        mailroom: mailroom(config)?,
        policy: config.auth.clone(),
        unfinished: Unfinished::default(),
        sightings: Sightings::default(),
        failures: Failures::default(),
        guessing: Guessing::default(),
    }))
}

fn mailroom(config: &Config) -> Result<Mailroom, StartError> {
    let frontend = config.frontend_url.as_ref().or(config.public_url.as_ref());
    let own = || format!("http://{}", config.listen);
    let postman: Box<dyn Postman> = match &config.mail {
        MailRoute::Files(folder) => {
            Box::new(FilePostman::new(folder.clone(), Arc::new(SystemClock)))
        }
        MailRoute::Smtp { server, from } => {
            Box::new(SmtpPostman::new(server.expose_secret(), from.clone())?)
        }
    };
    Ok(Mailroom {
        postman,
        links: Links::new(frontend.map_or_else(own, |url| url.as_str().to_owned())),
    })
}

/// Serves until a signal says stop. `ready` is called with the address in use.
///
/// # Errors
/// [`StartError`].
pub async fn serve(config: Config, ready: impl FnOnce(&str)) -> Result<(), StartError> {
    let site = site::find(&config)?;
    let key_source = key_settings(&config)?.clone();
    let (auth, keys) = open_with_keys(&config, &key_source).await?;
    warn_of_links(&config);
    let web = Web {
        cookies: config.cookies,
        csrf: config.csrf,
        bodies: config.bodies,
        asks_old_password: config.asks_old_password,
        asks_email: config.asks_email,
        header_types: config.header_types,
        double_submit: config.double_submit,
        request_timeout: config.request_timeout,
        trusted_proxies: config.trusted_proxies,
        throttle_rate: config.throttle_rate,
        hsts: config.hsts,
        reload_socket: site.reload_socket(),
        hashed_files: site.options.hash_files,
    };
    check_token_size(&auth, &web)?;
    auth.load_blacklist().await?;
    auth.measure_hashes().await?;
    if let MailRoute::Files(folder) = &config.mail {
        private::folder(folder).map_err(StartError::MailFolder)?;
    }
    warn_of_narrow_path(&web);

    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| StartError::Listen(config.listen, error))?;
    let address = listener.local_addr().map_err(|e| StartError::Listen(config.listen, e))?;
    let state = AppState::new(Arc::clone(&auth), web, site.options);

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(Arc::clone(&auth).follow_revocations(stop.clone()));
    tasks.spawn(Arc::clone(&auth).keep_writing_sightings(stop.clone()));
    tasks.spawn(Arc::clone(&auth).keep_writing_failures(stop.clone()));
    tasks.spawn(Arc::clone(&auth).keep_cleaning_up(stop.clone()));
    tasks.spawn(Arc::clone(&auth).keep_sending_mails(stop.clone()));
    tasks.spawn(Arc::clone(&auth).keep_measuring_hashes(stop.clone()));
    tasks.spawn(keys::keep(Arc::clone(&auth), keys, key_source, stop.clone()));
    match &config.public_url {
        Some(url) => ready(url.as_str()),
        None => ready(&format!("http://{address}")),
    }
    let limits = Limits::with(connections::allowed(config.max_connections), config.request_timeout);
    let proxies = state.web.trusted_proxies.clone();
    lifecycle::run(listener, router(&state), limits, proxies, stop, tasks)
        .await
        .map_err(StartError::Serve)?;
    // Sign-outs that still wait for the database get a last chance.
    if let Err(error) = auth.finish_logouts().await {
        tracing::error!(%error, "sign-outs were not written to the database");
    }
    auth.store.close().await;
    Ok(())
}

/// Where links in mails lead is settled before anything is sent.
fn warn_of_links(config: &Config) {
    let known = config.public_url.as_ref().or(config.frontend_url.as_ref());
    if known.is_none() && config.listen.ip().is_unspecified() {
        tracing::warn!(
            listen = %config.listen,
            "links in mails lead nowhere: set PUBLIC_URL, or FRONTEND_URL"
        );
    }
}

/// A refresh cookie that sign-out does not receive is one that it cannot end.
fn warn_of_narrow_path(web: &Web) {
    let path = &web.cookies.refresh.path;
    if !app::wire::paths::LOGOUT.starts_with(path.as_str()) {
        tracing::warn!(
            path,
            "JWT_AUTH_REFRESH_COOKIE_PATH hides the refresh cookie from sign-out: a session whose \
             access token has expired goes on then until it is idle for too long"
        );
    }
}

/// A token that does not fit its cookie would sign nobody in: find out now.
fn check_token_size(auth: &Auth, web: &Web) -> Result<(), StartError> {
    let too_long = || {
        ConfigError(
            "tokens would be longer than the 4096 bytes that browsers store in a cookie: shorten \
             ISSUER, AUDIENCE or the cookies' names."
                .to_owned(),
        )
    };
    let now = SystemClock.now();
    let session = SessionId::generate(now, &*auth.entropy).map_err(AuthError::from)?;
    let mut family = Family::open(session, UserId(i64::MAX), now, auth.policy.absolute_lifetime);
    if let Some(last) = crate::domain::Generation::new(i64::MAX - 1) {
        family.generation = last;
    }
    let minted = auth.tokens.refresh(&family).map_err(|_| too_long())?;
    for kind in [TokenKind::Access, TokenKind::Refresh] {
        web.cookies.set(kind, &minted, now).map_err(|_| too_long())?;
    }
    Ok(())
}
