//! What is remembered of what happened to accounts.

use std::time::Duration;

use clap::Args;

use super::duration;

/// Settings of what is remembered.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Activity")]
pub struct AuditSettings {
    /// How long is remembered what happened to an account: sign-ins, failed ones, changes. 0s:
    /// nothing is
    #[arg(long, env, default_value = "180d", value_parser = duration, value_name = "TIME")]
    pub audit_retention: Duration,

    /// How long is remembered by which browser and from which address it happened. 0s: that is not.
    /// A session that goes on keeps both
    #[arg(long, env, default_value = "30d", value_parser = duration, value_name = "TIME")]
    pub client_info_retention: Duration,
}
