//! The key file that is the program's own: made once, and rewritten as keys come and go.

use std::{fs, io, io::Write as _, panic, path::Path, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::spawn_blocking;

use super::{super::private, KeyError, each, named, pieces::pieces};
use crate::{
    config::{KeySettings, KeySource},
    domain::{
        Entropy, KeyBook, SigningAlgorithm, SigningKey, SystemEntropy, Timestamp, entropy::random,
    },
};

/// A new key that is in no file yet. One of RSA takes seconds: nobody is to wait for the database
/// meanwhile.
///
/// # Errors
/// [`KeyError`].
pub async fn fresh(algorithm: SigningAlgorithm) -> Result<SecretString, KeyError> {
    let made = spawn_blocking(move || algorithm.fresh_key(&SystemEntropy)).await;
    Ok(made.unwrap_or_else(|crash| panic::resume_unwind(crash.into_panic()))?)
}

/// The same where one will be missing.
///
/// # Errors
/// [`KeyError`].
pub async fn fresh_if_missing(settings: &KeySettings) -> Result<Option<SecretString>, KeyError> {
    match &settings.source {
        KeySource::Own(file) if !file.exists() => fresh(settings.algorithm).await.map(Some),
        _ => Ok(None),
    }
}

/// Adds a new key, which comes before the others. Those of which nothing is in force any more go.
///
/// # Errors
/// [`KeyError`].
pub fn add(
    settings: &KeySettings,
    fresh: &SecretString,
    book: &KeyBook,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Arc<SigningKey>, KeyError> {
    let fresh = fresh.expose_secret();
    let new = SigningKey::new(settings.algorithm, fresh.as_bytes());
    let new = new.map_err(|fault| KeyError::Short("the new key".to_owned(), fault))?;
    let over = |key: &SigningKey| book.key(key.kid()).is_some_and(|record| record.is_over(now));
    rewrite(settings, book, Some(fresh), |key| !over(key), entropy)?;
    Ok(Arc::new(new))
}

/// Takes a key out, unless it is the only one.
///
/// # Errors
/// [`KeyError`].
pub fn remove(
    settings: &KeySettings,
    book: &KeyBook,
    kid: &str,
    entropy: &dyn Entropy,
) -> Result<(), KeyError> {
    rewrite(settings, book, None, |key| key.kid() != kid, entropy)
}

fn rewrite(
    settings: &KeySettings,
    book: &KeyBook,
    first: Option<&str>,
    stays: impl Fn(&SigningKey) -> bool,
    entropy: &dyn Entropy,
) -> Result<(), KeyError> {
    let KeySource::Own(file) = &settings.source else { return Ok(()) };
    let (name, text) = named("SIGNING_KEY", &settings.source)?;
    let keys = each(&name, &text, settings, |fingerprint| book.knows(fingerprint))?;
    let pieces = pieces(&text);
    let kept = keys.iter().zip(&pieces).filter(|(key, _)| stays(key));
    let kept = kept.filter_map(|(_, piece)| std::str::from_utf8(piece).ok());
    let lines: Vec<_> = first.into_iter().chain(kept).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let replaced = replace(file, &lines, random(entropy)?);
    replaced.map_err(|error| KeyError::Create(file.clone(), error))
}

/// Writes a first key beside its place and links it there, so that of two processes that start at
/// once both read the same whole key. One that is there stays.
///
/// # Errors
/// What the system says.
pub fn create_once(file: &Path, key: &SecretString, draft: [u8; 8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        private::folder(folder)?;
    }
    let draft = file.with_extension(hex::encode(draft));
    let created =
        write(&draft, &[key.expose_secret()]).and_then(|()| match fs::hard_link(&draft, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        });
    created.and(fs::remove_file(&draft))
}

/// Puts these keys in the place of what is in the file: all or nothing, and for the same owner.
fn replace(file: &Path, keys: &[&str], draft: [u8; 8]) -> io::Result<()> {
    let draft = file.with_extension(hex::encode(draft));
    let replaced = write(&draft, keys)
        .and_then(|()| keep_owner(file, &draft))
        .and_then(|()| fs::rename(&draft, file))
        .and_then(|()| sync_folder(file));
    if replaced.is_err() {
        let _ = fs::remove_file(&draft);
    }
    replaced
}

fn write(path: &Path, keys: &[&str]) -> io::Result<()> {
    let mut file = private::new_file(path)?;
    for key in keys {
        writeln!(file, "{key}")?;
    }
    file.sync_all()
}

/// Whoever rotates may be root, and the server must be able to read what is left.
#[cfg(unix)]
fn keep_owner(file: &Path, draft: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let (old, new) = (fs::metadata(file)?, fs::metadata(draft)?);
    if (old.uid(), old.gid()) == (new.uid(), new.gid()) {
        return Ok(());
    }
    chown(draft, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
