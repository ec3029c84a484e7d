//! How tokens are signed.

use std::{fmt, str::FromStr};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, errors::Error, jwk::Jwk};

use super::key::sec1;

/// A signature that is the same each time one text is signed with one key, so that minting a token
/// twice gives the same bytes. RSA-PSS and so the `PS…` algorithms are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// HMAC with SHA-256.
    #[default]
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSA (PKCS #1 v1.5) with SHA-256.
    Rs256,
    /// RSA with SHA-384.
    Rs384,
    /// RSA with SHA-512.
    Rs512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

use SigningAlgorithm::{EdDsa, Es256, Es384, Hs256, Hs384, Hs512, Rs256, Rs384, Rs512};

const NAMES: [(SigningAlgorithm, &str); 9] = [
    (Hs256, "HS256"),
    (Hs384, "HS384"),
    (Hs512, "HS512"),
    (Rs256, "RS256"),
    (Rs384, "RS384"),
    (Rs512, "RS512"),
    (Es256, "ES256"),
    (Es384, "ES384"),
    (EdDsa, "EdDSA"),
];

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [Self; 9] = [Hs256, Hs384, Hs512, Rs256, Rs384, Rs512, Es256, Es384, EdDsa];

    /// The `alg` of a token's header.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(algorithm, _)| *algorithm == self).map_or("", |(_, name)| name)
    }

    /// The fewest bytes of a secret: as many bits as its hash has. `None` where a key pair signs.
    pub const fn min_secret_bytes(self) -> Option<usize> {
        match self {
            Hs256 => Some(32),
            Hs384 => Some(48),
            Hs512 => Some(64),
            Rs256 | Rs384 | Rs512 | Es256 | Es384 | EdDsa => None,
        }
    }

    pub(super) const fn jwt(self) -> Algorithm {
        match self {
            Hs256 => Algorithm::HS256,
            Hs384 => Algorithm::HS384,
            Hs512 => Algorithm::HS512,
            Rs256 => Algorithm::RS256,
            Rs384 => Algorithm::RS384,
            Rs512 => Algorithm::RS512,
            Es256 => Algorithm::ES256,
            Es384 => Algorithm::ES384,
            EdDsa => Algorithm::EdDSA,
        }
    }

    /// Both halves of a key, from a secret or from a private key in PEM.
    pub(super) fn halves(self, key: &[u8]) -> Result<(EncodingKey, DecodingKey), Error> {
        let encoding = match self {
            Hs256 | Hs384 | Hs512 => {
                return Ok((EncodingKey::from_secret(key), DecodingKey::from_secret(key)));
            }
            Rs256 | Rs384 | Rs512 => EncodingKey::from_rsa_pem(key)?,
            Es256 | Es384 => match sec1::as_pkcs8(self, key) {
                Some(key) => EncodingKey::from_ec_pem(key.as_ref())?,
                None => EncodingKey::from_ec_pem(key)?,
            },
            EdDsa => EncodingKey::from_ed_pem(key)?,
        };
        let public = Jwk::from_encoding_key(&encoding, self.jwt())?;
        Ok((encoding, DecodingKey::from_jwk(&public)?))
    }

    /// The half that verifies, from a public key in PEM.
    pub(super) fn public_half(self, pem: &[u8]) -> Result<DecodingKey, Error> {
        match self {
            Hs256 | Hs384 | Hs512 => Ok(DecodingKey::from_secret(pem)),
            Rs256 | Rs384 | Rs512 => DecodingKey::from_rsa_pem(pem),
            Es256 | Es384 => DecodingKey::from_ec_pem(pem),
            EdDsa => DecodingKey::from_ed_pem(pem),
        }
    }
}

impl FromStr for SigningAlgorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
        known.map(|(algorithm, _)| *algorithm).ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(_, name)| *name).collect();
            format!("is none of {}", names.join(", "))
        })
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
