//! Who is counted together, and how slow it gets for them.

use std::time::Duration;

use crate::{
    auth::{Auth, LoginName, hashing::Line},
    domain::{Email, Ladder, Network, Sender, SessionId, UserId, Username},
    storage::TallyKey,
};

/// A browser that is known, a session, or one account tried from one network.
pub(super) const NARROW: Ladder = ladder(5, Duration::from_mins(15), Duration::from_mins(15));
/// An account tried from wherever: a few hundred networks together try as often as one.
const ACCOUNT: Ladder = ladder(50, Duration::from_mins(1), Duration::from_mins(1));
/// A network, behind which there may be many people, whatever accounts it tries.
const NETWORK: Ladder = ladder(50, Duration::from_mins(1), Duration::from_secs(10));
/// A proxy that nobody has named, or that does not say for whom: behind it there may be everybody.
const PROXY: Ladder = ladder(500, Duration::from_secs(10), Duration::from_secs(1));

const fn ladder(free: u32, longest: Duration, forgiven_after: Duration) -> Ladder {
    Ladder { free, first: Duration::from_secs(1), longest, forgiven_after }
}

/// Of many people most know their password, as long as they are not known for guessing.
pub(super) fn is_shared(ladder: Ladder) -> bool {
    ladder == NETWORK || ladder == PROXY
}

/// What is guessed at, and from where.
pub(super) enum Target<'a> {
    /// Somebody's account, from a browser that it was used with before.
    Known(UserId, &'a str),
    /// What somebody typed, and who, where that is known.
    Typed(&'a LoginName, Option<Sender>),
    /// The password of whoever is signed in.
    Session(SessionId, UserId),
    /// Names that may be free, by whoever registers.
    NewNames(Option<Sender>),
}

impl Target<'_> {
    pub(super) fn line(&self) -> Line {
        match self {
            Self::Known(user, _) | Self::Session(_, user) => Line::Owner(*user),
            Self::Typed(_, sender) | Self::NewNames(sender) => {
                Line::Strangers(sender.and_then(Sender::network))
            }
        }
    }
}

impl Auth {
    /// On which ladders it is counted, and as what.
    pub(super) fn rungs(&self, target: &Target<'_>) -> Vec<(TallyKey, Ladder)> {
        let key = |parts: &[&[u8]]| self.tally_key(&[&[b"guess".as_slice()], parts].concat());
        match target {
            Target::Known(user, mark) => {
                vec![(key(&[b"device", &user.0.to_be_bytes(), mark.as_bytes()]), NARROW)]
            }
            Target::Session(id, _) => vec![(key(&[b"session", id.as_bytes()]), NARROW)],
            // By what was typed, and not by whose it is: if a user name and an address had one tally,
            // it would tell that they belong together.
            Target::Typed(name, sender) => {
                let name = typed(name);
                let name = name.as_bytes();
                let narrow = |place: &[u8]| (key(&[b"account from", name, place]), NARROW);
                let mut rungs = vec![(key(&[b"account", name]), ACCOUNT)];
                rungs.extend(place(*sender).map(|place| narrow(&place)));
                rungs.extend(wide(*sender, |parts| key(parts)));
                rungs
            }
            Target::NewNames(sender) => {
                wide(*sender, |parts| key(&[&[b"new".as_slice()], parts].concat()))
            }
        }
    }

    /// Names what is counted, and tells nobody what that is.
    pub(in crate::auth) fn tally_key(&self, parts: &[&[u8]]) -> TallyKey {
        let parts = [&[b"tally".as_slice()], parts].concat();
        TallyKey(hex::encode(self.tokens.keys().signing().ticket_mac(&parts).truncated(16)))
    }
}

/// What counts a sender whatever they try. A proxy that nobody has named may have been told by its
/// sender what it says: that counts within what the proxy itself may.
fn wide(sender: Option<Sender>, key: impl Fn(&[&[u8]]) -> TallyKey) -> Vec<(TallyKey, Ladder)> {
    let network = place(sender).map(|place| (key(&[b"network", &place]), NETWORK));
    let proxy = match sender {
        Some(Sender::Behind { proxy, .. }) => Some(Network::from(proxy)),
        _ => None,
    };
    let proxy = proxy.map(|proxy| (key(&[b"proxy", &proxy.bytes()]), PROXY));
    network.into_iter().chain(proxy).collect()
}

/// Where a sender is, by who says so.
fn place(sender: Option<Sender>) -> Option<Vec<u8>> {
    match sender? {
        Sender::At(address) => Some(Network::from(address).bytes().to_vec()),
        Sender::Behind { proxy, said } => {
            let networks = [proxy, said?].map(|address| Network::from(address).bytes());
            Some(networks.concat())
        }
    }
}

/// The same for all ways to write it.
fn typed(name: &LoginName) -> String {
    match name {
        LoginName::Email(text) => Email::key_of(text),
        LoginName::Username(text) | LoginName::Either(text) => Username::key_of(text),
    }
}
