//! Where users and session families are kept.
//!
//! [`Store`] reads and applies single conditional statements; [`Tx`] is a unit of work for what
//! takes several. Each engine has a module of its own; statements and rows are shared.

pub mod error;
pub mod rows;
mod sql;
pub mod sqlite;
pub mod store;

pub use error::{Constraint, StoreError};
pub use rows::{ClientInfo, FamilyRecord, NewUser, UserRecord};
pub use sqlite::SqliteStore;
pub use store::{RevocationFeed, Store, Tx};
