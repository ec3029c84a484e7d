//! Scenarios over HTTP, against the whole router.

mod account_races;
mod authentication;
mod bad_input;
mod blacklist;
mod candidates;
mod cors;
mod csrf;
mod edges;
mod forms;
mod headers;
mod health;
mod housekeeping;
mod login;
mod logout;
mod pages;
mod password_change;
mod promises;
mod races;
mod refresh;
mod registration;
mod session_end;
mod sightings;
mod trouble;
mod user;
mod verify;
