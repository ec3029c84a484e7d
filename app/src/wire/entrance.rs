//! What the forms before the door ask for, by the server's settings.

use serde::{Deserialize, Serialize};

/// What is asked of who signs in or registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// By what people say who they are.
    pub by: LoginBy,
    /// Whether who registers has to give an address.
    pub asks_email: bool,
    /// Whether an address is verified before the first sign-in.
    pub verifies_first: bool,
}

/// By what people say who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoginBy {
    /// Their user name.
    #[default]
    Username,
    /// Their address.
    Email,
    /// One of both.
    Either,
}
