//! Tokens that nobody has minted: a good one with something else in it, signed again.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use latchkey::domain::SigningAlgorithm;
use serde_json::{Map, Value};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Access,
    Refresh,
}

impl Kind {
    /// Its `token_type`, and the name of its cookie.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// Who signs.
#[derive(Clone, Copy)]
pub struct Signer {
    pub algorithm: SigningAlgorithm,
    pub key: &'static [u8],
    /// The public half in PEM; what is public of a secret is nothing.
    pub public: &'static str,
}

impl Signer {
    pub const HS256: Self =
        Self { algorithm: SigningAlgorithm::Hs256, key: crate::support::app::SECRET, public: "" };
    pub const ED: Self = Self {
        algorithm: SigningAlgorithm::EdDsa,
        key: include_bytes!("../../keys/ed.pem"),
        public: include_str!("../../keys/ed.pub"),
    };
    pub const ES256: Self = Self {
        algorithm: SigningAlgorithm::Es256,
        key: include_bytes!("../../keys/p256.pem"),
        public: include_str!("../../keys/p256.pub"),
    };
    pub const RS256: Self = Self {
        algorithm: SigningAlgorithm::Rs256,
        key: include_bytes!("../../keys/rsa.pem"),
        public: include_str!("../../keys/rsa.pub"),
    };
    pub const ALL: [Self; 4] = [Self::HS256, Self::ED, Self::ES256, Self::RS256];

    pub fn is_pair(self) -> bool {
        !self.public.is_empty()
    }

    fn sign(self, message: &[u8]) -> String {
        let (key, algorithm) = match self.algorithm {
            SigningAlgorithm::EdDsa => (EncodingKey::from_ed_pem(self.key), Algorithm::EdDSA),
            SigningAlgorithm::Es256 => (EncodingKey::from_ec_pem(self.key), Algorithm::ES256),
            SigningAlgorithm::Rs256 => (EncodingKey::from_rsa_pem(self.key), Algorithm::RS256),
            _ => (Ok(EncodingKey::from_secret(self.key)), Algorithm::HS256),
        };
        crypto::sign(message, &key.unwrap(), algorithm).unwrap()
    }
}

/// A good token, taken apart.
pub struct Forge {
    pub signer: Signer,
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
    minted: String,
}

impl Forge {
    pub fn of(token: &str, signer: Signer) -> Self {
        let parts: Vec<_> = token.split('.').collect();
        let part = |place: usize| serde_json::from_slice(&BASE64.decode(parts[place]).unwrap());
        let (header, claims) = (part(0).unwrap(), part(1).unwrap());
        Self { signer, header, claims, minted: token.to_owned() }
    }

    /// As the service has minted it.
    pub fn minted(&self) -> String {
        self.minted.clone()
    }

    /// The same, signed by us.
    pub fn good(&self) -> String {
        self.signed(self.header_text(), self.claims_text())
    }

    /// With spaces and line ends between what counts.
    pub fn spaced(&self) -> String {
        let text = |map| serde_json::to_string_pretty(map).unwrap();
        self.signed(text(&self.header), format!("\n {}\t\r\n", text(&self.claims)))
    }

    pub fn kid(&self) -> &str {
        self.header["kid"].as_str().unwrap()
    }

    pub fn header_text(&self) -> String {
        serde_json::to_string(&self.header).unwrap()
    }

    pub fn claims_text(&self) -> String {
        serde_json::to_string(&self.claims).unwrap()
    }

    /// With these in the header; `None` takes one out.
    pub fn with_header(&self, changes: &[(&str, Option<Value>)]) -> String {
        let header = changed(&self.header, changes);
        self.signed(serde_json::to_string(&header).unwrap(), self.claims_text())
    }

    /// With these claims; `None` takes one out.
    pub fn with_claims(&self, changes: &[(&str, Option<Value>)]) -> String {
        let claims = changed(&self.claims, changes);
        self.signed(self.header_text(), serde_json::to_string(&claims).unwrap())
    }

    /// With this text as the value of a claim: what JSON libraries would not write.
    pub fn with_raw_claim(&self, name: &str, value: &str) -> String {
        let mut claims = self.claims.clone();
        claims.remove(name);
        let rest = serde_json::to_string(&claims).unwrap();
        self.signed(self.header_text(), rest.replacen('{', &format!("{{\"{name}\":{value},"), 1))
    }

    /// These texts, signed with the right key in the right way.
    pub fn signed(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let message = message(header, payload);
        format!("{message}.{}", self.signer.sign(message.as_bytes()))
    }

    /// The good token's text with another signature.
    pub fn with_signature(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.unsigned(), BASE64.encode(signature))
    }

    /// The good token without its signature, and without the dot before it.
    pub fn unsigned(&self) -> String {
        message(self.header_text(), self.claims_text())
    }

    /// The good token's signature.
    pub fn signature(&self) -> Vec<u8> {
        BASE64.decode(self.good().rsplit('.').next().unwrap()).unwrap()
    }
}

/// What is signed.
pub fn message(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", BASE64.encode(header), BASE64.encode(payload))
}

/// A token that a secret has signed, whatever the service signs with.
pub fn by_secret(header: &str, payload: &str, secret: &[u8], algorithm: Algorithm) -> String {
    let message = message(header, payload);
    let key = EncodingKey::from_secret(secret);
    format!("{message}.{}", crypto::sign(message.as_bytes(), &key, algorithm).unwrap())
}

fn changed(map: &Map<String, Value>, changes: &[(&str, Option<Value>)]) -> Map<String, Value> {
    let mut map = map.clone();
    for (name, value) in changes {
        match value {
            Some(value) => _ = map.insert((*name).to_owned(), value.clone()),
            None => _ = map.remove(*name),
        }
    }
    map
}

/// What a part of a token stands for.
pub fn bytes_of(part: &str) -> Vec<u8> {
    BASE64.decode(part).unwrap()
}
