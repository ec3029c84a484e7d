//! Latchkey's shared half: what server and browser have in common.

pub mod api;
pub mod wire;
