//! Signed tokens: minting and checking.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::encode;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{
    Claims, Family, Generation, Keyring, LegacyKey, PlainToken, Presented, SessionId, Timestamp,
    TokenFault, TokenKind, UserId, claims::RawClaims,
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
    keys: RwLock<Arc<Keyring>>,
    policy: TokenPolicy,
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
    /// Tokens of these keys.
    pub fn new(keys: impl Into<Keyring>, policy: TokenPolicy) -> Self {
        Self { keys: RwLock::new(Arc::new(keys.into())), policy, legacy: None }
    }

    /// Those, and the refresh tokens of the system before this one, which `key` verifies.
    #[must_use]
    pub fn with_legacy(self, key: Option<LegacyKey>) -> Self {
        Self { legacy: key, ..self }
    }

    /// What signs and verifies them.
    pub fn keys(&self) -> Arc<Keyring> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these do.
    pub fn replace_keys(&self, keys: Keyring) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
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
        self.mint(&self.keys(), TokenKind::Access, place, now, expires_at, hex::encode(id))
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
        let keys = self.keys();
        let id = keys.signing().refresh_token_id(session, generation);
        self.mint(&keys, TokenKind::Refresh, place, family.rotated_at, expires_at, id)
    }

    fn mint(
        &self,
        keys: &Keyring,
        kind: TokenKind,
        place: Place,
        issued_at: Timestamp,
        expires_at: Timestamp,
        jti: String,
    ) -> Result<Minted, MintError> {
        let policy = &self.policy;
        let payload = Payload { kind, expires_at, issued_at, jti, place, policy };
        let token = encode(keys.header(), &payload, keys.signing().encoding())?;
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
        let keys = self.keys();
        let issuer = keys.verifier(token).ok_or(TokenFault::Invalid)?;
        RawClaims::read(issuer, token, &self.policy)?.check(expected, now, &self.policy)
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
