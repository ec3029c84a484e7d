//! Signed tokens: minting and checking.

use std::time::Duration;

use jsonwebtoken::{Header, Validation, decode, encode};
use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap as _};

use super::{
    Claims, Family, Generation, PlainToken, SessionId, SigningKey, Timestamp, TokenFault,
    TokenKind, UserId,
    claims::{AnyClaims, RawClaims},
};

/// Longer texts are refused before any work is spent on them: no cookie carries more.
pub const MAX_TOKEN_BYTES: usize = 4096;

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
    header: Header,
    /// The same without `typ`, which other issuers leave out.
    untyped: Header,
    validation: Validation,
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
        let algorithm = key.algorithm().jwt();
        let mut header = Header::new(algorithm);
        header.kid = Some(key.kid().to_owned());
        // The library checks structure, algorithm and signature; its clock and its claim checks
        // are switched off, because `RawClaims::check` does them with the injected moment.
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        let untyped = Header { typ: None, ..header.clone() };
        Self { key, policy, header, untyped, validation }
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
        let token = encode(&self.header, &payload, self.key.encoding())?;
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
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::Invalid);
        }
        let claims = if self.policy.user_id_claim == USER_ID_CLAIM {
            self.verified::<RawClaims>(token)?
        } else {
            self.verified::<AnyClaims>(token)?.with_user_id(&self.policy.user_id_claim)
        };
        claims.check(expected, now, &self.policy)
    }

    /// The claims of a token that is signed by us.
    fn verified<C: DeserializeOwned>(&self, token: &str) -> Result<C, TokenFault> {
        let decoded = decode(token, self.key.decoding(), &self.validation)
            .map_err(|_| TokenFault::Invalid)?;
        self.is_our_header(&decoded.header).then_some(decoded.claims).ok_or(TokenFault::Invalid)
    }

    /// Only `alg`, `kid` and `typ` may stand in a header. Whoever adds keys, certificates or
    /// critical extensions wants something that we do not do.
    fn is_our_header(&self, header: &Header) -> bool {
        match header.typ.as_deref() {
            Some("JWT") => *header == self.header,
            None => *header == self.untyped,
            Some(_) => false,
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
