//! The key that signs tokens.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac, digest::common::Key};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};

use super::{Generation, SessionId};

/// Shorter secrets are refused: HS256 wants as many bits as its hash has.
pub const MIN_SECRET_BYTES: usize = 32;

/// The secret is shorter than [`MIN_SECRET_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key has {0} bytes, it needs at least {MIN_SECRET_BYTES}")]
pub struct WeakKey(pub usize);

/// A symmetric signing key (HS256) and its public name.
pub struct SigningKey {
    kid: String,
    fingerprint: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    ids: Hmac<Sha256>,
    tickets: Hmac<Sha256>,
}

impl SigningKey {
    /// Takes a secret of at least 32 bytes.
    ///
    /// # Errors
    /// [`WeakKey`] when it is shorter.
    pub fn from_secret(secret: &[u8]) -> Result<Self, WeakKey> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(WeakKey(secret.len()));
        }
        let labelled = |label: &[u8]| Sha256::new().chain_update(label).chain_update(secret);
        let derived = |label: &[u8]| {
            let mut key = Key::<Hmac<Sha256>>::default();
            key[..32].copy_from_slice(&labelled(label).finalize());
            Hmac::new(&key)
        };
        Ok(Self {
            kid: hex::encode(&labelled(b"latchkey key id\0").finalize()[..8]),
            fingerprint: hex::encode(labelled(b"latchkey key fingerprint\0").finalize()),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            ids: derived(b"latchkey token id\0"),
            tickets: derived(b"latchkey ticket\0"),
        })
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
