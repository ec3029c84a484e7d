//! Passwords that were breached: half a million, Django's list among them.
//!
//! Only the beginnings of their hashes are kept (`.make/breached_passwords.py` tells of which lists,
//! and makes the file). None that is on a list is missed. Of all other passwords one in a million is
//! taken for one that is: one in 200,000, as each is looked up in six ways of writing it.

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// For each bucket, where it ends; then what follows of each hash. Looked up where it lies, so that
/// it takes memory only where somebody has looked.
const FILE: &[u8] = include_bytes!("../../assets/breached-passwords.bin");
/// How many bits of a hash name its bucket, and how many of the following are kept.
const BUCKET_BITS: u32 = 15;
const KEPT_BITS: u32 = 24;

/// Whether a password is on a list: whatever its case, the white space around it and the punctuation
/// after it, and with the digits and signs that stand for letters read as those.
pub fn was_breached(password: &str) -> bool {
    let folded = fold(password);
    let plain = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    [&folded, plain].into_iter().any(|text| {
        is_listed(text) || is_listed(&as_letters(text, 'i')) || is_listed(&as_letters(text, 'l'))
    })
}

/// The form in which passwords are on the lists.
fn fold(password: &str) -> String {
    let folded = password.nfkc().collect::<String>().to_lowercase();
    folded.trim().to_owned()
}

/// What is read in `p4$$w0rd99`: digits at the end are digits. A 1 stands for two letters: `one` says
/// for which.
fn as_letters(folded: &str, one: char) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => other,
    };
    let word = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &folded[word.len()..];
    word.chars().map(letter).chain(digits.chars()).collect()
}

fn is_listed(folded: &str) -> bool {
    let hash: [u8; 32] = Sha256::digest(folded).into();
    let start = hash.first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
    let start = start >> (u64::BITS - BUCKET_BITS - KEPT_BITS);
    let (bucket, kept) = (start >> KEPT_BITS, start & ((1 << KEPT_BITS) - 1));
    let number = |[a, b, c]: &[u8; 3]| u64::from_be_bytes([0, 0, 0, 0, 0, *a, *b, *c]);
    entries(bucket).is_some_and(|entries| entries.binary_search_by_key(&kept, number).is_ok())
}

/// What is kept of the hashes in a bucket, in order.
fn entries(bucket: u64) -> Option<&'static [[u8; 3]]> {
    let (ends, entries) = FILE.split_at_checked(size_of::<u32>() << BUCKET_BITS)?;
    let (ends, entries) = (ends.as_chunks::<4>().0, entries.as_chunks::<3>().0);
    let end = |bucket: u64| {
        let end = ends.get(usize::try_from(bucket).ok()?)?;
        usize::try_from(u32::from_be_bytes(*end)).ok()
    };
    let start = bucket.checked_sub(1).map_or(Some(0), end)?;
    entries.get(start..end(bucket)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Django's list; the other is not here in full.
    const DJANGO: &str = include_str!("../../assets/common-passwords.txt");

    /// Random and folded, as nobody has chosen one.
    fn strangers(count: usize) -> impl Iterator<Item = String> {
        let mut random = fastrand::Rng::with_seed(7);
        std::iter::repeat_with(move || (0..12).map(|_| random.lowercase()).collect()).take(count)
    }

    #[test]
    fn the_file_is_whole_and_in_order() {
        let buckets = (0..1 << BUCKET_BITS).map(|bucket| entries(bucket).unwrap());
        let mut count = 0;
        for bucket in buckets {
            assert!(bucket.is_sorted_by(|a, b| a < b), "what is out of order is not found");
            count += bucket.len();
        }
        assert_eq!(count, 487_080);
        assert_eq!(FILE.len(), (4 << BUCKET_BITS) + 3 * count);
    }

    #[test]
    fn none_of_djangos_is_missed() {
        assert_eq!(DJANGO.lines().count(), 19_640);
        for password in DJANGO.lines() {
            assert!(was_breached(password), "{password}");
            assert!(was_breached(&password.to_uppercase()), "{password} in capitals");
        }
    }

    #[test]
    fn what_was_breached_is_refused_however_it_is_written() {
        for password in [
            "password123",
            "PassWord123",
            " password123\t",
            "Password123!",
            "P@$$w0rd",
            "p4ssw0rd!!",
            "P4ssw0rd123",
            "ch1ck3n5",
            "ｐａｓｓｗｏｒｄ",
            "любовь",
            "ЛЮБОВЬ",
            // Of the million only.
            "newlife4me",
            "borg2000",
            "alex1492",
        ] {
            assert!(was_breached(password), "{password}");
        }
        for password in ["", "!!!", "correct-horse-9", "pass word123", "9 lives has the cat"] {
            assert!(!was_breached(password), "{password}");
        }
    }

    #[test]
    fn hardly_any_other_is() {
        let mistaken = |count, check: fn(&str) -> bool| {
            strangers(count).filter(|password| check(password)).count()
        };
        // 0.9 of a million are expected.
        assert!(mistaken(1_000_000, is_listed) <= 6);
        // 2 of 400,000, were each written in six ways.
        assert!(mistaken(400_000, was_breached) <= 12);
    }
}
