//! What pages ask for and show, by the server's settings.

use serde::{Deserialize, Serialize};

/// What is asked of who signs in, registers, or changes their password, and what they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Asked {
    /// By what people say who they are.
    pub by: LoginBy,
    /// Whether who registers has to give an address.
    pub email: bool,
    /// Whether an address is verified before the first sign-in.
    pub verifies_first: bool,
    /// Whether who changes their password has to know the present one.
    pub old_password: bool,
    /// Whether what happens to an account is kept, so that its owner can see it.
    pub remembers: bool,
    /// How many characters a new password has at least.
    pub password_chars: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            by: LoginBy::Username,
            email: false,
            verifies_first: false,
            old_password: true,
            remembers: true,
            password_chars: 8,
        }
    }
}

/// By what people say who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoginBy {
    /// Their user name.
    Username,
    /// Their address.
    Email,
    /// One of both.
    Either,
}
