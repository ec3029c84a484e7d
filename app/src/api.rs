//! The typed client of the own API, against one [`Transport`].
//!
//! [`Api`] is what pages use. Beneath it the interceptor renews the access token when the API asks
//! for it: one refresh for all who need it, one more sending, then the real answer.

mod account;
pub mod body;
pub mod calls;
pub mod client;
pub mod error;
pub mod host;
pub mod session_calls;
mod sessions;
#[cfg(test)]
pub(crate) mod testing;
pub mod transport;

pub use body::{Body, NativeBody};
pub use client::{Api, provide_api, use_api};
pub use error::ApiError;
pub use host::Host;
pub use session_calls::SessionCalls;
pub use transport::{ApiRequest, ApiResponse, BoxFuture, Method, NoAnswer, Transport};
