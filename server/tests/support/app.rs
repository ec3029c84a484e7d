//! The real service on a database of its own, with a clock that is moved by hand.

use std::{sync::Arc, time::Duration};

use axum::Router;
use clap::Parser;
use latchkey::{
    auth::{
        Auth, Blacklist, CreateUser, HashPool, failures::Failures, guesses::Guessing,
        logout::Unfinished, sightings::Sightings,
    },
    config::{Config, Settings},
    domain::{
        Argon2id, PasswordHasher, SessionId, SigningKey, Timestamp, Tokens, UserId, Username,
        clock::ManualClock, entropy::SeededEntropy,
    },
    http::{AppState, Web, router},
    mail::{Links, Mailroom},
    startup::key::load_legacy,
    storage::{ImportedUser, NewUser, Store},
};
use leptos::config::LeptosOptions;
use tempfile::TempDir;

use super::{Browser, CountingHasher, Engine, GatedStore, Letterbox, TestDatabase};

pub const PASSWORD: &str = "correct-horse-9";
pub const SECRET: &[u8] = b"a secret of thirty-two bytes or more";
/// 2026-11-23T20:32:43.217Z
pub const START: i64 = 1_795_465_963_217;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

/// Reads settings as the program does. Mails stay here, whatever is said of TLS.
pub fn settings(arguments: &[&str]) -> Settings {
    bare_settings(&[&["--allow-file-mail"], arguments].concat())
}

/// These settings and no others.
pub fn bare_settings(arguments: &[&str]) -> Settings {
    let arguments = ["latchkey"].iter().chain(arguments);
    Arguments::try_parse_from(arguments).unwrap().settings
}

/// A running service.
pub struct TestApp {
    pub auth: Arc<Auth>,
    pub clock: Arc<ManualClock>,
    pub hasher: Arc<CountingHasher>,
    pub letterbox: Letterbox,
    pub database: TestDatabase,
    router: Router,
    pub folder: TempDir,
}

impl TestApp {
    /// With the default settings.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these flags.
    pub async fn with(flags: &[&str]) -> Self {
        Self::on(Engine::of_this_run(), flags).await
    }

    /// On this engine, whatever the others run on.
    pub async fn on(engine: Engine, flags: &[&str]) -> Self {
        let database = TestDatabase::new(engine, Timestamp::from_millis(START)).await;
        let store = database.open().await;
        Self::over(database, store, flags)
    }

    /// With a gate before its database.
    pub async fn gated(flags: &[&str]) -> (Self, Arc<GatedStore>) {
        let database =
            TestDatabase::new(Engine::of_this_run(), Timestamp::from_millis(START)).await;
        let gate = GatedStore::new(database.open().await);
        let store: Arc<dyn Store> = Arc::<GatedStore>::clone(&gate);
        (Self::over(database, store, flags), gate)
    }

    /// With the hashes of a real server, which take their time.
    pub async fn hashing_as_served(engine: Engine, flags: &[&str]) -> Self {
        let database = TestDatabase::new(engine, Timestamp::from_millis(START)).await;
        let store = database.open().await;
        Self::assemble(database, store, flags, Some(Arc::new(Argon2id::new().unwrap())))
    }

    /// Over this store of the database.
    pub fn over(database: TestDatabase, store: Arc<dyn Store>, flags: &[&str]) -> Self {
        Self::assemble(database, store, flags, None)
    }

    fn assemble(
        database: TestDatabase,
        store: Arc<dyn Store>,
        flags: &[&str],
        real: Option<Arc<dyn PasswordHasher>>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(settings(flags)).unwrap();
        let clock = Arc::clone(&database.clock);
        let hasher = Arc::new(CountingHasher::default());
        let letterbox = Letterbox::default();
        let counting: Arc<dyn PasswordHasher> = Arc::<CountingHasher>::clone(&hasher);
        let hashing = real.unwrap_or(counting);
        let key = SigningKey::from_secret(SECRET).unwrap();
        let legacy = config.legacy_key.as_ref().map(|key| load_legacy(key).unwrap());
        let auth = Arc::new(Auth {
            store,
            blacklist: Blacklist::new(config.tokens.longest_access(), config.max_staleness),
            tokens: Tokens::new(key, config.tokens).with_legacy(legacy),
            hashing: HashPool::new(hashing, 2).unwrap(),
            clock: Arc::<ManualClock>::clone(&clock),
            entropy: Arc::new(SeededEntropy::new(7)),
            mailroom: Mailroom {
                postman: Box::new(letterbox.clone()),
                links: Links::new("https://app.example.com"),
            },
            policy: config.auth,
            unfinished: Unfinished::default(),
            sightings: Sightings::default(),
            failures: Failures::default(),
            guessing: Guessing::default(),
        });
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
            reload_socket: None,
            hashed_files: true,
        };
        let leptos = LeptosOptions::builder()
            .output_name("latchkey")
            .site_root(folder.path().join("site").to_string_lossy().into_owned())
            .build();
        let state = AppState::new(Arc::clone(&auth), web, leptos);
        let router = router(&state);
        Self { auth, clock, hasher, letterbox, database, router, folder }
    }

    /// Makes an account whose password is [`PASSWORD`].
    pub async fn user(&self, username: &str) {
        let user = CreateUser {
            username: username.to_owned(),
            email: Some(format!("{username}@example.com")),
            verified: true,
            superuser: false,
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            password: PASSWORD.into(),
        };
        self.auth.create_user(user).await.unwrap();
    }

    /// Makes the account of somebody who was taken over from another system.
    pub async fn imported_user(&self, username: &str) {
        let hash = self.hasher.hash(&PASSWORD.into(), [7; 16]).unwrap();
        let user = NewUser {
            username: Username::parse(username).unwrap(),
            email: None,
            email_verified_at: None,
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            password_hash: hash,
            superuser_since: None,
            created_at: self.auth.now(),
        };
        let user = ImportedUser {
            id: UserId(1),
            user,
            decoy: None,
            last_login_at: None,
            disabled_at: None,
            imported_at: self.auth.now(),
            legacy_refused_before: None,
        };
        let mut tx = self.auth.store.begin().await.unwrap();
        assert_eq!(tx.insert_imported(&[user]).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A browser in which this (new) user has signed in.
    pub async fn signed_in(&self, username: &str) -> Browser {
        self.user(username).await;
        let browser = self.browser();
        browser.login(username).await.assert_status(200);
        browser
    }

    /// The session that this browser's refresh cookie names.
    pub fn session_of(&self, browser: &Browser) -> SessionId {
        let token = browser.cookie("refresh").unwrap();
        self.auth.tokens.check(&token, None, self.auth.now()).unwrap().session
    }

    /// The generation at which the database has this browser's session.
    pub async fn generation_of(&self, browser: &Browser) -> i64 {
        let record = self.auth.store.lookup_family(self.session_of(browser)).await;
        let record = record.unwrap().unwrap();
        record.family.generation.number()
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }
}

/// Seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Minutes.
pub const fn mins(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Days.
pub const fn days(days: u64) -> Duration {
    Duration::from_secs(86_400 * days)
}
