//! Everything that needs more than one module: scenarios over HTTP, the storage suite, the
//! house's rules.

mod http;
mod rules;
mod storage;
mod support;
