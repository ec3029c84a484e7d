//! The seam between use cases and engines.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    Claim, ClientInfo, EventPlace, EventRecord, FamilyRecord, ImportedUser, KeyTx, Names, NewEmail,
    NewEvent, NewUser, OwnSessions, Removal, SessionRecord, StoreError, Taken, Tallies, UserRecord,
    WaitingMail, Wanted,
};
use crate::domain::{
    Email, Family, Generation, LegacyId, MailKind, PasswordHash, RevokeCause, SessionId, Timestamp,
    Transition, UserId,
};

/// A database. Reads and single conditional statements; everything else goes through [`Tx`].
///
/// Families are judged by the store's time: on PostgreSQL the database's clock, which all nodes
/// share, on SQLite the process's.
#[async_trait]
pub trait Store: Tallies + Send + Sync + 'static {
    /// The store's time.
    async fn now(&self) -> Result<Timestamp, StoreError>;

    /// Begins a unit of work that holds the right to write. Dropping it rolls back.
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError>;

    /// The user of this id.
    async fn lookup_user(&self, id: UserId) -> Result<Option<UserRecord>, StoreError>;

    /// The user of this name, given as [`crate::domain::Username::key`].
    async fn find_user_by_name(&self, key: &str) -> Result<Option<UserRecord>, StoreError>;

    /// The user of this address, given as [`crate::domain::Email::key`].
    async fn find_user_by_email(&self, key: &str) -> Result<Option<UserRecord>, StoreError>;

    /// Whether these are taken, given as [`crate::domain::Username::key`] and
    /// [`crate::domain::Email::key`].
    async fn taken(&self, name: Option<&str>, email: Option<&str>) -> Result<Taken, StoreError>;

    /// All users, by id.
    async fn list_users(&self) -> Result<Vec<UserRecord>, StoreError>;

    /// Puts a hash of ours in the place of an imported one of the same password, if it still is the
    /// one that was read. Nothing else changes by it. Returns whether it was; it is committed then.
    async fn upgrade_password(
        &self,
        id: UserId,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError>;

    /// One hash of each cost among the imported ones and those that are expected; nobody's password
    /// belongs to these.
    async fn password_decoys(&self) -> Result<Vec<PasswordHash>, StoreError>;

    /// Hashes that cost as much as these will come. Returns whether there are some that nobody has had
    /// until now; it is committed then.
    async fn expect_decoys(&self, decoys: &[PasswordHash]) -> Result<bool, StoreError>;

    /// No hashes are expected any more.
    async fn forget_expected_decoys(&self) -> Result<(), StoreError>;

    /// Whether a token of the system before this one is of no use any more.
    async fn legacy_token_is_used(&self, id: &LegacyId) -> Result<bool, StoreError>;

    /// Puts a mail into the queue, where none of its kind waits for them already; for nobody it costs
    /// as much. It is committed then.
    async fn queue_mail(
        &self,
        user: Option<UserId>,
        kind: MailKind,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Removes the mails that are for nobody and would be due.
    async fn remove_mails_to_nobody(&self, now: Timestamp) -> Result<(), StoreError>;

    /// The next mails that are due and for somebody, up to `count`.
    async fn waiting_mails(
        &self,
        now: Timestamp,
        count: u32,
    ) -> Result<Vec<WaitingMail>, StoreError>;

    /// Takes a mail for sending, if nobody has since it was read; it is due again at `again`.
    async fn claim_mail(&self, read: &WaitingMail, again: Timestamp) -> Result<bool, StoreError>;

    /// Removes a mail that was claimed until `due_at`, and that nobody has asked for again since.
    async fn remove_mail(&self, id: i64, due_at: Timestamp) -> Result<(), StoreError>;

    /// The sessions that have not ended, of one user or of all, the latest used first.
    async fn list_sessions(&self, of: Option<UserId>) -> Result<Vec<SessionRecord>, StoreError>;

    /// A user's sessions that go on: of very many the `most` that were used last, and always `own`.
    async fn own_sessions(
        &self,
        user: UserId,
        own: SessionId,
        alive: Alive,
        most: u32,
    ) -> Result<OwnSessions, StoreError>;

    /// What happened to an account from this place on, the latest first, up to `count`.
    async fn list_events(
        &self,
        user: UserId,
        from: EventPlace,
        count: u32,
    ) -> Result<Vec<EventRecord>, StoreError>;

    /// Removes up to `count` events from before `moment`. Returns whether there may be more.
    async fn remove_events(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError>;

    /// Forgets what was shown of browsers in up to `count` events from before `moment`. Returns
    /// whether there may be more.
    async fn forget_clients(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError>;

    /// The family of this id, and the moment at which it was read.
    async fn lookup_family(&self, id: SessionId) -> Result<Option<FamilyRecord>, StoreError>;

    /// Applies `transition` at `now` if the family lives and still stands at the generation that was
    /// `read`. `store_delay` is the precondition of a sighting; that of a rotation is, too, that
    /// nothing was answered since: a generation that was handed out again just now may reach the
    /// client after its successor. Returns whether it was applied; it is committed then.
    async fn apply(
        &self,
        read: &Family,
        transition: Transition,
        now: Timestamp,
        store_delay: Duration,
    ) -> Result<bool, StoreError>;

    /// Notes that these generations were shown. Tells of each whether it was applied, as
    /// [`Transition::Sight`] is; one whose row is busy may be left out.
    async fn sight(
        &self,
        sightings: &[Sighting],
        store_delay: Duration,
    ) -> Result<Vec<bool>, StoreError>;

    /// Notes that these sessions were used, at moments of the store's. One whose row is busy may be
    /// left out: it is in use.
    async fn touch(&self, used: &[(SessionId, Timestamp)]) -> Result<(), StoreError>;

    /// The families that were ended, or removed with their owner, at `since` or later, and when.
    async fn revoked_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(SessionId, Timestamp)>, StoreError>;

    /// Removes the dead among the next `count` families after `after`, by id and so in the order of
    /// their making. Returns the last id that it looked at; `None` at the end, where what is
    /// remembered of removed families goes, too, and of tokens that have expired.
    async fn remove_dead(
        &self,
        after: Option<SessionId>,
        count: u32,
        dead: Dead,
    ) -> Result<Option<SessionId>, StoreError>;

    /// A feed that tells when another process may have ended families.
    async fn revocation_feed(&self) -> Result<Box<dyn RevocationFeed>, StoreError>;

    /// Waits for the connections to finish and closes them.
    async fn close(&self);
}

/// A generation that a client has shown that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The family.
    pub session: SessionId,
    /// The generation.
    pub generation: Generation,
    /// When, by the store's time.
    pub at: Timestamp,
}

/// Which families go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alive {
    /// Those that have not reached their absolute limit at this moment.
    pub now: Timestamp,
    /// Those whose generation was made after this moment.
    pub idle_since: Timestamp,
}

/// Which families are dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Those that were ended, removed, or reached their absolute limit before this moment.
    pub since: Timestamp,
    /// Those whose generation was made before this moment.
    pub idle_since: Timestamp,
}

/// A unit of work.
#[async_trait]
pub trait Tx: KeyTx + Send {
    /// The store's time.
    async fn now(&mut self) -> Result<Timestamp, StoreError>;

    /// Reads a user and keeps everybody else from changing the row until the end.
    async fn lock_user(&mut self, id: UserId) -> Result<Option<UserRecord>, StoreError>;

    /// Adds a user.
    async fn insert_user(&mut self, user: &NewUser) -> Result<UserId, StoreError>;

    /// From now on nobody new is given an id up to this one.
    async fn reserve_ids(&mut self, highest: UserId) -> Result<(), StoreError>;

    /// The accounts that have one of these ids, names or addresses.
    async fn claims(&mut self, of: &Wanted) -> Result<Vec<Claim>, StoreError>;

    /// Which of these people were taken over before, and their accounts deleted.
    async fn removals(&mut self, of: &[UserId]) -> Result<Vec<Removal>, StoreError>;

    /// Forgets that their accounts were deleted: they may come back.
    async fn forget_removals(&mut self, of: &[UserId]) -> Result<(), StoreError>;

    /// Adds people with the ids that they have. Names those who could be added: the others' id, name
    /// or address is taken, or their account was deleted here.
    async fn insert_imported(&mut self, users: &[ImportedUser]) -> Result<Vec<UserId>, StoreError>;

    /// Notes the moment of a sign-in.
    async fn touch_last_login(&mut self, id: UserId, now: Timestamp) -> Result<(), StoreError>;

    /// Notes that an address is theirs, if it is the one they have. Returns whether that was news.
    async fn verify_email(
        &mut self,
        id: UserId,
        email_key: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Notes that they want this address from now on. An earlier wish is forgotten.
    async fn ask_new_email(
        &mut self,
        id: UserId,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Puts the address that they want in the place of the present one, if it still is the one that
    /// was read. Returns whether it was.
    async fn change_email(
        &mut self,
        id: UserId,
        read: &NewEmail,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Puts a mail into the queue.
    async fn queue_mail(
        &mut self,
        user: UserId,
        kind: MailKind,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Disables an account. Returns whether it was enabled.
    async fn disable_user(&mut self, id: UserId, now: Timestamp) -> Result<bool, StoreError>;

    /// Enables an account. Returns whether it was disabled.
    async fn enable_user(&mut self, id: UserId) -> Result<bool, StoreError>;

    /// Gives a user these names.
    async fn rename_user(&mut self, id: UserId, names: &Names) -> Result<(), StoreError>;

    /// Replaces the password if it still is the one that was read, and forgets which address was
    /// wanted. Returns whether it was.
    async fn replace_password(
        &mut self,
        id: UserId,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError>;

    /// Removes an account and all that is its owner's. Names the sessions that went with it;
    /// the blacklist's feed tells of them, too.
    async fn delete_user(
        &mut self,
        id: UserId,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Adds a family.
    async fn insert_family(
        &mut self,
        family: &Family,
        client: &ClientInfo,
    ) -> Result<(), StoreError>;

    /// Ends a family that lives. Returns whether it did.
    async fn revoke_family(
        &mut self,
        id: SessionId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Notes that a token of the system before this one is of no use any more. Returns whether it was
    /// until now.
    async fn use_legacy_token(
        &mut self,
        id: &LegacyId,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Notes the same of many.
    async fn use_legacy_tokens(
        &mut self,
        tokens: &[(LegacyId, Timestamp)],
    ) -> Result<(), StoreError>;

    /// Ends every living family of a user and names them. What the system before this one has issued
    /// to them is refused from now on.
    async fn revoke_families_of(
        &mut self,
        user: UserId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Ends this user's session if it goes on. Returns whether it did.
    async fn revoke_session_of(
        &mut self,
        user: UserId,
        id: SessionId,
        cause: RevokeCause,
        alive: Alive,
    ) -> Result<bool, StoreError>;

    /// Ends every living family of a user but one, and names them. What the system before this one has
    /// issued to them is refused from now on.
    async fn revoke_other_families_of(
        &mut self,
        user: UserId,
        keep: SessionId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Whether this is a session of the user's that was not ended.
    async fn session_lives(&mut self, user: UserId, id: SessionId) -> Result<bool, StoreError>;

    /// Notes that the password was shown in this session of the user's, if it was not ended. Returns
    /// whether it was noted.
    async fn authenticate_session(
        &mut self,
        user: UserId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Remembers what happened.
    async fn insert_event(&mut self, event: &NewEvent) -> Result<(), StoreError>;

    /// Remembers what happens again and again: it is added to what is remembered of its hour and
    /// address, or of [`NewEvent::MOST_ADDRESSES`] and no address. Nothing is, where the account is
    /// gone.
    async fn count_event(&mut self, event: &NewEvent) -> Result<(), StoreError>;

    /// Makes it all durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// What the feed brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing has changed since the last look.
    Nothing,
    /// Something may have changed: time to read what was ended.
    Change,
    /// This family was ended just now.
    Ended(SessionId),
}

/// Tells what other processes do to families.
#[async_trait]
pub trait RevocationFeed: Send {
    /// Waits for news, or for the feed's next look at the database: 2 s at most. Every `Ok` proves
    /// that the database could be asked.
    async fn next(&mut self) -> Result<Heard, StoreError>;
}
