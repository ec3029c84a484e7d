//! Latchkey's shared half: what server and browser have in common.

pub mod api;
mod components;
mod pages;
pub mod session;
mod shell;
pub mod wire;

pub use shell::{App, shell};
