//! Everything that needs more than one module: scenarios over HTTP, the storage suite, the
//! program itself, the house's rules.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "figures for whoever looks at a test by --nocapture")]

mod asvs;
mod canaries;
mod cluster;
mod config;
mod connections;
mod crash;
mod django;
mod hashing;
mod http;
mod import;
mod model;
mod mutants;
mod program;
mod rotation;
mod rules;
mod simulation;
mod smtp;
mod storage;
mod support;
