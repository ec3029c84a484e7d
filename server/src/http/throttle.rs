//! `DEFAULT_THROTTLE_RATES`: how often one caller may try what attackers try. Each node counts for
//! itself, in memory.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Mutex, PoisonError},
};

use axum::{
    extract::{ConnectInfo, Request},
    http::Extensions,
};

use super::Failure;
use crate::{
    auth::Identity,
    domain::{Rate, Timestamp, UserId, throttle::History},
};

/// When there are so many callers, those that do not count any more are forgotten.
const MANY: usize = 10_000;

/// Who is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Caller {
    /// Somebody who is signed in, wherever they are.
    User(UserId),
    /// Everybody at one address; with IPv6 at one network, of which each site has its own.
    Address(IpAddr),
    /// Whoever calls from inside this process.
    Unknown,
}

impl Caller {
    fn of(identity: Option<Identity>, extensions: &Extensions) -> Self {
        let address = extensions.get::<ConnectInfo<SocketAddr>>();
        match (identity, address) {
            (Some(identity), _) => Self::User(identity.user_id),
            (None, Some(ConnectInfo(address))) => Self::Address(network(address.ip())),
            (None, None) => Self::Unknown,
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Counts callers.
#[derive(Debug, Default)]
pub struct Throttle {
    histories: Mutex<Histories>,
}

#[derive(Debug, Default)]
struct Histories {
    of: HashMap<Caller, History>,
    /// How many there were after they were last sorted out.
    kept: usize,
}

impl Throttle {
    /// Lets a request through, unless there were too many of this caller's.
    ///
    /// # Errors
    /// [`Failure::Throttled`].
    pub fn check(
        &self,
        rate: Rate,
        identity: Option<Identity>,
        request: &Request,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let caller = Caller::of(identity, request.extensions());
        let mut histories = self.histories.lock().unwrap_or_else(PoisonError::into_inner);
        histories.sort_out(rate, now);
        let admitted = histories.of.entry(caller).or_default().admit(rate, now);
        admitted.map_err(|wait| Failure::Throttled { wait })
    }
}

impl Histories {
    /// Now and then, so that it costs each caller next to nothing.
    fn sort_out(&mut self, rate: Rate, now: Timestamp) {
        if self.of.len() < MANY.max(2 * self.kept) {
            return;
        }
        self.of.retain(|_, history| !history.is_over(rate, now));
        self.kept = self.of.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_one_ipv6_network() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn callers_that_do_not_count_any_more_are_forgotten() {
        let rate: Rate = "1/s".parse().unwrap();
        let mut histories = Histories::default();
        for number in 0..2 * MANY {
            let now = Timestamp::from_millis(i64::try_from(number).unwrap());
            histories.sort_out(rate, now);
            let caller = Caller::User(UserId(i64::try_from(number).unwrap()));
            histories.of.entry(caller).or_default().admit(rate, now).unwrap();
        }
        assert!(histories.of.len() < MANY + 2_000, "{}", histories.of.len());
    }
}
