//! Scenarios over HTTP, against the whole router.

mod authentication;
mod bad_input;
mod blacklist;
mod candidates;
mod csrf;
mod headers;
mod login;
mod logout;
mod pages;
mod races;
mod refresh;
mod trouble;
mod verify;
