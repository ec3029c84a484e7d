//! Names of things.

use std::fmt;

use uuid::Uuid;

use super::{Entropy, EntropyError, Timestamp, entropy::random};

/// A user's id: the wire's `pk`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A session family's id, the `sid` claim: a UUID, of version 7 unless it was derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// A new id, ordered by time.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        let random = random::<10>(entropy)?;
        Ok(Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()))
    }

    /// An id that is made from something, and so always the same: a UUID of version 8.
    pub(super) fn derived(digest: [u8; 32]) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Reads the canonical form: 36 characters in lower case. Any other spelling is `None`, so
    /// that one id has one text.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self(Uuid::try_parse(text).ok()?);
        (id.to_string() == text).then_some(id)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// The place of a refresh token in its family, the `gen` claim. The first one is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(i64);

impl Generation {
    /// The parent of the first one: a token of the system before this one. Ours never carry it.
    pub const LEGACY: Self = Self(0);
    /// The generation that a sign-in makes.
    pub const FIRST: Self = Self(1);

    /// The generation of this number; none below 1, and none so high that it has no successor.
    pub fn new(number: i64) -> Option<Self> {
        (1..i64::MAX).contains(&number).then_some(Self(number))
    }

    /// Its number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
