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
        let mut id_key = Key::<Hmac<Sha256>>::default();
        id_key[..32].copy_from_slice(&labelled(b"latchkey token id\0").finalize());
        Ok(Self {
            kid: hex::encode(&labelled(b"latchkey key id\0").finalize()[..8]),
            fingerprint: hex::encode(labelled(b"latchkey key fingerprint\0").finalize()),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            ids: Hmac::new(&id_key),
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
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}
