//! Secrets that must not be printed by accident.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A signed token on its way to a cookie or a body.
#[derive(Clone)]
pub struct PlainToken(SecretString);

impl PlainToken {
    /// Wraps a token.
    pub fn new(token: String) -> Self {
        Self(token.into())
    }

    /// The token, for the answer that carries it and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken")
    }
}
