//! The part of a unit of work that is about signing keys, and the nodes that hold them.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{KeyBook, KeyRecord, NodeRecord, SigningKey, Timestamp};

/// When a key may be retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// As soon as all that it has signed has expired.
    OnceUnneeded,
    /// Now. Whoever holds such a token is signed out.
    AtOnce,
}

/// Keys and nodes.
#[async_trait]
pub trait KeyTx: Send {
    /// What is known of them. Nobody else changes it before the end.
    async fn lock_keys(&mut self) -> Result<KeyBook, StoreError>;

    /// Remembers a key by its fingerprint and its name. Doing so twice changes nothing.
    async fn remember_key(&mut self, key: &SigningKey, now: Timestamp) -> Result<(), StoreError>;

    /// Notes that tokens of this key may be in force until then. Returns whether it is in use.
    async fn claim_key(&mut self, kid: &str, until: Timestamp) -> Result<bool, StoreError>;

    /// Takes a key out of use. Returns whether it was in use until now, and could go.
    async fn retire_key(
        &mut self,
        fingerprint: &str,
        how: Retirement,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Takes back that a key was retired.
    async fn trust_key(&mut self, fingerprint: &str) -> Result<(), StoreError>;

    /// Notes what a node says of itself.
    async fn announce_node(&mut self, node: &NodeRecord) -> Result<(), StoreError>;

    /// Forgets the nodes that were live until before this moment.
    async fn forget_nodes(&mut self, before: Timestamp) -> Result<(), StoreError>;

    /// Forgets a node that has stopped.
    async fn remove_node(&mut self, id: &str) -> Result<(), StoreError>;
}

/// A row of `signing_keys`.
pub(super) type KeyRow = (String, Option<String>, Option<String>, i64, Option<i64>, Option<i64>);
/// A row of `nodes`.
pub(super) type NodeRow = (String, i64, String, String);

/// What the rows say.
pub(super) fn book(keys: Vec<KeyRow>, nodes: Vec<NodeRow>) -> KeyBook {
    let at = Timestamp::from_millis;
    let key = |(fingerprint, kid, algorithm, first_used_at, needed_until, retired_at): KeyRow| {
        let first_used_at = at(first_used_at);
        let (needed_until, retired_at) = (needed_until.map(at), retired_at.map(at));
        KeyRecord { fingerprint, kid, algorithm, first_used_at, needed_until, retired_at }
    };
    let node = |(id, live_until, verifies, signs): NodeRow| {
        let verifies = verifies.split_whitespace().map(str::to_owned).collect();
        NodeRecord { id, live_until: at(live_until), verifies, signs }
    };
    KeyBook {
        keys: keys.into_iter().map(key).collect(),
        nodes: nodes.into_iter().map(node).collect(),
    }
}
