//! `latchkey keys ...`

use clap::Subcommand;

use super::{
    CliError, open, say,
    table::{moment, print},
};
use crate::{
    auth::{Auth, AuthError},
    config::{Config, KeySettings, KeySource},
    domain::{KeyBook, KeyRecord, SigningAlgorithm, SystemEntropy, Timestamp},
    startup::{StartError, key},
    storage::{Retirement, Tx},
};

/// Commands on signing keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys: which one signs, and which are needed for how long
    List,
    /// Make a new key. It signs as soon as every running server can verify it, and nobody is signed
    /// out. Keys that a setting gives are rotated where they come from
    Rotate,
    /// Take a key out of use: what it has signed is refused from now on
    Retire {
        /// The key's name, as `list` shows it
        kid: String,
        /// Even if people are still signed in by it, who have to sign in again then
        #[arg(long)]
        force: bool,
    },
}

impl KeysCommand {
    /// Does it.
    ///
    /// # Errors
    /// [`CliError`].
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        let auth = open(config).await?;
        let done = match self {
            Self::List => list(&auth).await,
            Self::Rotate => rotate(&auth, config).await,
            Self::Retire { kid, force } => retire(&auth, config, &kid, force).await,
        };
        auth.store.close().await;
        done
    }
}

/// The book, and a unit of work in which nobody else changes it.
async fn read(auth: &Auth) -> Result<(Box<dyn Tx>, KeyBook, Timestamp), CliError> {
    let mut tx = auth.store.begin().await.map_err(AuthError::from)?;
    let book = tx.lock_keys().await.map_err(AuthError::from)?;
    let now = tx.now().await.map_err(AuthError::from)?;
    Ok((tx, book, now))
}

async fn list(auth: &Auth) -> Result<(), CliError> {
    let (_, book, now) = read(auth).await?;
    let rows = book.keys.iter().map(|key| {
        [
            key.kid.clone().unwrap_or_default(),
            key.algorithm.clone().unwrap_or_default(),
            state(&book, key, now),
            moment(key.first_used_at),
            key.needed_until.filter(|_| key.is_needed(now)).map(moment).unwrap_or_default(),
        ]
    });
    print(["KEY", "ALGORITHM", "STATE", "SINCE", "NEEDED UNTIL"], rows);
    Ok(())
}

/// What becomes of a key, in words.
fn state(book: &KeyBook, key: &KeyRecord, now: Timestamp) -> String {
    if key.retired_at.is_some() {
        return "retired".to_owned();
    }
    let kid = key.kid.as_deref().unwrap_or_default();
    let servers = book.live(now).count();
    let signing = book.live(now).filter(|node| node.signs == kid).count();
    let verifying = book.live(now).filter(|node| node.verifies(kid)).count();
    match (signing, verifying) {
        (1.., _) if signing == servers => "signs".to_owned(),
        (1.., _) => format!("signs on {signing} of {servers} servers"),
        (0, 1..) if key.needed_until.is_none() => {
            format!("waits: {verifying} of {servers} servers can verify it")
        }
        (0, 1..) => "verifies".to_owned(),
        (0, 0) if key.is_over(now) => "over".to_owned(),
        (0, 0) => "no server has it".to_owned(),
    }
}

async fn rotate(auth: &Auth, config: &Config) -> Result<(), CliError> {
    let settings = own(config).ok_or(CliError::GivenKeys)?;
    let fresh = key::own::fresh(settings.algorithm).await.map_err(StartError::from)?;
    let (mut tx, book, now) = read(auth).await?;
    // The file comes first: a key that is there and that nobody knows of does no harm.
    let new = key::own::add(settings, &fresh, &book, now, &SystemEntropy);
    let new = new.map_err(StartError::from)?;
    tx.remember_key(&new, now).await.map_err(AuthError::from)?;
    tx.commit().await.map_err(AuthError::from)?;
    let (kid, algorithm) = (new.kid(), new.algorithm());
    if signs_otherwise(&book, algorithm, now) {
        say(&format!(
            "key {kid} is made: it signs once the server runs with ALGORITHM={algorithm}"
        ));
    } else {
        say(&format!("key {kid} is made: it signs as soon as every server has it"));
    }
    Ok(())
}

/// Whether a server signs with another algorithm, and so goes on until it is told of this one.
fn signs_otherwise(book: &KeyBook, algorithm: SigningAlgorithm, now: Timestamp) -> bool {
    let mut signing = book.live(now).filter_map(|node| book.key(&node.signs));
    signing.any(|key| key.algorithm.as_deref() != Some(algorithm.name()))
}

async fn retire(auth: &Auth, config: &Config, kid: &str, force: bool) -> Result<(), CliError> {
    let (mut tx, book, now) = read(auth).await?;
    let record = book.key(kid).ok_or_else(|| CliError::NoKey(kid.to_owned()))?;
    if book.live(now).any(|node| node.signs == kid) {
        return Err(CliError::KeySigns(kid.to_owned()));
    }
    let how = if force { Retirement::AtOnce } else { Retirement::OnceUnneeded };
    let retired = tx.retire_key(&record.fingerprint, how, now).await.map_err(AuthError::from)?;
    if !retired && record.is_needed(now) {
        let until = record.needed_until.map(moment).unwrap_or_default();
        return Err(CliError::KeyNeeded { kid: kid.to_owned(), until });
    }
    tx.commit().await.map_err(AuthError::from)?;
    // It is refused from now on, in the file or not.
    if let Some(settings) = own(config) {
        key::own::remove(settings, &book, kid, &SystemEntropy).map_err(StartError::from)?;
    }
    say(&format!("key {kid} is retired: running servers refuse its tokens within seconds"));
    Ok(())
}

/// The settings of keys that the server makes itself.
fn own(config: &Config) -> Option<&KeySettings> {
    config.key.as_ref().filter(|key| matches!(key.source, KeySource::Own(_)))
}
