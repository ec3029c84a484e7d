//! Who is signed in, and the example data.

use serde::{Deserialize, Serialize};

/// A person as `GET /api/auth/user/` and the login answer show them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct User {
    /// The account's id.
    pub pk: i64,
    /// The name they sign in with.
    pub username: String,
    /// The address, or empty.
    pub email: String,
    /// Given name, or empty.
    pub first_name: String,
    /// Family name, or empty.
    pub last_name: String,
}

impl User {
    /// The name to greet somebody by: the given name where there is one, else the user name.
    pub fn greeting(&self) -> &str {
        if self.first_name.is_empty() { &self.username } else { &self.first_name }
    }

    /// Given and family name as far as they are known.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

/// One row of `GET /api/data/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Item {
    /// The row's id.
    pub id: i64,
    /// What it is called.
    pub name: String,
}

/// The answer of `GET /api/data/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ItemList {
    /// The rows, in order.
    pub items: Vec<Item>,
}
