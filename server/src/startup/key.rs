//! The signing keys: given, read from a file, or made once.

pub mod own;
mod pieces;

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::{ExposeSecret as _, SecretString};

use self::pieces::pieces;
use crate::{
    config::{KeySettings, KeySource, LegacyKeySettings},
    domain::{
        Entropy, EntropyError, KeyBook, Keyring, LegacyKey, SigningAlgorithm, SigningKey,
        Timestamp,
        entropy::random,
        key::{KeyFault, fresh::FreshKeyError},
    },
    http::api::tokens::iso,
};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Too short, or no secret.
    #[error("{0}: {1}. Make one with: openssl rand -hex 64")]
    Short(String, KeyFault),
    /// Not what the algorithm signs with.
    #[error("{0}: {1}. Make one with: openssl genpkey -algorithm {how}", how = recipe(.1))]
    Unfit(String, KeyFault),
    /// The one of the system before this one does not verify anything, or anybody can guess it.
    #[error("{0}: {1}")]
    Legacy(String, KeyFault),
    /// Whoever could sign tokens of the system before this one could sign ours.
    #[error(
        "LEGACY_SIGNING_KEY is the signing key of this server, too: whoever holds the old system's \
         key could make tokens here. Set SIGNING_KEY to another one"
    )]
    Shared,
    /// There is no public key.
    #[error("VERIFYING_KEY is neither a public key in PEM nor the name of its file: {0}")]
    NoPublicKey(PathBuf),
    /// Two keys that do not belong together.
    #[error(transparent)]
    NotAPair(KeyFault),
    /// The same key twice.
    #[error("{0}: {1}")]
    Twice(String, KeyFault),
    /// Unreadable.
    #[error("the signing key {0} cannot be read: {1}")]
    Read(PathBuf, #[source] io::Error),
    /// There was one, and it is gone.
    #[error(
        "the signing key {0} is gone, and everybody is signed in by it: put it back, or start once \
         with --new-key, which signs everybody out"
    )]
    Lost(PathBuf),
    /// Another one than before.
    #[error(
        "this signing key is not one that the database has been served with, and would sign \
         everybody out: check SIGNING_KEY, SIGNING_KEY_FILE and DATABASE_URL, or start once with \
         --new-key. Several keys stand in lines of their own"
    )]
    Unknown,
    /// One of several is not there any more.
    #[error(
        "the signing key {kid} is gone, and people are signed in by it until {until}: put it back, \
         after the first one; or, if nobody may trust it any more, take it out of use with latchkey \
         keys retire {kid} --force"
    )]
    Missing {
        /// Its name.
        kid: String,
        /// When the last of its tokens will have expired.
        until: String,
    },
    /// Taken out of use.
    #[error(
        "the signing key {0} was retired: put a new one in its place, or start once with --new-key, \
         which takes it back"
    )]
    Retired(String),
    /// Could not be made.
    #[error("the signing key {0} cannot be made: {1}. Set SIGNING_KEY or DATA_DIR.")]
    Create(PathBuf, #[source] io::Error),
    /// The program's own keys are all of another kind than the setting.
    #[error(
        "ALGORITHM is {algorithm}, and no key in {file} signs with it: make one with latchkey keys \
         rotate, which signs nobody out"
    )]
    OtherAlgorithm {
        /// Where they are.
        file: PathBuf,
        /// What was set.
        algorithm: SigningAlgorithm,
    },
    /// No new one.
    #[error(transparent)]
    Fresh(#[from] FreshKeyError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A key that nobody keeps, for programs that sign nothing.
///
/// # Errors
/// [`KeyError`].
pub fn unused(entropy: &dyn Entropy) -> Result<SigningKey, KeyError> {
    let secret = random::<32>(entropy)?;
    SigningKey::from_secret(&secret).map_err(|fault| KeyError::Short("the key".to_owned(), fault))
}

/// Gets the keys in their order. Where the program makes its own and there is none yet, the `fresh`
/// one is it. What an older one signs with is known by which of its fingerprints is `known`.
///
/// # Errors
/// [`KeyError`].
pub fn load(
    settings: &KeySettings,
    fresh: Option<&SecretString>,
    known: impl Fn(&str) -> bool,
    entropy: &dyn Entropy,
) -> Result<Vec<Arc<SigningKey>>, KeyError> {
    if let KeySource::Own(file) = &settings.source
        && !file.exists()
    {
        let fresh = fresh.ok_or_else(|| KeyError::Lost(file.clone()))?;
        let made = own::create_once(file, fresh, random(entropy)?);
        made.map_err(|error| KeyError::Create(file.clone(), error))?;
    }
    let (name, text) = named("SIGNING_KEY", &settings.source)?;
    parse(&name, &text, settings, known)
}

/// The keys in a text, the one that is to sign before the others.
///
/// # Errors
/// [`KeyError`].
pub fn parse(
    name: &str,
    text: &[u8],
    settings: &KeySettings,
    known: impl Fn(&str) -> bool,
) -> Result<Vec<Arc<SigningKey>>, KeyError> {
    let mut keys = each(name, text, settings, known)?;
    if let KeySource::Own(file) = &settings.source {
        let algorithm = settings.algorithm;
        // Its keys outlive a change of the setting, which says who of them signs.
        keys.sort_by_key(|key| key.algorithm() != algorithm);
        if keys.first().is_some_and(|key| key.algorithm() != algorithm) {
            return Err(KeyError::OtherAlgorithm { file: file.clone(), algorithm });
        }
    }
    Keyring::of(&keys).map_err(|fault| KeyError::Twice(name.to_owned(), fault))?;
    if let (Some(public), Some(first)) = (&settings.public_half, keys.first()) {
        first.check_public_half(&public_pem(public)?).map_err(KeyError::NotAPair)?;
    }
    Ok(keys)
}

/// The keys in a text, in its order.
fn each(
    name: &str,
    text: &[u8],
    settings: &KeySettings,
    known: impl Fn(&str) -> bool,
) -> Result<Vec<Arc<SigningKey>>, KeyError> {
    let is_own = matches!(settings.source, KeySource::Own(_));
    let mut keys = Vec::new();
    for piece in pieces(text) {
        let key = if keys.is_empty() && !is_own {
            SigningKey::new(settings.algorithm, piece)
        } else {
            older(settings.algorithm, piece, &known)
        };
        let name = if keys.is_empty() { name.to_owned() } else { nth(name, keys.len() + 1) };
        keys.push(Arc::new(key.map_err(|fault| unfit(name, fault))?));
    }
    Ok(keys)
}

fn nth(name: &str, number: usize) -> String {
    format!("{name}, key {number}")
}

fn unfit(name: String, fault: KeyFault) -> KeyError {
    match fault {
        KeyFault::Short { .. }
        | KeyFault::NoSecret(_)
        | KeyFault::Sample(_)
        | KeyFault::NotRandom(_) => KeyError::Short(name, fault),
        _ => KeyError::Unfit(name, fault),
    }
}

/// A key that has signed before the first one, and maybe in another way: as it is known to have, or
/// as is usual.
fn older(
    algorithm: SigningAlgorithm,
    piece: &[u8],
    known: impl Fn(&str) -> bool,
) -> Result<SigningKey, KeyFault> {
    let is_block = piece.starts_with(b"-----BEGIN");
    let ways = std::iter::once(algorithm).chain(SigningAlgorithm::ALL);
    let ways = ways.filter(|way| way.min_secret_bytes().is_none() == is_block);
    let mut tried: Vec<_> = ways.map(|way| SigningKey::new(way, piece)).collect();
    let fits = |key: &Result<SigningKey, _>| key.as_ref().is_ok_and(|k| known(k.fingerprint()));
    let place = tried.iter().position(fits).or_else(|| tried.iter().position(Result::is_ok));
    tried.swap_remove(place.unwrap_or_default())
}

fn public_pem(given: &str) -> Result<Vec<u8>, KeyError> {
    if given.contains("-----BEGIN") {
        return Ok(given.as_bytes().to_vec());
    }
    read(Path::new(given)).map_err(|_| KeyError::NoPublicKey(given.into()))
}

/// Judges the keys that a server was given by what the database has been served with.
///
/// # Errors
/// When somebody who is signed in would not be any more.
pub fn admit(book: &KeyBook, given: &[Arc<SigningKey>], now: Timestamp) -> Result<(), KeyError> {
    if book.keys.is_empty() {
        return Ok(());
    }
    if !given.iter().any(|key| book.trusts(key.fingerprint())) {
        let retired = given.iter().find(|key| book.key(key.kid()).is_some());
        return Err(
            retired.map_or(KeyError::Unknown, |key| KeyError::Retired(key.kid().to_owned()))
        );
    }
    let kids: Vec<_> = given.iter().map(|key| key.kid()).collect();
    let Some(missing) = book.missing(&kids, now) else { return Ok(()) };
    let until = iso(missing.needed_until.unwrap_or_default());
    Err(KeyError::Missing { kid: missing.kid.clone().unwrap_or_default(), until })
}

/// What verifies the tokens of the system before this one.
///
/// # Errors
/// [`KeyError`].
pub fn load_legacy(settings: &LegacyKeySettings) -> Result<LegacyKey, KeyError> {
    let (name, key) = named("LEGACY_SIGNING_KEY", &settings.source)?;
    LegacyKey::new(settings.algorithm, &key).map_err(|fault| KeyError::Legacy(name, fault))
}

/// Checks that the key of the system before this one is not ours, too.
///
/// # Errors
/// [`KeyError::Shared`]; when one of them cannot be read.
pub fn check_apart(own: &KeySettings, legacy: &LegacyKeySettings) -> Result<(), KeyError> {
    // One that is yet to be made is nobody's.
    if matches!(&own.source, KeySource::Own(file) if !file.exists()) {
        return Ok(());
    }
    let (_, own_key) = named("SIGNING_KEY", &own.source)?;
    let (_, legacy_key) = named("LEGACY_SIGNING_KEY", &legacy.source)?;
    let is_its_pair = |ours: &[u8]| {
        SigningAlgorithm::ALL
            .into_iter()
            .filter(|way| way.min_secret_bytes().is_none())
            .filter_map(|way| SigningKey::new(way, ours).ok())
            .any(|ours| ours.check_public_half(&legacy_key).is_ok())
    };
    let legacy_keys = pieces(&legacy_key);
    let is_shared = |ours: &&[u8]| legacy_keys.contains(ours) || is_its_pair(ours);
    if pieces(&own_key).iter().any(is_shared) { Err(KeyError::Shared) } else { Ok(()) }
}

/// Whether Django made it for somebody's first steps: it stands in many a repository.
///
/// # Errors
/// When it cannot be read.
pub fn is_insecure(legacy: &LegacyKeySettings) -> Result<bool, KeyError> {
    let (_, key) = named("LEGACY_SIGNING_KEY", &legacy.source)?;
    Ok(key.starts_with(b"django-insecure-"))
}

/// A key and what it is called where something is wrong with it.
pub(super) fn named(setting: &str, source: &KeySource) -> Result<(String, Vec<u8>), KeyError> {
    match source {
        KeySource::Given(key) => Ok((setting.to_owned(), key.expose_secret().as_bytes().to_vec())),
        KeySource::File(file) | KeySource::Own(file) => {
            Ok((file.display().to_string(), read(file)?))
        }
    }
}

/// How to make a key that has no such fault.
fn recipe(fault: &KeyFault) -> &'static str {
    use SigningAlgorithm::{EdDsa, Es256, Es384};
    match fault {
        KeyFault::NoPrivateKey(EdDsa) => "ed25519",
        KeyFault::NoPrivateKey(Es256) => "EC -pkeyopt ec_paramgen_curve:P-256",
        KeyFault::NoPrivateKey(Es384) => "EC -pkeyopt ec_paramgen_curve:P-384",
        _ => "RSA -pkeyopt rsa_keygen_bits:3072",
    }
}

/// The file's bytes without the line end that editors and `echo` leave.
fn read(file: &Path) -> Result<Vec<u8>, KeyError> {
    let mut secret = Vec::new();
    File::open(file)
        .and_then(|mut file| file.read_to_end(&mut secret))
        .map_err(|error| KeyError::Read(file.to_owned(), error))?;
    while secret.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        secret.pop();
    }
    Ok(secret)
}
