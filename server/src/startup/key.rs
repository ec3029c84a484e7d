//! The signing key: given, read from a file, or made once.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret as _;

use super::private;
use crate::{
    config::{KeySettings, KeySource, LegacyKeySettings},
    domain::{
        Entropy, EntropyError, LegacyKey, SigningAlgorithm, SigningKey, entropy::random,
        key::KeyFault,
    },
};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Too short.
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
         --new-key"
    )]
    Unknown,
    /// Could not be made.
    #[error("the signing key {0} cannot be made: {1}. Set SIGNING_KEY or DATA_DIR.")]
    Create(PathBuf, #[source] io::Error),
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

/// Gets the key, and makes it where that is the setting, there is none yet, and `may_make` one.
///
/// # Errors
/// [`KeyError`].
pub fn load(
    KeySettings { source, algorithm, public_half }: &KeySettings,
    may_make: bool,
    entropy: &dyn Entropy,
) -> Result<SigningKey, KeyError> {
    if let KeySource::Own(file) = source {
        if may_make {
            create_once(file, entropy)?;
        } else if !file.exists() {
            return Err(KeyError::Lost(file.clone()));
        }
    }
    let (name, secret) = named("SIGNING_KEY", source)?;
    let key = SigningKey::new(*algorithm, &secret).map_err(|fault| match fault {
        KeyFault::Short { .. } | KeyFault::NoSecret(_) => KeyError::Short(name, fault),
        _ => KeyError::Unfit(name, fault),
    })?;
    if let Some(public) = public_half {
        let pem = if public.contains("-----BEGIN") {
            public.clone().into_bytes()
        } else {
            read(Path::new(public)).map_err(|_| KeyError::NoPublicKey(public.into()))?
        };
        key.check_public_half(&pem).map_err(KeyError::NotAPair)?;
    }
    Ok(key)
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
    let same_pair = || {
        let ours = SigningKey::new(own.algorithm, &own_key);
        ours.is_ok_and(|ours| ours.check_public_half(&legacy_key).is_ok())
    };
    let has_pair = own.algorithm.min_secret_bytes().is_none();
    if own_key == legacy_key || (has_pair && same_pair()) {
        return Err(KeyError::Shared);
    }
    Ok(())
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
fn named(setting: &str, source: &KeySource) -> Result<(String, Vec<u8>), KeyError> {
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

/// Writes a new key beside its place and links it there, so that of two processes that start at
/// once both read the same whole key.
fn create_once(file: &Path, entropy: &dyn Entropy) -> Result<(), KeyError> {
    if file.exists() {
        return Ok(());
    }
    let secret = hex::encode(random::<32>(entropy)?);
    let draft = file.with_extension(hex::encode(random::<8>(entropy)?));
    let created =
        write_private(&draft, &secret).and_then(|()| match std::fs::hard_link(&draft, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        });
    let removed = std::fs::remove_file(&draft);
    created.and(removed).map_err(|error| KeyError::Create(file.to_owned(), error))
}

fn write_private(path: &Path, secret: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private::folder(folder)?;
    }
    let mut file = private::new_file(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}
