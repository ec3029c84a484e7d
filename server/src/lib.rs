//! Latchkey's server: sessions that survive what the world does to them, and end when their
//! owner says so.
//!
//! `domain` decides, `storage` keeps, `auth` puts both together into use cases, `http` speaks
//! with browsers; the rest starts and stops the program.

pub mod auth;
pub mod cli;
pub mod config;
pub mod domain;
pub mod http;
pub mod lifecycle;
pub mod mail;
pub mod startup;
pub mod storage;
pub mod telemetry;
