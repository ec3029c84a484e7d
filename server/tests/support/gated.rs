//! A store with a gate at the gap: what it was asked to write waits until the test lets it through,
//! or fails as a database does that is gone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use latchkey::{
    domain::{
        Family, Ladder, LegacyId, MailKind, PasswordHash, SessionId, Tally, Timestamp, Transition,
        UserId,
    },
    storage::{
        Alive, Dead, EventPlace, EventRecord, FamilyRecord, OwnSessions, RevocationFeed,
        SessionRecord, Sighting, Store, StoreError, Taken, Tallies, TallyKey, Tx, UserRecord,
        WaitingMail,
    },
};
use tokio::sync::Notify;

/// Delegates to a real store.
pub struct GatedStore {
    inner: Arc<dyn Store>,
    closed: AtomicBool,
    gone: AtomicBool,
    arrived: Notify,
    opened: Notify,
}

impl GatedStore {
    pub fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            closed: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            arrived: Notify::new(),
            opened: Notify::new(),
        })
    }

    /// From now on the next transition waits.
    pub fn close_gate(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Waits until a transition stands at the gate: it has read, and has not written.
    pub async fn somebody_waits(&self) {
        self.arrived.notified().await;
    }

    /// Lets it through.
    pub fn open_gate(&self) {
        self.opened.notify_one();
    }

    /// Whether the database answers.
    pub fn set_gone(&self, gone: bool) {
        self.gone.store(gone, Ordering::SeqCst);
    }

    fn reach(&self) -> Result<&dyn Store, StoreError> {
        if self.gone.load(Ordering::SeqCst) {
            return Err(sqlx::Error::PoolTimedOut.into());
        }
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Store for GatedStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.reach()?.now().await
    }

    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.reach()?.begin().await
    }

    async fn lookup_user(&self, id: UserId) -> Result<Option<UserRecord>, StoreError> {
        self.reach()?.lookup_user(id).await
    }

    async fn find_user_by_name(&self, key: &str) -> Result<Option<UserRecord>, StoreError> {
        self.reach()?.find_user_by_name(key).await
    }

    async fn find_user_by_email(&self, key: &str) -> Result<Option<UserRecord>, StoreError> {
        self.reach()?.find_user_by_email(key).await
    }

    async fn queue_mail(
        &self,
        user: Option<UserId>,
        kind: MailKind,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.reach()?.queue_mail(user, kind, now).await
    }

    async fn remove_mails_to_nobody(&self, now: Timestamp) -> Result<(), StoreError> {
        self.reach()?.remove_mails_to_nobody(now).await
    }

    async fn waiting_mails(
        &self,
        now: Timestamp,
        count: u32,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        self.reach()?.waiting_mails(now, count).await
    }

    async fn upgrade_password(
        &self,
        id: UserId,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        self.reach()?.upgrade_password(id, read, new).await
    }

    async fn password_decoys(&self) -> Result<Vec<PasswordHash>, StoreError> {
        self.reach()?.password_decoys().await
    }

    async fn expect_decoys(&self, decoys: &[PasswordHash]) -> Result<bool, StoreError> {
        self.reach()?.expect_decoys(decoys).await
    }

    async fn forget_expected_decoys(&self) -> Result<(), StoreError> {
        self.reach()?.forget_expected_decoys().await
    }

    async fn legacy_token_is_used(&self, id: &LegacyId) -> Result<bool, StoreError> {
        self.reach()?.legacy_token_is_used(id).await
    }

    async fn claim_mail(&self, read: &WaitingMail, again: Timestamp) -> Result<bool, StoreError> {
        self.reach()?.claim_mail(read, again).await
    }

    async fn remove_mail(&self, id: i64, due_at: Timestamp) -> Result<(), StoreError> {
        self.reach()?.remove_mail(id, due_at).await
    }

    async fn taken(&self, name: Option<&str>, email: Option<&str>) -> Result<Taken, StoreError> {
        self.reach()?.taken(name, email).await
    }

    async fn list_users(&self) -> Result<Vec<UserRecord>, StoreError> {
        self.reach()?.list_users().await
    }

    async fn list_sessions(&self, of: Option<UserId>) -> Result<Vec<SessionRecord>, StoreError> {
        self.reach()?.list_sessions(of).await
    }

    async fn own_sessions(
        &self,
        user: UserId,
        own: SessionId,
        alive: Alive,
        most: u32,
    ) -> Result<OwnSessions, StoreError> {
        self.reach()?.own_sessions(user, own, alive, most).await
    }

    async fn list_events(
        &self,
        user: UserId,
        from: EventPlace,
        count: u32,
    ) -> Result<Vec<EventRecord>, StoreError> {
        self.reach()?.list_events(user, from, count).await
    }

    async fn remove_events(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError> {
        self.reach()?.remove_events(moment, count).await
    }

    async fn forget_clients(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError> {
        self.reach()?.forget_clients(moment, count).await
    }

    async fn lookup_family(&self, id: SessionId) -> Result<Option<FamilyRecord>, StoreError> {
        self.reach()?.lookup_family(id).await
    }

    async fn apply(
        &self,
        read: &Family,
        transition: Transition,
        now: Timestamp,
        store_delay: Duration,
    ) -> Result<bool, StoreError> {
        if self.closed.swap(false, Ordering::SeqCst) {
            self.arrived.notify_one();
            self.opened.notified().await;
        }
        self.reach()?.apply(read, transition, now, store_delay).await
    }

    async fn sight(
        &self,
        sightings: &[Sighting],
        store_delay: Duration,
    ) -> Result<Vec<bool>, StoreError> {
        self.reach()?.sight(sightings, store_delay).await
    }

    async fn touch(&self, used: &[(SessionId, Timestamp)]) -> Result<(), StoreError> {
        self.reach()?.touch(used).await
    }

    async fn revoked_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(SessionId, Timestamp)>, StoreError> {
        self.reach()?.revoked_since(since).await
    }

    async fn remove_dead(
        &self,
        after: Option<SessionId>,
        count: u32,
        dead: Dead,
    ) -> Result<Option<SessionId>, StoreError> {
        self.reach()?.remove_dead(after, count, dead).await
    }

    async fn revocation_feed(&self) -> Result<Box<dyn RevocationFeed>, StoreError> {
        self.reach()?.revocation_feed().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

#[async_trait]
impl Tallies for GatedStore {
    async fn tallies(
        &self,
        of: &[TallyKey],
    ) -> Result<(Vec<(TallyKey, Tally)>, Timestamp), StoreError> {
        self.reach()?.tallies(of).await
    }

    async fn count(&self, at: &[(TallyKey, Ladder)]) -> Result<(), StoreError> {
        self.reach()?.count(at).await
    }

    async fn forget_tallies(&self, read: &[(TallyKey, Tally)]) -> Result<(), StoreError> {
        self.reach()?.forget_tallies(read).await
    }

    async fn remove_forgiven(&self, count: u32) -> Result<bool, StoreError> {
        self.reach()?.remove_forgiven(count).await
    }
}
