//! The vocabulary of the scenarios.

pub mod app;
pub mod browser;
pub mod database;
pub mod django;
pub mod dump;
pub mod errands;
pub mod gated;
pub mod hasher;
pub mod import;
pub mod legacy;
pub mod letterbox;
pub mod log;
pub mod mail_server;
pub mod named;
pub mod program;
pub mod proxy;
pub mod routes;

pub use app::TestApp;
pub use browser::{Browser, Reply};
pub use database::{Engine, TestDatabase};
pub use gated::GatedStore;
pub use hasher::CountingHasher;
pub use letterbox::Letterbox;
pub use log::Log;

/// Whether to take the time that it takes (`make prove`), or to look at a part (`make test`).
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the program")]
pub fn in_full() -> bool {
    std::env::var("PROVE").is_ok_and(|prove| prove == "full")
}
