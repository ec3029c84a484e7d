//! Refresh tokens of the system before this one: simplejwt's, which name no family.
//!
//! Each stands for a family whose id is made from its `jti`, and there for [`Generation::LEGACY`], the
//! parent of the first one. So it is exchanged under the rule that holds for every rotation: any number
//! of tabs get the same family, an answer that was lost costs nobody the session, and a copy that is
//! used later ends it.

use sha2::{Digest, Sha256};

use super::{
    Claims, Generation, SessionId, SigningAlgorithm, Timestamp, TokenFault, TokenKind, TokenPolicy,
    UserId, claims::RawClaims, key::KeyFault, verifier::Verifier,
};

/// What verifies the tokens of the system before this one.
#[derive(Debug)]
pub struct LegacyKey(Verifier);

impl LegacyKey {
    /// Takes the secret, or the public key in PEM where the algorithm has a pair. A secret is held to
    /// what our own has to be: whoever guesses it can be anybody.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn new(algorithm: SigningAlgorithm, key: &[u8]) -> Result<Self, KeyFault> {
        algorithm.check_secret(key)?;
        let key = algorithm.public_half(key).map_err(|_| KeyFault::NoPublicKey(algorithm))?;
        Ok(Self(Verifier::new(algorithm, key, None)))
    }

    /// Checks a refresh token.
    ///
    /// # Errors
    /// The first [`TokenFault`] in simplejwt's order.
    pub(super) fn check(
        &self,
        token: &str,
        now: Timestamp,
        policy: &TokenPolicy,
    ) -> Result<LegacyToken, TokenFault> {
        RawClaims::read(&self.0, token, policy)?.check_legacy(now, policy)
    }
}

/// A refresh token of the system before this one, in force as far as it says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyToken {
    /// Whose it is.
    pub user_id: UserId,
    /// Its own name.
    pub id: LegacyId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl LegacyToken {
    /// The family that it stands for.
    pub fn session(&self) -> SessionId {
        self.id.session()
    }

    /// It as the parent of that family's first generation.
    pub fn claims(&self) -> Claims {
        Claims {
            kind: TokenKind::Refresh,
            user_id: self.user_id,
            session: self.session(),
            generation: Generation::LEGACY,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
        }
    }
}

/// The `jti` of such a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LegacyId(String);

impl LegacyId {
    /// simplejwt's are 32 hexadecimal digits; its table has room for 255 characters.
    const MAX_CHARS: usize = 255;

    /// Takes a `jti`; none that is empty or long, or that no database could hold.
    pub fn new(jti: String) -> Option<Self> {
        let chars = jti.chars().count();
        let plain = !jti.chars().any(char::is_control);
        (plain && (1..=Self::MAX_CHARS).contains(&chars)).then_some(Self(jti))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn session(&self) -> SessionId {
        let digest = Sha256::new().chain_update(b"latchkey legacy session\0").chain_update(&self.0);
        SessionId::derived(digest.finalize().into())
    }
}

/// A refresh token as it was presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// One of ours.
    Own(Claims),
    /// One of the system before this one.
    Legacy(LegacyToken),
}

impl Presented {
    /// The family and the place in it.
    pub fn claims(&self) -> Claims {
        match self {
            Self::Own(claims) => claims.clone(),
            Self::Legacy(token) => token.claims(),
        }
    }
}
