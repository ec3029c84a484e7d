//! The typed client of the own API, against one [`Transport`].

pub mod transport;

pub use transport::{ApiRequest, ApiResponse, BoxFuture, Method, NoAnswer, Transport};
