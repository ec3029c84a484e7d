//! The keys of a node: all of them verify, one of them signs.

use std::{fmt, sync::Arc};

use jsonwebtoken::{Header, decode_header, jwk::JwkSet};

use super::{
    SigningKey,
    key::KeyFault,
    verifier::{MAX_TOKEN_BYTES, Verifier},
};

/// Keys that go by different names; the first of them signs.
pub struct Keyring {
    signing: Held,
    others: Vec<Held>,
    lacking: Vec<String>,
}

/// A key and what knows its tokens.
struct Held {
    key: Arc<SigningKey>,
    verifier: Verifier,
}

impl Held {
    fn new(key: Arc<SigningKey>) -> Self {
        let verifier = Verifier::new(key.algorithm(), key.decoding().clone(), Some(key.kid()));
        Self { key, verifier }
    }
}

impl Keyring {
    /// The first of these signs, all of them verify.
    ///
    /// # Errors
    /// [`KeyFault::None`], [`KeyFault::Twice`].
    pub fn of(keys: &[Arc<SigningKey>]) -> Result<Self, KeyFault> {
        let [signing, others @ ..] = keys else { return Err(KeyFault::None) };
        for (place, key) in keys.iter().enumerate() {
            if keys[..place].iter().any(|other| other.kid() == key.kid()) {
                return Err(KeyFault::Twice(key.kid().to_owned()));
            }
        }
        let held = |key: &Arc<SigningKey>| Held::new(Arc::clone(key));
        let others = others.iter().map(held).collect();
        Ok(Self { signing: held(signing), others, lacking: Vec::new() })
    }

    /// The same on a node that should have these keys, too, and has not.
    #[must_use]
    pub fn lacking(self, kids: Vec<String>) -> Self {
        Self { lacking: kids, ..self }
    }

    /// Whether there is any such key.
    pub const fn is_complete(&self) -> bool {
        self.lacking.is_empty()
    }

    /// Whether a token that was refused says that it is signed with such a key: it may be good.
    pub fn may_lack_key_of(&self, token: &str) -> bool {
        let named = || kid(token).is_some_and(|kid| self.lacking.contains(&kid));
        !self.is_complete() && named()
    }

    /// The key that signs.
    pub fn signing(&self) -> &SigningKey {
        &self.signing.key
    }

    /// All of them, the one that signs before the others.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<SigningKey>> {
        self.held().map(|held| &held.key)
    }

    /// Their names.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys().map(|key| key.kid())
    }

    /// The public halves of all that have one, for whoever verifies our tokens.
    pub fn public(&self) -> JwkSet {
        JwkSet { keys: self.keys().filter_map(|key| key.public_half()).collect() }
    }

    /// What stands before a token.
    pub(super) const fn header(&self) -> &Header {
        self.signing.verifier.header()
    }

    /// What checks a token: by its `kid`, which is all that is believed of it until then.
    pub(super) fn verifier(&self, token: &str) -> Option<&Verifier> {
        if self.others.is_empty() {
            return Some(&self.signing.verifier);
        }
        let kid = kid(token)?;
        self.held().find(|held| held.key.kid() == kid).map(|held| &held.verifier)
    }

    fn held(&self) -> impl Iterator<Item = &Held> {
        std::iter::once(&self.signing).chain(&self.others)
    }
}

/// The name of the key that a token says it is signed with.
fn kid(token: &str) -> Option<String> {
    (token.len() <= MAX_TOKEN_BYTES).then(|| decode_header(token).ok()?.kid)?
}

impl From<SigningKey> for Keyring {
    fn from(key: SigningKey) -> Self {
        Self { signing: Held::new(Arc::new(key)), others: Vec::new(), lacking: Vec::new() }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
