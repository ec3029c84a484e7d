//! What the nodes of a service tell each other of their keys, and what each makes of it.
//!
//! A key that is new in a node's file verifies there at once. It signs as soon as every live node
//! can verify it, and no other one is dropped before the last of its tokens has expired: so nobody
//! is signed out by a rotation, in whatever order and however slowly the nodes come by the key.

use super::Timestamp;

/// What is remembered of a key that this database has been served with. Of the key itself it is
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// By what it is recognised.
    pub fingerprint: String,
    /// Its name; unknown where it was last used by a program that wrote down none.
    pub kid: Option<String>,
    /// What it signs with, of the same.
    pub algorithm: Option<String>,
    /// When it was first given.
    pub first_used_at: Timestamp,
    /// When the last of its tokens will have expired; `None` where it has never signed.
    pub needed_until: Option<Timestamp>,
    /// When it was taken out of use, whatever is still signed by it.
    pub retired_at: Option<Timestamp>,
}

impl KeyRecord {
    /// Whether a token that it has signed may be in force.
    pub fn is_needed(&self, now: Timestamp) -> bool {
        self.retired_at.is_none() && self.needed_until.is_some_and(|until| now < until)
    }

    /// Whether it is over: retired, or all that it has signed has expired.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.retired_at.is_some() || self.needed_until.is_some_and(|until| until <= now)
    }
}

/// A process that serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// Its name.
    pub id: String,
    /// Until when it counts as live without a further word.
    pub live_until: Timestamp,
    /// The names of the keys that it can verify.
    pub verifies: Vec<String>,
    /// The name of the key that it signs with.
    pub signs: String,
}

impl NodeRecord {
    /// Whether it can verify the tokens of the key of this name.
    pub fn verifies(&self, kid: &str) -> bool {
        self.verifies.iter().any(|known| known == kid)
    }
}

/// All of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyBook {
    /// The keys, the oldest first.
    pub keys: Vec<KeyRecord>,
    /// The nodes.
    pub nodes: Vec<NodeRecord>,
}

/// The keys that a node has at hand, by name.
#[derive(Clone, Copy, Debug)]
pub struct AtHand<'k> {
    /// Those that it was given, in that order.
    pub given: &'k [&'k str],
    /// Those that it has held until now.
    pub held: &'k [&'k str],
    /// The one that it signs with now.
    pub signs: Option<&'k str>,
}

/// What a node does with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Those that verify.
    pub holds: Vec<String>,
    /// The one of them that signs.
    pub signs: String,
    /// Those that people are signed in by, and that it should have and has not. That a node was cut
    /// off while a new key began to sign is no fault of the tokens'.
    pub lacks: Vec<String>,
}

impl KeyBook {
    /// What is known of the key of this name.
    pub fn key(&self, kid: &str) -> Option<&KeyRecord> {
        self.keys.iter().find(|key| key.kid.as_deref() == Some(kid))
    }

    /// Whether the database has been served with this key.
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.keys.iter().any(|key| key.fingerprint == fingerprint)
    }

    /// Whether the database has been served with this key, and it was not taken out of use.
    pub fn trusts(&self, fingerprint: &str) -> bool {
        self.keys.iter().any(|key| key.fingerprint == fingerprint && key.retired_at.is_none())
    }

    /// The first key that people are signed in by and that is none of these.
    pub fn missing(&self, given: &[&str], now: Timestamp) -> Option<&KeyRecord> {
        let is_given = |key: &KeyRecord| key.kid.as_deref().is_some_and(|kid| given.contains(&kid));
        self.keys.iter().find(|key| key.is_needed(now) && !is_given(key))
    }

    /// The nodes that live.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &NodeRecord> {
        self.nodes.iter().filter(move |node| now < node.live_until)
    }

    /// What this node does with the keys at hand; `None` where all of them are out of use.
    pub fn plan(&self, node: &str, at_hand: AtHand<'_>, now: Timestamp) -> Option<Plan> {
        let AtHand { given, held, signs } = at_hand;
        let retired = |kid: &str| self.key(kid).is_some_and(|key| key.retired_at.is_some());
        let over = |kid: &str| self.key(kid).is_some_and(|key| key.is_over(now));
        let needed = |kid: &str| self.key(kid).is_some_and(|key| key.is_needed(now));
        let usable: Vec<_> = given.iter().copied().filter(|kid| !retired(kid)).collect();
        // The first goes on after however long a pause; others that are over only make a node slow.
        let first = usable.first().copied();
        let kept = usable.iter().copied().filter(|kid| Some(*kid) == first || !over(kid));
        // What was taken from the file too early is held all the same, as long as it is needed.
        let spared = held.iter().copied().filter(|kid| !given.contains(kid) && needed(kid));
        let holds: Vec<_> = kept.chain(spared).collect();
        let others: Vec<_> = self.live(now).filter(|other| other.id != node).collect();
        let common = |kid: &&str| others.iter().all(|other| other.verifies(kid));
        let elected = holds.iter().copied().filter(|kid| given.contains(kid)).find(common);
        let present = signs.filter(|kid| holds.contains(kid));
        let signs = elected.or(present).or(holds.first().copied())?.to_owned();
        let lacks = self.keys.iter().filter(|key| key.is_needed(now));
        let lacks = lacks.filter_map(|key| key.kid.clone());
        let lacks = lacks.filter(|kid| !holds.contains(&kid.as_str())).collect();
        Some(Plan { holds: holds.into_iter().map(str::to_owned).collect(), signs, lacks })
    }
}

#[cfg(test)]
mod tests;
