//! The contract between server, client and tests, written down once.
//!
//! Shapes are those of dj-rest-auth with simplejwt; `access_expires_in` and `refresh_expires_in`
//! are added so that a client never has to compare its own clock with the server's.

pub mod activity;
pub mod asked;
pub mod auth;
pub mod error;
pub mod form;
pub mod next;
pub mod paths;
pub mod query;
pub mod session;
pub mod sessions;
pub mod user;

pub use activity::{Activity, ActivityKind, ActivityList};
pub use asked::{Asked, LoginBy};
pub use auth::{LoginRequest, LoginResponse, RefreshResponse, RegisterRequest};
pub use error::{ErrorCode, Problem};
pub use form::FormReply;
pub use next::NextPath;
pub use session::{OUT_COOKIE, SESSION_END, SessionEnd, SessionSnapshot, USER};
pub use sessions::{Ending, Session, SessionList};
pub use user::{Item, ItemList, User};
