//! The vocabulary of the scenarios.

pub mod app;
pub mod browser;
pub mod database;
pub mod hasher;

pub use app::TestApp;
pub use browser::{Browser, Reply};
pub use database::{Engine, TestDatabase};
pub use hasher::CountingHasher;
