//! What happened to accounts: noted in the transaction that makes it happen, so that one is never
//! without the other, and read by whoever it happened to.

use super::{Auth, AuthError};
use crate::{
    domain::{EventKind, Timestamp, UserId},
    storage::{ClientInfo, EventPlace, EventRecord, NewEvent, Tx},
};

/// How many events are read at once.
const PAGE: u32 = 50;

/// What happened to an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// The latest first.
    pub events: Vec<EventRecord>,
    /// Where it goes on, if it does.
    pub next: Option<EventPlace>,
}

impl Auth {
    /// What happened to an account from this place on, some of it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn activity(&self, of: UserId, from: EventPlace) -> Result<Activity, AuthError> {
        let mut events = self.store.list_events(of, from, PAGE + 1).await?;
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let goes_on = events.len() > most;
        events.truncate(most);
        let next = goes_on.then(|| from.behind(&events));
        Ok(Activity { events, next })
    }

    /// The latest of what happened to the account of this name.
    ///
    /// # Errors
    /// [`AuthError::UserNotFound`], or what the store says.
    pub async fn activity_of(&self, username: &str) -> Result<Activity, AuthError> {
        let user = self.account(username).await?;
        self.activity(user.id, EventPlace::START).await
    }

    /// Notes what a transaction makes happen.
    pub(super) async fn note(
        &self,
        tx: &mut dyn Tx,
        user: UserId,
        kind: EventKind,
        client: &ClientInfo,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        match self.event(user, kind, 1, client.clone(), now) {
            Some(event) => Ok(tx.insert_event(&event).await?),
            None => Ok(()),
        }
    }

    /// Notes that sessions were ended from another one or from outside, if any were.
    pub(super) async fn note_ended(
        &self,
        tx: &mut dyn Tx,
        user: UserId,
        sessions: usize,
        client: &ClientInfo,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let count = u32::try_from(sessions).unwrap_or(u32::MAX);
        match self.event(user, EventKind::SessionsEnded, count, client.clone(), now) {
            Some(event) if count > 0 => Ok(tx.insert_event(&event).await?),
            _ => Ok(()),
        }
    }

    /// An event as the settings let it be kept, if they do.
    pub(super) fn event(
        &self,
        user_id: UserId,
        kind: EventKind,
        count: u32,
        client: ClientInfo,
        at: Timestamp,
    ) -> Option<NewEvent> {
        let policy = self.policy.audit;
        let client = if policy.client_retention.is_zero() { ClientInfo::default() } else { client };
        (!policy.retention.is_zero()).then_some(NewEvent { user_id, kind, at, count, client })
    }
}
