//! The keys of a server: admitted at its start, and followed as they change.

use std::{sync::Arc, time::Duration};

use sha2::{Digest as _, Sha256};
use tokio::{task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    StartError,
    key::{self, KeyError},
};
use crate::{
    auth::{Auth, KeySpans, NodeKeys, NodeKeysError},
    config::{Config, KeySettings, KeySource},
    domain::{KeyBook, Keyring, SigningKey, SystemEntropy, Timestamp, entropy::random},
    storage::{Retirement, Store, StoreError, Tx},
};

/// How often a server looks whether its key file or what others say has changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A server that hears nothing from the database answers 503 after `REVOCATION_MAX_STALENESS`; the
/// others count on what it can verify for so much longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Gets the keys and announces the server that holds them.
///
/// # Errors
/// When somebody who is signed in would not be any more, and `--new-key` was not given.
pub async fn admit(
    store: &dyn Store,
    settings: &KeySettings,
    config: &Config,
) -> Result<(Keyring, NodeKeys), StartError> {
    let fresh = key::own::fresh_if_missing(settings).await?;
    let mut tx = store.begin().await?;
    let book = tx.lock_keys().await?;
    let now = tx.now().await?;
    let may_be_new = book.keys.is_empty() || config.new_key;
    let known = |fingerprint: &str| book.knows(fingerprint);
    let fresh = fresh.filter(|_| may_be_new);
    let given = key::load(settings, fresh.as_ref(), known, &SystemEntropy)?;
    if config.new_key {
        trust_only(&mut *tx, &book, &given, now).await?;
    } else {
        key::admit(&book, &given, now)?;
    }
    let name = hex::encode(random::<8>(&SystemEntropy).map_err(KeyError::from)?);
    let mut keys = NodeKeys::new(name, spans(config), given);
    let ring = keys.begin(&mut *tx).await?;
    tx.commit().await?;
    Ok((ring, keys))
}

/// Whatever else the database was served with is out of use from now on.
async fn trust_only(
    tx: &mut dyn Tx,
    book: &KeyBook,
    given: &[Arc<SigningKey>],
    now: Timestamp,
) -> Result<(), StartError> {
    for known in &book.keys {
        if given.iter().any(|key| key.fingerprint() == known.fingerprint) {
            tx.trust_key(&known.fingerprint).await?;
        } else {
            tx.retire_key(&known.fingerprint, Retirement::AtOnce, now).await?;
        }
    }
    Ok(())
}

async fn book(store: &dyn Store) -> Result<KeyBook, StoreError> {
    store.begin().await?.lock_keys().await
}

fn spans(config: &Config) -> KeySpans {
    let tokens = &config.tokens;
    let of_tokens = tokens.refresh_lifetime.max(tokens.access_lifetime);
    let of_links = config.auth.reset_timeout.max(config.auth.confirmation_timeout);
    KeySpans {
        lease: config.max_staleness.saturating_add(PATIENCE),
        longest: of_tokens.max(of_links).saturating_add(tokens.leeway),
    }
}

/// Follows the key file and the other servers until `stop`, and says goodbye.
pub async fn keep(
    auth: Arc<Auth>,
    mut keys: NodeKeys,
    settings: KeySettings,
    stop: CancellationToken,
) {
    let mut file = KeyFile { settings, seen: None };
    let looking = async {
        let mut silent = false;
        loop {
            sleep(LOOK_EVERY).await;
            let given = file.news(&auth).await;
            let looked = keys.look(&auth, given).await;
            if let Err(error) = &looked
                && !silent
            {
                tracing::error!(%error, "the signing keys could not be looked after");
            }
            if let Err(NodeKeysError::Store(_)) = looked {
                file.seen = None;
            }
            silent = looked.is_err();
        }
    };
    stop.run_until_cancelled(looking).await;
    if let Err(error) = keys.leave(&auth).await {
        tracing::warn!(%error, "the other servers wait for this one until its time is up");
    }
}

/// The file that the keys come from, if they come from one.
struct KeyFile {
    settings: KeySettings,
    /// What was in it, in brief.
    seen: Option<[u8; 32]>,
}

impl KeyFile {
    /// The keys in it, if they are others than those that were there before.
    async fn news(&mut self, auth: &Auth) -> Option<Vec<Arc<SigningKey>>> {
        let source = self.settings.source.clone();
        if matches!(source, KeySource::Given(_)) {
            return None;
        }
        let read = spawn_blocking(move || key::named("SIGNING_KEY", &source)).await.ok()?;
        let digest: [u8; 32] = match &read {
            Ok((_, text)) => Sha256::digest(text).into(),
            Err(_) => [0; 32],
        };
        if self.seen.replace(digest) == Some(digest) {
            return None;
        }
        // After the file: whoever puts a key into it says here what it signs with.
        let Ok(book) = book(&*auth.store).await else {
            self.seen = None;
            return None;
        };
        let known = |fingerprint: &str| book.knows(fingerprint);
        let parsed = read.and_then(|(name, text)| key::parse(&name, &text, &self.settings, known));
        parsed.inspect_err(|error| tracing::error!(%error, "the keys stay as they were")).ok()
    }
}
