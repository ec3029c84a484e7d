//! The key that signs tokens.

pub mod fresh;
mod public;
mod sample;
pub(super) mod sec1;

use std::fmt;

use hmac::{Hmac, KeyInit, Mac, digest::common::Key};
use jsonwebtoken::{
    DecodingKey, EncodingKey, crypto,
    jwk::AlgorithmParameters,
    jwk::{Jwk, PublicKeyUse},
};
use sha2::{Digest, Sha256};

use super::{Generation, SessionId, SigningAlgorithm};

/// RSA keys of fewer bits are refused.
const MIN_RSA_BITS: usize = 2048;

/// Why a key cannot sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// A secret with fewer bits than its hash.
    #[error("the signing key has {has} bytes, {algorithm} needs at least {needs}")]
    Short {
        /// What it is to be used with.
        algorithm: SigningAlgorithm,
        /// Its bytes.
        has: usize,
        /// The fewest.
        needs: usize,
    },
    /// A key of a pair: no secret.
    #[error("the signing key is no secret: {0} wants random bytes; set ALGORITHM for a key pair")]
    NoSecret(SigningAlgorithm),
    /// One that many have read.
    #[error("the signing key is no secret: {0} is what examples have in its place")]
    Sample(&'static str),
    /// One that a person has typed, or that a program would try first.
    #[error("the signing key is not random: it is {0}")]
    NotRandom(&'static str),
    /// There is none.
    #[error("there is no signing key")]
    None,
    /// One key twice, or two that go by one name.
    #[error("two signing keys go by the name {0}: give each once")]
    Twice(String),
    /// No private key of the algorithm's kind.
    #[error("the signing key is no private key for {0} in PEM")]
    NoPrivateKey(SigningAlgorithm),
    /// No public key of the algorithm's kind.
    #[error("the key is no public key for {0} in PEM")]
    NoPublicKey(SigningAlgorithm),
    /// A short RSA key.
    #[error("the signing key has {0} bits, RSA needs at least {MIN_RSA_BITS}")]
    ShortRsa(usize),
    /// The public key belongs to another private key.
    #[error("VERIFYING_KEY is not the public half of the signing key, in PEM")]
    NotItsPublicHalf,
}

/// A signing key and its public name.
pub struct SigningKey {
    algorithm: SigningAlgorithm,
    kid: String,
    fingerprint: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    ids: Hmac<Sha256>,
    tickets: Hmac<Sha256>,
}

impl SigningKey {
    /// Takes a secret of at least 32 bytes, for HS256.
    ///
    /// # Errors
    /// [`KeyFault::Short`].
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyFault> {
        Self::new(SigningAlgorithm::Hs256, secret)
    }

    /// Takes a secret, or a private key in PEM where the algorithm wants a key pair.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn new(algorithm: SigningAlgorithm, secret: &[u8]) -> Result<Self, KeyFault> {
        algorithm.check_secret(secret)?;
        sample::check_own(secret)?;
        let no_key = |_| KeyFault::NoPrivateKey(algorithm);
        let (encoding, decoding) = algorithm.halves(secret).map_err(no_key)?;
        check_rsa(&encoding, algorithm)?;
        // A key of another curve is found out by its first signature only.
        if !sign_and_verify(algorithm, &encoding, &decoding) {
            return Err(KeyFault::NoPrivateKey(algorithm));
        }
        let labelled = |label: &[u8]| Sha256::new().chain_update(label).chain_update(secret);
        let derived = |label: &[u8]| {
            let mut key = Key::<Hmac<Sha256>>::default();
            key[..32].copy_from_slice(&labelled(label).finalize());
            Hmac::new(&key)
        };
        // One secret with another algorithm signs other tokens: to the database it is another key.
        let other = Some(algorithm.name()).filter(|_| algorithm != SigningAlgorithm::Hs256);
        let other = other.unwrap_or_default().as_bytes();
        let name = |label: &[u8]| labelled(label).chain_update(other).finalize();
        Ok(Self {
            algorithm,
            kid: hex::encode(&name(b"latchkey key id\0")[..8]),
            fingerprint: hex::encode(name(b"latchkey key fingerprint\0")),
            encoding,
            decoding,
            ids: derived(b"latchkey token id\0"),
            tickets: derived(b"latchkey ticket\0"),
        })
    }

    /// Checks that this public key in PEM verifies what the key signs.
    ///
    /// # Errors
    /// [`KeyFault::NotItsPublicHalf`].
    pub fn check_public_half(&self, pem: &[u8]) -> Result<(), KeyFault> {
        let public = self.algorithm.public_half(pem);
        let fits = public.is_ok_and(|key| sign_and_verify(self.algorithm, &self.encoding, &key));
        fits.then_some(()).ok_or(KeyFault::NotItsPublicHalf)
    }

    /// Its public half under its name, as others verify with it; a secret has none.
    pub fn public_half(&self) -> Option<Jwk> {
        if self.algorithm.min_secret_bytes().is_some() {
            return None;
        }
        let mut public = Jwk::from_encoding_key(&self.encoding, self.algorithm.jwt()).ok()?;
        public.common.key_id = Some(self.kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(public)
    }

    /// What it signs with.
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The `kid` of the tokens it signs.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// By what a database recognises the key without holding it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The half that signs.
    pub const fn encoding(&self) -> &EncodingKey {
        &self.encoding
    }

    /// The half that verifies.
    pub const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// The `jti` of a refresh token: always the same for one generation, so that minting it twice
    /// gives the same bytes, and not to be guessed without the key.
    pub fn refresh_token_id(&self, session: SessionId, generation: Generation) -> String {
        let mac = self.ids.clone().chain_update(session.as_bytes());
        let mac = mac.chain_update(generation.number().to_be_bytes()).finalize();
        hex::encode(&mac.as_bytes()[..16])
    }

    /// The signature of a ticket that says all this.
    pub fn ticket_mac(&self, parts: &[&[u8]]) -> TicketMac {
        let mut mac = self.tickets.clone();
        for part in parts {
            // Each with its length: no two lists of parts read the same.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        TicketMac(mac)
    }
}

impl SigningAlgorithm {
    /// Whether these bytes can be its secret, where it has one.
    pub(super) fn check_secret(self, bytes: &[u8]) -> Result<(), KeyFault> {
        match self.min_secret_bytes() {
            Some(needs) if bytes.len() < needs => {
                Err(KeyFault::Short { algorithm: self, has: bytes.len(), needs })
            }
            Some(_) if public::is_key_of_a_pair(bytes) => Err(KeyFault::NoSecret(self)),
            Some(_) => sample::check(bytes),
            None => Ok(()),
        }
    }
}

fn sign_and_verify(
    algorithm: SigningAlgorithm,
    encoding: &EncodingKey,
    decoding: &DecodingKey,
) -> bool {
    const PROBE: &[u8] = b"latchkey";
    let algorithm = algorithm.jwt();
    let signature = crypto::sign(PROBE, encoding, algorithm);
    signature.is_ok_and(|signature| {
        crypto::verify(&signature, PROBE, decoding, algorithm).unwrap_or_default()
    })
}

fn check_rsa(key: &EncodingKey, algorithm: SigningAlgorithm) -> Result<(), KeyFault> {
    let public = Jwk::from_encoding_key(key, algorithm.jwt()).map(|jwk| jwk.algorithm);
    let Ok(AlgorithmParameters::RSA(parameters)) = public else { return Ok(()) };
    // Base64 without padding: six bits a character; the first byte of a modulus is not 0.
    let bits = parameters.n.len() * 6 / 8 * 8;
    if bits < MIN_RSA_BITS { Err(KeyFault::ShortRsa(bits)) } else { Ok(()) }
}

/// A ticket's signature.
pub struct TicketMac(Hmac<Sha256>);

impl TicketMac {
    /// Its first bytes.
    pub fn truncated(self, bytes: usize) -> Vec<u8> {
        self.0.finalize().as_bytes().iter().copied().take(bytes).collect()
    }

    /// Whether these are its first bytes. Takes as long for all that are not.
    pub fn is(self, bytes: &[u8]) -> bool {
        self.0.verify_truncated_left(bytes).is_ok()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}

#[cfg(test)]
mod tests;
