//! Whether a text is a token that somebody we know has signed. What it says is judged elsewhere.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{DecodingKey, Header, TokenData, Validation, decode, errors::Error};
use serde::de::DeserializeOwned;

use super::{SigningAlgorithm, TokenFault};

/// Longer texts are refused before any work is spent on them: no cookie carries more.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// One issuer's key and the one header that stands before its tokens.
pub struct Verifier {
    key: DecodingKey,
    header: Header,
    /// The same without `typ`, which other issuers leave out.
    untyped: Header,
    validation: Validation,
}

impl Verifier {
    /// Accepts what this key has signed in this way, under its name where it has one.
    pub fn new(algorithm: SigningAlgorithm, key: DecodingKey, kid: Option<&str>) -> Self {
        let mut header = Header::new(algorithm.jwt());
        header.kid = kid.map(str::to_owned);
        // The library checks structure, algorithm and signature; its clock and its claim checks
        // are switched off, because `RawClaims` does them with the injected moment.
        let mut validation = Validation::new(algorithm.jwt());
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        let untyped = Header { typ: None, ..header.clone() };
        Self { key, header, untyped, validation }
    }

    /// What stands before a token that is signed with the other half.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The claims of a token that is theirs.
    ///
    /// # Errors
    /// [`TokenFault::Invalid`].
    pub fn claims<C: DeserializeOwned>(&self, token: &str) -> Result<C, TokenFault> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::Invalid);
        }
        let decoded = self.decode::<C>(token).map_err(|_| TokenFault::Invalid)?;
        let accepted = self.is_theirs(&decoded.header) && is_text(token);
        accepted.then_some(decoded.claims).ok_or(TokenFault::Invalid)
    }

    fn decode<C: DeserializeOwned>(&self, token: &str) -> Result<TokenData<C>, Error> {
        decode(token, &self.key, &self.validation)
    }

    /// Only `alg`, `kid` and `typ` may stand in a header. Whoever adds keys, certificates or
    /// critical extensions wants something that we do not do.
    fn is_theirs(&self, header: &Header) -> bool {
        match header.typ.as_deref() {
            Some("JWT") => *header == self.header,
            None => *header == self.untyped,
            Some(_) => false,
        }
    }
}

/// Whether the payload is UTF-8 (RFC 7519, section 7.2): parsers do not look at what they skip.
fn is_text(token: &str) -> bool {
    let payload = token.split('.').nth(1).map(|payload| BASE64.decode(payload));
    payload.is_some_and(|bytes| bytes.is_ok_and(|bytes| std::str::from_utf8(&bytes).is_ok()))
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({:?})", self.header.alg)
    }
}

#[cfg(test)]
mod tests;
