//! The keys of this node: which of them verify and which one signs, in agreement with the other
//! nodes. What is decided is in [`crate::domain::key_book`].

use std::{sync::Arc, time::Duration};

use super::Auth;
use crate::{
    domain::{
        KeyBook, Keyring, NodeRecord, SigningKey, Timestamp,
        key::KeyFault,
        key_book::{AtHand, Plan},
    },
    storage::{StoreError, Tx},
};

/// How often a node says that it lives.
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// Why a node's keys cannot be used as they are given.
#[derive(Debug, thiserror::Error)]
pub enum NodeKeysError {
    /// None of them is one that people are signed in by.
    #[error("none of the signing keys is one that the database has been served with")]
    Unknown,
    /// None of them may sign.
    #[error("all signing keys that this node was given are retired")]
    Retired,
    /// Two of them are one.
    #[error(transparent)]
    Twice(#[from] KeyFault),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long what a node says holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySpans {
    /// How long a node that is silent counts as live. A node that lives on without the database has
    /// to notice before that that it does not know who is signed in.
    pub lease: Duration,
    /// The longest that anything signed is in force.
    pub longest: Duration,
}

/// The keys of this node.
#[derive(Debug)]
pub struct NodeKeys {
    node: String,
    spans: KeySpans,
    given: Vec<Arc<SigningKey>>,
    held: Vec<Arc<SigningKey>>,
    plan: Option<Plan>,
    live_until: Option<Timestamp>,
}

impl NodeKeys {
    /// A node that goes by this name, and the keys that it was given, in that order.
    pub fn new(node: String, spans: KeySpans, given: Vec<Arc<SigningKey>>) -> Self {
        let (held, plan, live_until) = Default::default();
        Self { node, spans, given, held, plan, live_until }
    }

    /// Announces the node before it serves, within what has judged its keys.
    ///
    /// # Errors
    /// [`NodeKeysError`].
    pub async fn begin(&mut self, tx: &mut dyn Tx) -> Result<Keyring, NodeKeysError> {
        let now = tx.now().await?;
        for key in &self.given {
            tx.remember_key(key, now).await?;
        }
        let book = tx.lock_keys().await?;
        let plan = self.plan(&book, now)?;
        self.live_until = Some(self.announce(tx, &plan, now).await?);
        self.follow(plan)
    }

    /// Hears what the other nodes say and takes it into account, and these keys, where others are
    /// given from now on.
    ///
    /// # Errors
    /// [`NodeKeysError`]; everything goes on as it was then.
    pub async fn look(
        &mut self,
        auth: &Auth,
        given: Option<Vec<Arc<SigningKey>>>,
    ) -> Result<(), NodeKeysError> {
        let mut tx = auth.store.begin().await?;
        let mut book = tx.lock_keys().await?;
        let now = tx.now().await?;
        if let Some(given) = given {
            self.take(&mut *tx, given, &book, now).await?;
            book = tx.lock_keys().await?;
        }
        let plan = self.plan(&book, now)?;
        if self.is_news(&plan, now) {
            // What others will rely on comes first: all that is announced is verified by now.
            let present = self.plan.as_ref().map(|plan| &plan.signs);
            let present = present.filter(|signs| plan.holds.contains(signs));
            let signs = present.unwrap_or(&plan.signs).clone();
            auth.tokens.replace_keys(self.ring(&Plan { signs, ..plan.clone() })?);
            let live_until = self.announce(&mut *tx, &plan, now).await?;
            tx.commit().await?;
            self.live_until = Some(live_until);
            auth.tokens.replace_keys(self.follow(plan)?);
        }
        Ok(())
    }

    /// Says that the node has stopped.
    ///
    /// # Errors
    /// What the store says.
    pub async fn leave(&self, auth: &Auth) -> Result<(), StoreError> {
        let mut tx = auth.store.begin().await?;
        tx.remove_node(&self.node).await?;
        tx.commit().await
    }

    /// Takes other keys than those given before.
    async fn take(
        &mut self,
        tx: &mut dyn Tx,
        given: Vec<Arc<SigningKey>>,
        book: &KeyBook,
        now: Timestamp,
    ) -> Result<(), NodeKeysError> {
        if !given.iter().any(|key| book.trusts(key.fingerprint())) {
            return Err(NodeKeysError::Unknown);
        }
        Keyring::of(&given)?;
        for key in &given {
            tx.remember_key(key, now).await?;
        }
        let kids: Vec<_> = given.iter().map(|key| key.kid()).collect();
        if let Some(missing) = book.missing(&kids, now) {
            let kid = missing.kid.as_deref();
            tracing::warn!(kid, "a signing key is gone that people are signed in by: put it back");
        }
        self.given = given;
        self.live_until = None;
        Ok(())
    }

    fn plan(&self, book: &KeyBook, now: Timestamp) -> Result<Plan, NodeKeysError> {
        let given: Vec<_> = self.given.iter().map(|key| key.kid()).collect();
        let held: Vec<_> = self.held.iter().map(|key| key.kid()).collect();
        let signs = self.plan.as_ref().map(|plan| plan.signs.as_str());
        let at_hand = AtHand { given: &given, held: &held, signs };
        book.plan(&self.node, at_hand, now).ok_or(NodeKeysError::Retired)
    }

    /// Whether others do not know this yet, or have to hear it again.
    fn is_news(&self, plan: &Plan, now: Timestamp) -> bool {
        let renewal = now + self.spans.lease.saturating_sub(RENEW_EVERY);
        self.plan.as_ref() != Some(plan) || self.live_until.is_none_or(|until| until <= renewal)
    }

    /// Tells the others. Returns until when they believe it.
    async fn announce(
        &self,
        tx: &mut dyn Tx,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let live_until = now + self.spans.lease;
        let said = NodeRecord {
            id: self.node.clone(),
            live_until,
            verifies: plan.holds.clone(),
            signs: plan.signs.clone(),
        };
        tx.claim_key(&plan.signs, live_until + self.spans.longest).await?;
        tx.announce_node(&said).await?;
        tx.forget_nodes(now).await?;
        Ok(live_until)
    }

    /// Holds the keys of a plan from now on.
    fn follow(&mut self, plan: Plan) -> Result<Keyring, NodeKeysError> {
        let ring = self.ring(&plan)?;
        if self.plan.as_ref().is_some_and(|present| present.signs != plan.signs) {
            tracing::info!(kid = plan.signs, "this key signs from now on");
        }
        if !ring.is_complete() {
            tracing::error!(kids = ?plan.lacks, "people are signed in by keys that are not here");
        }
        self.held = ring.keys().cloned().collect();
        self.plan = Some(plan);
        Ok(ring)
    }

    fn ring(&self, plan: &Plan) -> Result<Keyring, NodeKeysError> {
        let mut at_hand: Vec<_> = Vec::new();
        for key in self.given.iter().chain(&self.held) {
            let is_new = at_hand.iter().all(|other: &Arc<SigningKey>| other.kid() != key.kid());
            if is_new && plan.holds.iter().any(|kid| kid == key.kid()) {
                at_hand.push(Arc::clone(key));
            }
        }
        at_hand.sort_by_key(|key| key.kid() != plan.signs);
        Ok(Keyring::of(&at_hand)?.lacking(plan.lacks.clone()))
    }
}
