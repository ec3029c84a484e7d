//! Where a request came from: the address of whoever sent it, by what proxies of ours say.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// Who is counted together: one address; with IPv6 one network of 64 bits, of which each site has
/// its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl Network {
    /// The bytes by which it is told from others.
    pub fn bytes(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        }
    }
}

/// That of all unique local addresses, `fc00::/7`; that of `10.0.0.0/8` is longer.
const SHORTEST_PREFIX: u8 = 7;

/// `TRUSTED_PROXIES`: whose word on where a request came from is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// Who has sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Whoever is at this address.
    At(IpAddr),
    /// Somebody behind a proxy, which stands for everybody: it does not say who, or nobody has said that
    /// its word may be taken.
    Behind {
        /// The proxy.
        proxy: IpAddr,
        /// Whom it names all the same.
        said: Option<IpAddr>,
    },
}

impl Sender {
    /// The address nearest to the sender that is known.
    pub const fn address(self) -> IpAddr {
        let (Self::At(address) | Self::Behind { proxy: address, .. }) = self;
        address
    }

    /// With whom the sender is counted, where that is known.
    pub fn network(self) -> Option<Network> {
        match self {
            Self::At(address) => Some(address.into()),
            Self::Behind { .. } => None,
        }
    }
}

impl TrustedProxies {
    /// Reads addresses and networks such as `10.0.0.0/8`.
    ///
    /// # Errors
    /// The one that is neither, or so large that it holds strangers: what they say would be believed.
    pub fn parse<'a>(list: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let read = |text: &'a str| {
            let text = text.trim();
            let single = || text.parse::<IpAddr>().map(IpNet::from);
            let read = text.parse::<IpNet>().or_else(|_| single()).ok();
            read.filter(|network| network.prefix_len() >= SHORTEST_PREFIX).ok_or(text)
        };
        list.into_iter()
            .filter(|text| !text.trim().is_empty())
            .map(read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who has sent a request that came from `peer`, with these lines of `X-Forwarded-For` in the order
    /// of their coming. Each proxy adds at the end whom it heard: read from there, the first that is no
    /// proxy of ours is the sender. What stands before it, the sender may have made up.
    pub fn sender<'a>(
        &self,
        peer: IpAddr,
        forwarded_for: impl DoubleEndedIterator<Item = &'a [u8]>,
    ) -> Sender {
        let peer = peer.to_canonical();
        let mut hops = forwarded_for.rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
        if !self.contain(peer) {
            let nearest = hops.next().filter(|_| may_be_proxy(peer));
            let behind = |hop| Sender::Behind { proxy: peer, said: address(hop) };
            return nearest.map_or(Sender::At(peer), behind);
        }
        let mut sender = Sender::Behind { proxy: peer, said: None };
        for hop in hops {
            let Some(address) = address(hop) else {
                return Sender::Behind { proxy: sender.address(), said: None };
            };
            sender = Sender::At(address);
            if !self.contain(address) {
                break;
            }
        }
        sender
    }
}

/// Whoever calls from the internet with that header has made it up. From a private network it may be
/// a proxy that nobody has named.
pub const fn may_be_proxy(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// An address as proxies write it: some with a port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(hop).ok()?.trim();
    let with_port = || text.parse::<std::net::SocketAddr>().map(|address| address.ip()).ok();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse()
        .ok()
        .or_else(with_port)
        .or_else(bracketed)
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [&str; 2] = ["10.0.0.0/8", "2001:db8:f::1"];

    fn sender(trusted: &[&str], peer: &str, lines: &[&str]) -> Sender {
        let trusted = TrustedProxies::parse(trusted.iter().copied()).unwrap();
        trusted.sender(peer.parse().unwrap(), lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn the_sender_is_the_last_one_that_is_no_proxy_of_ours() {
        for (peer, lines, expected) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            // Nobody vouches for what the internet sends.
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            // The sender has made up the first.
            ("10.0.0.1", &["127.0.0.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["10.0.0.7, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["unknown, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9:4711, 10.0.0.2:80"], "203.0.113.9"),
            ("2001:db8:f::1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ] {
            let expected = Sender::At(expected.parse().unwrap());
            assert_eq!(sender(&OURS, peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn behind_what_cannot_be_read_nobody_knows() {
        for (lines, expected) in [
            (&[][..], "10.0.0.1"),
            (&["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["203.0.113.9,"], "10.0.0.1"),
            (&["203.0.113.9", ""], "10.0.0.1"),
            (&["\u{1b}[31m"], "10.0.0.1"),
        ] {
            let expected = Sender::Behind { proxy: expected.parse().unwrap(), said: None };
            assert_eq!(sender(&OURS, "10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_proxy_that_nobody_has_named_may_stand_for_everybody() {
        for peer in ["127.0.0.1", "10.0.0.1", "::1", "fd00::1"] {
            let proxy = peer.parse().unwrap();
            for (line, said) in [
                ("203.0.113.9", Some("203.0.113.9")),
                ("10.0.0.9, 203.0.113.9:4711", Some("203.0.113.9")),
                ("203.0.113.9, unknown", None),
                ("", None),
            ] {
                let said = said.map(|said| said.parse().unwrap());
                assert_eq!(sender(&[], peer, &[line]), Sender::Behind { proxy, said }, "{line}");
            }
            assert_eq!(sender(&[], peer, &[]), Sender::At(proxy));
        }
    }

    #[test]
    fn a_site_has_one_ipv6_network() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::"));
        assert_ne!(network("2001:db8:1:2::"), network("2001:db8:1:3::"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.7"));
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
    }

    #[test]
    fn what_is_no_network_is_named() {
        let parse = |list: &'static str| TrustedProxies::parse(list.split(','));
        assert_eq!(parse("10.0.0.1, 2001:db8::/32,"), parse("10.0.0.1/32,2001:db8::/32"));
        assert!(parse("10.0.0.0/8, fc00::/7").is_ok());
        for wrong in
            ["proxy.example.com", "10.0.0.0/33", "10.0.0", "0.0.0.0/0", "::/0", "0.0.0.0/1"]
        {
            assert_eq!(parse(wrong), Err(wrong));
        }
    }
}
