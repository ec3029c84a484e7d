//! How much strangers may try.

use clap::{ArgAction::Set, Args};

use super::{ThrottleRates, flag, throttle_rate};

/// Settings of limits.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitSettings {
    /// Make who guesses passwords wait, longer each time: for an account tried from one address (with
    /// IPv6 from one /64), for the account, and for the address. A browser that the account was used
    /// with before is counted by itself
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag())]
    pub login_limits: bool,

    /// Whose word is taken on where requests come from (X-Forwarded-For): addresses and networks such
    /// as 10.0.0.0/8, with commas between them. The rightmost that is none of these is the sender
    #[arg(long, env, value_delimiter = ',', value_name = "NETWORKS")]
    pub trusted_proxies: Vec<String>,

    /// How often one address or account may sign in, sign out, register, change or reset a password,
    /// or end sessions: dj_rest_auth=20/min, with s, m, h or d. Each node counts for itself. Unset: as
    /// often as it likes
    #[arg(long, env, default_value = "", value_parser = throttle_rate, value_name = "SCOPE=RATE")]
    pub default_throttle_rates: ThrottleRates,
}
