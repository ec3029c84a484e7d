//! What the system before this one has left in browsers.

#![expect(clippy::doc_markdown, reason = "on a terminal, back-ticks are only noise")]

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use crate::domain::SigningAlgorithm;

/// Settings of a move from simplejwt.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Moving from Django")]
pub struct LegacySettings {
    /// What verifies the refresh tokens of simplejwt: its SIGNING_KEY, which is Django's SECRET_KEY
    /// unless it was set; with a key pair its VERIFYING_KEY in PEM. Whoever holds such a token goes on
    /// without a sign-in: it is exchanged, once. Remove it when the last one has expired
    #[arg(long, env, value_name = "SECRET", hide_env_values = true)]
    pub legacy_signing_key: Option<SecretString>,

    /// A file that holds it
    #[arg(long, env, value_name = "FILE", conflicts_with = "legacy_signing_key")]
    pub legacy_signing_key_file: Option<PathBuf>,

    /// simplejwt's ALGORITHM
    #[arg(long, env, default_value_t, value_name = "NAME")]
    pub legacy_algorithm: SigningAlgorithm,

    /// The cookie that holds such a token, if it is not called as JWT_AUTH_REFRESH_COOKIE says.
    /// Unset: refresh
    #[arg(long, env, value_name = "NAME")]
    pub legacy_refresh_cookie: Option<String>,
}
