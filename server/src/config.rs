//! Settings: environment variables and flags, checked once, before anything else happens.

pub mod checklist;
pub mod public_url;
pub mod settings;
pub mod validate;

pub use public_url::PublicUrl;
pub use settings::Settings;
pub use validate::{Config, ConfigError, Database};
