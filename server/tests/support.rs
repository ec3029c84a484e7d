//! The vocabulary of the scenarios.

pub mod app;
pub mod browser;
pub mod database;
pub mod gated;
pub mod hasher;
pub mod program;

pub use app::TestApp;
pub use browser::{Browser, Reply};
pub use database::{Engine, TestDatabase};
pub use gated::GatedStore;
pub use hasher::CountingHasher;
