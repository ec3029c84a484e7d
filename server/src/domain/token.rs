//! Signed tokens: minting and checking.

use std::time::Duration;

use jsonwebtoken::encode;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{
    Claims, Family, Generation, LegacyKey, PlainToken, Presented, SessionId, SigningKey, Timestamp,
    TokenFault, TokenKind, UserId, claims::RawClaims, verifier::Verifier,
};

pub use super::verifier::MAX_TOKEN_BYTES;

/// The settings that tokens depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPolicy {
    /// `ACCESS_TOKEN_LIFETIME`.
    pub access_lifetime: Duration,
    /// `REFRESH_TOKEN_LIFETIME`.
    pub refresh_lifetime: Duration,
    /// `LEEWAY`: how long after its expiry a token is still accepted.
    pub leeway: Duration,
    /// `ISSUER`: the `iss` claim, demanded once set.
    pub issuer: Option<String>,
    /// `AUDIENCE`: the `aud` claim, demanded once set.
    pub audience: Option<String>,
    /// `USER_ID_CLAIM`: the name of the claim that says whose it is.
    pub user_id_claim: String,
}

/// The usual name of the claim that says whose a token is.
pub const USER_ID_CLAIM: &str = "user_id";

impl TokenPolicy {
    /// How long after its making an access token is accepted at most.
    pub fn longest_access(&self) -> Duration {
        self.access_lifetime.saturating_add(self.leeway)
    }
}

/// Signing failed, or the token is too long to travel.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The crypto library refused.
    #[error("signing failed")]
    Signing(#[from] jsonwebtoken::errors::Error),
    /// Longer than [`MAX_TOKEN_BYTES`].
    #[error("the token has {0} bytes, more than a cookie carries: shorten ISSUER or AUDIENCE")]
    TooLong(usize),
}

/// A token and the moment it expires.
#[derive(Clone, Debug)]
pub struct Minted {
    /// The token.
    pub token: PlainToken,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Mints and checks tokens.
#[derive(Debug)]
pub struct Tokens {
    key: SigningKey,
    policy: TokenPolicy,
    own: Verifier,
    legacy: Option<LegacyKey>,
}

struct Payload<'a> {
    kind: TokenKind,
    expires_at: Timestamp,
    issued_at: Timestamp,
    jti: String,
    place: Place,
    policy: &'a TokenPolicy,
}

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut claims = serializer.serialize_map(None)?;
        claims.serialize_entry("token_type", self.kind.as_str())?;
        claims.serialize_entry("exp", &self.expires_at.seconds())?;
        claims.serialize_entry("iat", &self.issued_at.seconds())?;
        claims.serialize_entry("jti", &self.jti)?;
        claims.serialize_entry(&self.policy.user_id_claim, &self.place.user_id.to_string())?;
        claims.serialize_entry("sid", &self.place.session.to_string())?;
        claims.serialize_entry("gen", &self.place.generation.number())?;
        for (name, own) in [("iss", &self.policy.issuer), ("aud", &self.policy.audience)] {
            if let Some(own) = own {
                claims.serialize_entry(name, own)?;
            }
        }
        claims.end()
    }
}

/// What an access token is minted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whose it is.
    pub user_id: UserId,
    /// Its family.
    pub session: SessionId,
    /// The generation it carries: the one the browser holds.
    pub generation: Generation,
    /// It never outlives the family.
    pub absolute_expires_at: Timestamp,
}

impl Tokens {
    /// Tokens signed with `key`.
    pub fn new(key: SigningKey, policy: TokenPolicy) -> Self {
        let own = Verifier::new(key.algorithm(), key.decoding().clone(), Some(key.kid()));
        Self { key, policy, own, legacy: None }
    }

    /// Those, and the refresh tokens of the system before this one, which `key` verifies.
    #[must_use]
    pub fn with_legacy(self, key: Option<LegacyKey>) -> Self {
        Self { legacy: key, ..self }
    }

    /// What signs them.
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The settings in force.
    pub const fn policy(&self) -> &TokenPolicy {
        &self.policy
    }

    /// An access token issued at `now`.
    ///
    /// # Errors
    /// [`MintError`].
    pub fn access(&self, grant: Grant, now: Timestamp, id: [u8; 16]) -> Result<Minted, MintError> {
        let expires_at = (now + self.policy.access_lifetime).min(grant.absolute_expires_at);
        let (session, generation) = (grant.session, grant.generation);
        let place = Place { user_id: grant.user_id, session, generation };
        self.mint(TokenKind::Access, place, now, expires_at, hex::encode(id))
    }

    /// The refresh token of the family's generation. It depends on nothing but the family, the
    /// settings and the key.
    ///
    /// # Errors
    /// [`MintError`].
    pub fn refresh(&self, family: &Family) -> Result<Minted, MintError> {
        let expires_at = family.refresh_expires_at(self.policy.refresh_lifetime);
        let (session, generation) = (family.id, family.generation);
        let place = Place { user_id: family.user_id, session, generation };
        let id = self.key.refresh_token_id(session, generation);
        self.mint(TokenKind::Refresh, place, family.rotated_at, expires_at, id)
    }

    fn mint(
        &self,
        kind: TokenKind,
        place: Place,
        issued_at: Timestamp,
        expires_at: Timestamp,
        jti: String,
    ) -> Result<Minted, MintError> {
        let policy = &self.policy;
        let payload = Payload { kind, expires_at, issued_at, jti, place, policy };
        let token = encode(self.own.header(), &payload, self.key.encoding())?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(MintError::TooLong(token.len()));
        }
        Ok(Minted { token: PlainToken::new(token), expires_at })
    }

    /// Checks a token of the `expected` kind, or of any.
    ///
    /// # Errors
    /// The first [`TokenFault`] in simplejwt's order.
    pub fn check(
        &self,
        token: &str,
        expected: Option<TokenKind>,
        now: Timestamp,
    ) -> Result<Claims, TokenFault> {
        RawClaims::read(&self.own, token, &self.policy)?.check(expected, now, &self.policy)
    }

    /// Checks a refresh token, which may be one of the system before this one.
    ///
    /// # Errors
    /// The first [`TokenFault`] in simplejwt's order.
    pub fn presented(&self, token: &str, now: Timestamp) -> Result<Presented, TokenFault> {
        let own = self.check(token, Some(TokenKind::Refresh), now).map(Presented::Own);
        match (own, &self.legacy) {
            // Not ours: it may be theirs, and then it is they who say what is wrong with it.
            (Err(TokenFault::Invalid), Some(legacy)) => {
                legacy.check(token, now, &self.policy).map(Presented::Legacy)
            }
            (own, _) => own,
        }
    }
}

#[derive(Clone, Copy)]
struct Place {
    user_id: UserId,
    session: SessionId,
    generation: Generation,
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
