//! Settings: environment variables and flags, checked once, before anything else happens.

mod accounts;
pub mod checklist;
mod cookies;
pub mod database;
pub mod keys;
pub mod mail;
pub mod public_url;
pub mod settings;
pub mod validate;

pub use database::Database;
pub use keys::{KeySettings, KeySource, LegacyKeySettings};
pub use mail::MailRoute;
pub use public_url::PublicUrl;
pub use settings::Settings;
pub use validate::{Config, ConfigError};
