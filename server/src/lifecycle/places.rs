//! Places for connections: so many in all, and a share of them at most for one network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::{Network, TrustedProxies, network::may_be_proxy};

/// One network has this part of the places at most, so it takes as many networks to leave none for others.
const NETWORKS: usize = 4;

/// With whom a connection from there is counted. With nobody if it may be a proxy's: it stands for many,
/// and one that nobody has named is known by its private address.
pub fn counted(proxies: &TrustedProxies, peer: IpAddr) -> Option<Network> {
    let named = proxies.sender(peer, [].into_iter()).network();
    named.filter(|_| !may_be_proxy(peer.to_canonical()))
}

/// The places there are, and how many each network has. Networks without any are not in the list.
#[derive(Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    share: usize,
    taken: Arc<Mutex<HashMap<Network, usize>>>,
}

/// One that is free, for whoever comes next.
#[derive(Debug)]
pub struct Free(OwnedSemaphorePermit);

/// One that is taken. It is free again once this is gone.
#[derive(Debug)]
pub struct Place {
    _share: Option<Share>,
    _permit: OwnedSemaphorePermit,
}

/// That a network has one more.
#[derive(Debug)]
struct Share {
    network: Network,
    taken: Arc<Mutex<HashMap<Network, usize>>>,
}

impl Places {
    /// So many, all of them free.
    pub fn new(count: usize) -> Self {
        let free = Arc::new(Semaphore::new(count));
        Self { free, share: (count / NETWORKS).max(1), taken: Arc::default() }
    }

    /// Waits until one is free.
    pub async fn free(&self) -> Option<Free> {
        Arc::clone(&self.free).acquire_owned().await.ok().map(Free)
    }

    /// Takes it for a connection that is counted with this network, unless that one has its share.
    pub fn take(&self, Free(permit): Free, network: Option<Network>) -> Option<Place> {
        let share = match network {
            Some(network) => Some(self.share_of(network)?),
            None => None,
        };
        Some(Place { _share: share, _permit: permit })
    }

    fn share_of(&self, network: Network) -> Option<Share> {
        let mut taken = lock(&self.taken);
        let count = taken.entry(network).or_default();
        if *count >= self.share {
            return None;
        }
        *count += 1;
        Some(Share { network, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.network);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn network(address: &str) -> Network {
        address.parse::<IpAddr>().unwrap().into()
    }

    fn next(places: &Places) -> Option<Free> {
        Arc::clone(&places.free).try_acquire_owned().ok().map(Free)
    }

    #[test]
    fn what_may_be_a_proxy_is_counted_with_nobody() {
        let proxies = TrustedProxies::parse(["203.0.113.0/24", "2001:db8:f::1"]).unwrap();
        for (peer, expected) in [
            ("198.51.100.7", Some("198.51.100.7")),
            ("::ffff:198.51.100.7", Some("198.51.100.7")),
            ("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::")),
            // Named.
            ("203.0.113.9", None),
            ("::ffff:203.0.113.9", None),
            ("2001:db8:f::1", None),
            // Not named: on the same machine, or in the same network.
            ("127.0.0.1", None),
            ("::ffff:127.0.0.1", None),
            ("::1", None),
            ("172.17.0.1", None),
            ("fd00::1", None),
        ] {
            let found = counted(&proxies, peer.parse().unwrap());
            assert_eq!(found, expected.map(network), "{peer}");
        }
    }

    #[test]
    fn one_network_leaves_places_for_others() {
        let places = Places::new(8);
        let (greedy, other) = (network("192.0.2.1"), network("192.0.2.2"));
        let taken: Vec<_> =
            (0..2).map(|_| places.take(next(&places).unwrap(), Some(greedy))).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(places.take(next(&places).unwrap(), Some(greedy)).is_none());
        assert!(places.take(next(&places).unwrap(), Some(other)).is_some());
        drop(taken);
        assert!(places.take(next(&places).unwrap(), Some(greedy)).is_some());
    }

    #[test]
    fn of_a_few_each_has_one() {
        for count in 1..=NETWORKS {
            let places = Places::new(count);
            let taken: Vec<_> = (0..count)
                .map(|n| {
                    let network = network(&format!("192.0.2.{n}"));
                    places.take(next(&places).unwrap(), Some(network))
                })
                .collect();
            assert!(taken.iter().all(Option::is_some), "{count}");
        }
    }

    proptest! {
        #[test]
        fn none_has_too_many_and_none_is_lost(
            count in 1..40_usize,
            // Who comes, and how many connections end first.
            events in vec((proptest::option::weighted(0.8, 0..6_u8), 0..3_usize), 0..400),
        ) {
            let places = Places::new(count);
            let mut open: Vec<(Option<u8>, Place)> = Vec::new();
            for (who, ended) in events {
                open.drain(..ended.min(open.len()));
                let own = open.iter().filter(|(other, _)| *other == who).count();
                let full = open.len() == count;
                let has_share = who.is_some() && own >= (count / NETWORKS).max(1);
                let network = who.map(|n| network(&format!("192.0.2.{n}")));
                let place = next(&places).and_then(|free| places.take(free, network));
                prop_assert_eq!(place.is_some(), !full && !has_share);
                open.extend(place.map(|place| (who, place)));
            }
            open.clear();
            prop_assert_eq!(places.free.available_permits(), count);
            prop_assert!(lock(&places.taken).is_empty());
        }
    }
}
