//! Stored hashes, read: our own and those that Django made. What costs too much to check is no hash
//! here, so nobody's password belongs to it.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version, password_hash::phc};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bcrypt::HashParts;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{PasswordHash, limits};

/// Longer than any column that Django keeps hashes in.
const LONGEST: usize = 512;

/// A stored hash, read.
#[derive(Debug)]
pub enum StoredHash {
    /// `$argon2id$…`, or with `argon2` before it.
    Argon2(Argon2Hash),
    /// `pbkdf2_sha256$rounds$salt$base64`
    Pbkdf2Sha256(Pbkdf2<32>),
    /// `pbkdf2_sha1$rounds$salt$base64`
    Pbkdf2Sha1(Pbkdf2<20>),
    /// `scrypt$n$salt$r$p$base64`
    Scrypt(Scrypt),
    /// `bcrypt_sha256$$2b$cost$…`: of the password's SHA-256 in hexadecimal digits.
    BcryptSha256(Bcrypt),
    /// `bcrypt$$2b$cost$…`: of the password's first 72 bytes.
    Bcrypt(Bcrypt),
    /// `md5$salt$hex`; without a salt, it may be the digits alone.
    Md5(Md5Hash),
    /// `!…`: nobody has a password for it.
    Unusable,
}

/// Argon2, in any of its kinds.
#[derive(Debug)]
pub struct Argon2Hash {
    context: Argon2<'static>,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// PBKDF2; its output is as long as the digest.
#[derive(Debug)]
pub struct Pbkdf2<const N: usize> {
    rounds: u32,
    salt: String,
    output: [u8; N],
}

/// scrypt.
#[derive(Debug)]
pub struct Scrypt {
    log_n: u8,
    r: u32,
    p: u32,
    salt: String,
    output: [u8; 64],
}

/// bcrypt.
#[derive(Debug)]
pub struct Bcrypt {
    cost: u32,
    /// `$2b$cost$…`
    text: String,
}

/// One round of MD5.
#[derive(Debug)]
pub struct Md5Hash {
    salt: String,
    output: [u8; 16],
}

/// Why a text is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashFault {
    /// Nothing that is known begins like that.
    #[error("its password was hashed in a way that is not known here")]
    Unknown,
    /// It begins like one.
    #[error("its {0} hash cannot be read")]
    Malformed(&'static str),
    /// Checking it would take seconds, or a lot of memory.
    #[error("its {0} hash would cost too much to check")]
    Absurd(&'static str),
}

impl StoredHash {
    /// Reads a hash.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn parse(text: &str) -> Result<Self, HashFault> {
        // No database of ours would keep a NUL.
        if text.len() > LONGEST || text.contains('\0') {
            return Err(HashFault::Unknown);
        }
        // Django makes an empty one where nobody has set a password.
        if text.is_empty() || text.starts_with('!') {
            return Ok(Self::Unusable);
        }
        if text.starts_with('$') {
            return Argon2Hash::parse(text).map(Self::Argon2);
        }
        let Some((algorithm, rest)) = text.split_once('$') else {
            return Md5Hash::parse("", text).map(Self::Md5).ok_or(HashFault::Unknown);
        };
        match algorithm {
            "argon2" => Argon2Hash::parse(&text["argon2".len()..]).map(Self::Argon2),
            "pbkdf2_sha256" => Pbkdf2::parse("pbkdf2_sha256", rest).map(Self::Pbkdf2Sha256),
            "pbkdf2_sha1" => Pbkdf2::parse("pbkdf2_sha1", rest).map(Self::Pbkdf2Sha1),
            "scrypt" => Scrypt::parse(rest).map(Self::Scrypt),
            "bcrypt_sha256" => Bcrypt::parse("bcrypt_sha256", rest).map(Self::BcryptSha256),
            "bcrypt" => Bcrypt::parse("bcrypt", rest).map(Self::Bcrypt),
            "md5" => {
                let parts = rest.split_once('$');
                let hash = parts.and_then(|(salt, digits)| Md5Hash::parse(salt, digits));
                hash.map(Self::Md5).ok_or(HashFault::Malformed("md5"))
            }
            _ => Err(HashFault::Unknown),
        }
    }

    /// Whether the password belongs to it. Takes as long as its parameters say; no time at all where
    /// none can.
    pub fn verify(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => hash.verify(password),
            Self::Pbkdf2Sha256(hash) => hash.is(&pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(
                password,
                hash.salt.as_bytes(),
                hash.rounds,
            )),
            Self::Pbkdf2Sha1(hash) => hash.is(&pbkdf2::pbkdf2_hmac_array::<Sha1, 20>(
                password,
                hash.salt.as_bytes(),
                hash.rounds,
            )),
            Self::Scrypt(hash) => hash.verify(password),
            Self::BcryptSha256(hash) => {
                hash.verify(hex::encode(Sha256::digest(password)).as_bytes())
            }
            Self::Bcrypt(hash) => hash.verify(password),
            Self::Md5(hash) => hash.verify(password),
            Self::Unusable => false,
        }
    }

    /// A hash that costs as much to check and that nobody has a password for: all zeros. `None` where
    /// nothing is computed.
    pub fn decoy(&self) -> Option<PasswordHash> {
        let text = match self {
            Self::Argon2(hash) => hash.decoy(),
            Self::Pbkdf2Sha256(hash) => format!("pbkdf2_sha256${hash}"),
            Self::Pbkdf2Sha1(hash) => format!("pbkdf2_sha1${hash}"),
            Self::Scrypt(Scrypt { log_n, r, p, .. }) => {
                let (n, output) = (1_u64 << log_n, STANDARD.encode([0; 64]));
                format!("scrypt${n}${}${r}${p}${output}", "0".repeat(22))
            }
            Self::BcryptSha256(hash) => format!("bcrypt_sha256${}", hash.decoy()),
            Self::Bcrypt(hash) => format!("bcrypt${}", hash.decoy()),
            Self::Md5(_) => format!("md5${}${}", "0".repeat(22), "0".repeat(32)),
            Self::Unusable => return None,
        };
        Some(PasswordHash::from_stored(text))
    }
}

impl Argon2Hash {
    const NAME: &'static str = "argon2";

    fn parse(text: &str) -> Result<Self, HashFault> {
        let read = || {
            let hash = phc::PasswordHash::new(text).ok()?;
            let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
            // The first version did not say so.
            let version = hash.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
            let params = Params::try_from(&hash).ok()?;
            Some((Argon2::new(algorithm, version, params), hash.salt?, hash.hash?))
        };
        let (context, salt, output) = read().ok_or(HashFault::Malformed(Self::NAME))?;
        if !limits::argon2(context.params()) {
            return Err(HashFault::Absurd(Self::NAME));
        }
        Ok(Self { context, salt: salt.to_vec(), output: output.as_bytes().to_vec() })
    }

    fn verify(&self, password: &[u8]) -> bool {
        let mut output = vec![0; self.output.len()];
        let done = self.context.hash_password_into(password, &self.salt, &mut output);
        done.is_ok() && bool::from(output.ct_eq(&self.output))
    }

    fn decoy(&self) -> String {
        let params = self.context.params();
        let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
        format!(
            "argon2$argon2id$v=19$m={memory},t={passes},p={lanes}${}${}",
            "A".repeat(22),
            "A".repeat(43)
        )
    }
}

impl<const N: usize> Pbkdf2<N> {
    fn parse(name: &'static str, text: &str) -> Result<Self, HashFault> {
        let malformed = HashFault::Malformed(name);
        let mut parts = text.split('$');
        let (Some(rounds), Some(salt), Some(output), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed);
        };
        let rounds = number(rounds).ok_or(malformed)?;
        let output = decoded(output).ok_or(malformed)?;
        let rounds = limits::rounds(rounds).ok_or(HashFault::Absurd(name))?;
        Ok(Self { rounds, salt: salt.to_owned(), output })
    }

    fn is(&self, output: &[u8; N]) -> bool {
        self.output.ct_eq(output).into()
    }
}

impl<const N: usize> fmt::Display for Pbkdf2<N> {
    /// The decoy, without the algorithm's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}${}${}", self.rounds, "0".repeat(22), STANDARD.encode([0; N]))
    }
}

impl Scrypt {
    const NAME: &'static str = "scrypt";

    fn parse(text: &str) -> Result<Self, HashFault> {
        let malformed = HashFault::Malformed(Self::NAME);
        let parts: Vec<_> = text.split('$').collect();
        let [n, salt, r, p, output] = parts[..] else { return Err(malformed) };
        let [n, r, p] = [n, r, p].map(number);
        let (Some(n), Some(r), Some(p)) = (n, r, p) else { return Err(malformed) };
        let output = decoded(output).ok_or(malformed)?;
        if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
            return Err(malformed);
        }
        let (log_n, r, p) = limits::scrypt(n, r, p).ok_or(HashFault::Absurd(Self::NAME))?;
        Ok(Self { log_n, r, p, salt: salt.to_owned(), output })
    }

    fn verify(&self, password: &[u8]) -> bool {
        let Ok(params) = scrypt::Params::new(self.log_n, self.r, self.p) else { return false };
        let mut output = [0; 64];
        let done = scrypt::scrypt(password, self.salt.as_bytes(), &params, &mut output);
        done.is_ok() && bool::from(output.ct_eq(&self.output))
    }
}

impl Bcrypt {
    fn parse(name: &'static str, text: &str) -> Result<Self, HashFault> {
        // The kind that stands for the mistakes of an old implementation is not one of Django's.
        let parts: Option<HashParts> =
            (!text.starts_with("$2x")).then(|| text.parse().ok()).flatten();
        let cost = parts.ok_or(HashFault::Malformed(name))?.get_cost();
        if !limits::bcrypt(cost) {
            return Err(HashFault::Absurd(name));
        }
        Ok(Self { cost, text: text.to_owned() })
    }

    fn verify(&self, password: &[u8]) -> bool {
        bcrypt::verify(password, &self.text).unwrap_or(false)
    }

    fn decoy(&self) -> String {
        format!("$2b${:02}${}", self.cost, ".".repeat(53))
    }
}

impl Md5Hash {
    fn parse(salt: &str, digits: &str) -> Option<Self> {
        // Python writes small letters.
        let plain = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let output = plain.then(|| hex::decode(digits).ok()).flatten()?.try_into().ok()?;
        Some(Self { salt: salt.to_owned(), output })
    }

    fn verify(&self, password: &[u8]) -> bool {
        let output = Md5::new().chain_update(&self.salt).chain_update(password).finalize();
        output.as_slice().ct_eq(&self.output).into()
    }
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More than fits is a number, too, and absurd.
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
