//! Secrets that stand in documents and examples: whoever has read one can sign with it.

use std::collections::HashSet;

use super::KeyFault;

/// Found anywhere in a secret, without regard to case or to what is neither letter nor digit.
const PHRASES: [&str; 15] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "yoursecret",
    "yoursigningkey",
    "your256bitsecret",
    "mysecretkey",
    "supersecret",
    "secretkeyhere",
    "astringsecretatleast256bitslong",
    "placeholder",
    "donotuse",
    "insecuresecret",
    "qwertyuiop",
];

/// The secret of RFC 7515 (A.1), which many a test and article has from there.
const RFC_7515: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// What Django's `startproject` writes in front of a key: it is in the repository, as a rule.
const DJANGO: &str = "django-insecure-";

/// Distinct bytes: 32 random ones in hexadecimal have fewer once in 10^13 times.
const FEWEST_BYTES: usize = 6;

/// Whether a secret is none.
///
/// # Errors
/// [`KeyFault::Sample`], [`KeyFault::NotRandom`].
pub fn check(secret: &[u8]) -> Result<(), KeyFault> {
    let text = String::from_utf8_lossy(secret);
    let plain: String =
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let phrase = PHRASES.into_iter().find(|phrase| plain.contains(phrase));
    let published = (text.trim() == RFC_7515).then_some("the secret of RFC 7515");
    if let Some(sample) = phrase.or(published) {
        return Err(KeyFault::Sample(sample));
    }
    pattern(secret).map_or(Ok(()), |pattern| Err(KeyFault::NotRandom(pattern)))
}

/// What somebody types who was told of a length.
fn pattern(secret: &[u8]) -> Option<&'static str> {
    let bytes: HashSet<_> = secret.iter().collect();
    if bytes.len() < FEWEST_BYTES {
        Some("a few characters over and over")
    } else if repeats(secret) {
        Some("a short text over and over")
    } else if counts(secret) {
        Some("characters in their order")
    } else {
        None
    }
}

/// The same of a key of our own. The system before this one may have such a key: its tokens are as
/// good as they were.
///
/// # Errors
/// [`KeyFault::Sample`].
pub fn check_own(secret: &[u8]) -> Result<(), KeyFault> {
    if secret.starts_with(DJANGO.as_bytes()) {
        return Err(KeyFault::Sample(DJANGO));
    }
    Ok(())
}

/// Whether it is a short text many times over.
fn repeats(secret: &[u8]) -> bool {
    (1..=secret.len() / 2)
        .any(|period| secret.iter().zip(&secret[period..]).all(|(one, next)| one == next))
}

/// Whether most characters are followed by their neighbour or by themselves, as in the alphabet. Of
/// random ones in hexadecimal every sixth is: 32 of them are refused once in 10^11 times.
fn counts(secret: &[u8]) -> bool {
    let pairs = secret.iter().zip(secret.iter().skip(1));
    let close = pairs.filter(|(one, next)| one.abs_diff(**next) <= 1).count();
    close * 4 > secret.len() * 3
}
