//! What signs tokens.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::{ConfigError, Database, Settings, validate::refuse};
use crate::domain::SigningAlgorithm;

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

/// The signing key, before it is read.
#[derive(Clone, Debug)]
pub struct KeySettings {
    /// Where it comes from.
    pub source: KeySource,
    /// `ALGORITHM`: what it signs with.
    pub algorithm: SigningAlgorithm,
    /// `VERIFYING_KEY`: what has to be its public half, in PEM or the name of a file.
    pub public_half: Option<String>,
}

/// What verifies the tokens of the system before this one, before it is read.
#[derive(Clone, Debug)]
pub struct LegacyKeySettings {
    /// Where it comes from.
    pub source: KeySource,
    /// `LEGACY_ALGORITHM`: what they are signed with.
    pub algorithm: SigningAlgorithm,
}

/// The key of the system before this one, where tokens of it are taken.
pub(super) fn legacy_key(settings: &Settings) -> Option<LegacyKeySettings> {
    let legacy = &settings.legacy;
    let given = legacy.legacy_signing_key.clone().filter(|key| !key.expose_secret().is_empty());
    let source = match (given, &legacy.legacy_signing_key_file) {
        (Some(secret), _) => KeySource::Given(secret),
        (None, Some(file)) => KeySource::File(file.clone()),
        (None, None) => return None,
    };
    Some(LegacyKeySettings { source, algorithm: legacy.legacy_algorithm })
}

/// The signing key of these settings; none on PostgreSQL where none is set.
///
/// # Errors
/// When `VERIFYING_KEY` has nothing to fit.
pub(super) fn key_settings(
    settings: &Settings,
    database: &Database,
) -> Result<Option<KeySettings>, ConfigError> {
    let algorithm = settings.algorithm;
    let public_half = settings.verifying_key.clone().filter(|key| !key.is_empty());
    let has_pair = algorithm.min_secret_bytes().is_none();
    if public_half.is_some() && !has_pair {
        return refuse(format!("VERIFYING_KEY is set, and {algorithm} verifies with SIGNING_KEY."));
    }
    let source = match (&settings.signing_key, &settings.signing_key_file, database) {
        (Some(secret), ..) => KeySource::Given(secret.clone()),
        (None, Some(file), _) => KeySource::File(file.clone()),
        (None, None, Database::Sqlite(_)) if public_half.is_some() => {
            return refuse(
                "VERIFYING_KEY is set, and the signing key is not: set SIGNING_KEY_FILE to its \
                 other half, or leave VERIFYING_KEY out.",
            );
        }
        (None, None, Database::Sqlite(_)) => KeySource::Own(settings.data_dir.join("signing.key")),
        (None, None, Database::Postgres(_)) => return Ok(None),
    };
    Ok(Some(KeySettings { source, algorithm, public_half }))
}
