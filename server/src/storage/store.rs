//! The seam between use cases and engines.

use std::time::Duration;

use async_trait::async_trait;

use super::{ClientInfo, FamilyRecord, NewUser, StoreError, UserRecord};
use crate::domain::{Family, Generation, RevokeCause, SessionId, Timestamp, Transition, UserId};

/// A database. Reads and single conditional statements; everything else goes through [`Tx`].
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Begins a unit of work that holds the right to write. Dropping it rolls back.
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError>;

    /// The user of this id.
    async fn lookup_user(&self, id: UserId) -> Result<Option<UserRecord>, StoreError>;

    /// The user of this name, given as [`crate::domain::Username::key`].
    async fn find_user_by_name(&self, key: &str) -> Result<Option<UserRecord>, StoreError>;

    /// The family of this id.
    async fn lookup_family(&self, id: SessionId) -> Result<Option<FamilyRecord>, StoreError>;

    /// Applies `transition` at `now` if the family still stands at generation `read` and lives.
    /// `store_delay` is the precondition of a sighting. Returns whether it was applied; it is
    /// committed then.
    async fn apply(
        &self,
        id: SessionId,
        read: Generation,
        transition: Transition,
        now: Timestamp,
        store_delay: Duration,
    ) -> Result<bool, StoreError>;

    /// Ends a family that lives. Returns whether it did; it is committed then.
    async fn revoke_family(
        &self,
        id: SessionId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The families that were ended at `since` or later, and when.
    async fn revoked_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(SessionId, Timestamp)>, StoreError>;

    /// A feed that tells when another process may have ended families.
    async fn revocation_feed(&self) -> Result<Box<dyn RevocationFeed>, StoreError>;

    /// Waits for the connections to finish and closes them.
    async fn close(&self);
}

/// A unit of work.
#[async_trait]
pub trait Tx: Send {
    /// Reads a user and keeps everybody else from changing the row until the end.
    async fn lock_user(&mut self, id: UserId) -> Result<Option<UserRecord>, StoreError>;

    /// Adds a user.
    async fn insert_user(&mut self, user: &NewUser) -> Result<UserId, StoreError>;

    /// Notes the moment of a sign-in.
    async fn touch_last_login(&mut self, id: UserId, now: Timestamp) -> Result<(), StoreError>;

    /// Disables an account. Returns whether it was enabled.
    async fn disable_user(&mut self, id: UserId, now: Timestamp) -> Result<bool, StoreError>;

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

    /// Ends every living family of a user and names them.
    async fn revoke_families_of(
        &mut self,
        user: UserId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Makes it all durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Tells when another process may have ended families.
#[async_trait]
pub trait RevocationFeed: Send {
    /// Waits for the feed's next look, a fraction of a second, and returns whether anything may
    /// have changed since the last one. Every `Ok` proves that the database could be asked.
    async fn next(&mut self) -> Result<bool, StoreError>;
}
