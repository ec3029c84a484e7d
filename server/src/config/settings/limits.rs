//! How much strangers may try.

use std::time::Duration;

use clap::{ArgAction::Set, Args};

use super::{ThrottleRates, duration, flag, throttle_rate};

/// Settings of limits.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitSettings {
    /// Make who guesses passwords wait, longer each time: for an account tried from one address (with
    /// IPv6 from one /64), for the account, and for the address. A browser that the account was used
    /// with before is counted by itself. Who registers, and mails that anybody can have sent to an
    /// address, wait, too
    #[arg(long, env, default_value = "true", action = Set, value_parser = flag())]
    pub login_limits: bool,

    /// Whose word is taken on where requests come from (X-Forwarded-For): addresses and networks such
    /// as 10.0.0.0/8, with commas between them. The rightmost that is none of these is the sender
    #[arg(long, env, value_delimiter = ',', value_name = "NETWORKS")]
    pub trusted_proxies: Vec<String>,

    /// The most connections at once; more wait to be taken. From one address (with IPv6 from one /64) a
    /// quarter of them at most, unless it is private or one of the trusted proxies
    #[arg(long, env, default_value_t = 10_000, value_parser = connections, value_name = "N")]
    pub max_connections: usize,

    /// How long it may take until an answer begins. A body that comes more slowly is not waited for
    #[arg(long, env, default_value = "30s", value_parser = duration, value_name = "TIME")]
    pub request_timeout: Duration,

    /// How often one address or account may sign in, sign out, register, change or reset a password,
    /// show it again, end other sessions, or change or delete the account: dj_rest_auth=20/min, with
    /// s, m, h or d. Each node counts for itself. Unset: as often as it likes
    #[arg(long, env, default_value = "", value_parser = throttle_rate, value_name = "SCOPE=RATE")]
    pub default_throttle_rates: ThrottleRates,
}

fn connections(text: &str) -> Result<usize, String> {
    let wrong = || format!("{text:?} is no number of connections: write 1 to 1000000");
    text.parse().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or_else(wrong)
}
