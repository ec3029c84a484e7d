//! SQLite: one file, write-ahead log, one writer in this process.
//!
//! Writers queue for the pool's only writing connection, which is fair and costs no busy-waiting;
//! `busy_timeout` is for other processes (the command line).

mod batch;
mod feed;
mod keys;
mod presence;
mod tallies;
mod tx;

use std::{fmt, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::try_join_all;
use sqlx::{
    SqlitePool, query, query_as, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use self::{batch::Change, feed::SqliteFeed, presence::Presence, tallies::Count, tx::SqliteTx};
use super::{
    Alive, Dead, EventPlace, EventRecord, FamilyRecord, OwnSessions, RevocationFeed, SessionRecord,
    Sighting, Store, StoreError, Taken, Tx, UserRecord, WaitingMail,
    batcher::Batcher,
    event_rows::EventRow,
    import_rows, import_sql, migrate,
    session_rows::{SessionRow, ended, session_id},
    sql,
    user_rows::UserRow,
};
use crate::domain::{
    Clock, Family, LegacyId, MailKind, PasswordHash, SessionId, Timestamp, Transition, UserId,
};

/// How long a writer waits for another process before the answer is 503.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a request waits for a connection before the answer is 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// How many batches of reads of one kind go on at once.
const LANES: usize = 2;

/// Users and sessions in a SQLite file.
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    users: Batcher<UserId, Option<UserRecord>>,
    families: Batcher<SessionId, Option<Result<FamilyRecord, StoreError>>>,
    changes: Batcher<Change, bool>,
    counts: Batcher<Vec<Count>, ()>,
    options: SqliteConnectOptions,
    presence: Presence,
    clock: Arc<dyn Clock>,
}

impl SqliteStore {
    /// Opens the file, makes it where it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or the schema not be brought up to date.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        // Commits must survive a power cut: an answer is given only after its commit.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);

        let setup = pool(1).connect_with(options.clone().create_if_missing(true)).await?;
        migrate(&setup, sqlx::migrate!("../migrations/sqlite")).await?;
        setup.close().await;

        // From here on a missing file is a fault, not a reason to make an empty one.
        let options = options.create_if_missing(false);
        let presence = Presence::of(path);
        let writer = presence.guard(pool(1)).connect_lazy_with(options.clone());
        let readers = presence.guard(pool(READERS)).connect_lazy_with(options.clone());
        let for_users = readers.clone();
        let (for_families, at) = (readers.clone(), Arc::clone(&clock));
        let (for_changes, for_counts) = (writer.clone(), writer.clone());
        let counting = Arc::clone(&clock);
        Ok(Self {
            users: Batcher::new(LANES, move |ids| batch::users(for_users.clone(), ids)),
            families: Batcher::new(LANES, move |ids| {
                batch::families(for_families.clone(), ids, at.now())
            }),
            changes: Batcher::new(1, move |changes| batch::apply(for_changes.clone(), changes)),
            counts: Batcher::new(1, move |counts| {
                tallies::count(for_counts.clone(), counts, counting.now())
            }),
            writer,
            readers,
            options,
            presence,
            clock,
        })
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteStore({:?})", self.presence)
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
}

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.clock.now())
    }

    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        // A deferred transaction that turns into a writing one fails at once when somebody else
        // writes; an immediate one waits its turn.
        Ok(Box::new(SqliteTx::new(
            self.writer.begin_with("BEGIN IMMEDIATE").await?,
            Arc::clone(&self.clock),
        )))
    }

    async fn lookup_user(&self, id: UserId) -> Result<Option<UserRecord>, StoreError> {
        self.users.call(id).await
    }

    async fn find_user_by_name(&self, key: &str) -> Result<Option<UserRecord>, StoreError> {
        let row: Option<UserRow> =
            query_as(sql::FIND_USER_BY_NAME).bind(key).fetch_optional(&self.readers).await?;
        Ok(row.map(Into::into))
    }

    async fn find_user_by_email(&self, key: &str) -> Result<Option<UserRecord>, StoreError> {
        let found = query_as::<_, UserRow>(sql::FIND_USER_BY_EMAIL).bind(key);
        Ok(found.fetch_optional(&self.readers).await?.map(Into::into))
    }

    async fn upgrade_password(
        &self,
        id: UserId,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let change = query(import_sql::UPGRADE_PASSWORD).bind(id.0);
        let change = change.bind(read.expose()).bind(new.expose());
        Ok(change.execute(&self.writer).await?.rows_affected() == 1)
    }

    async fn password_decoys(&self) -> Result<Vec<PasswordHash>, StoreError> {
        let decoys = query_scalar(import_sql::PASSWORD_DECOYS).fetch_all(&self.readers).await?;
        Ok(decoys.into_iter().map(PasswordHash::from_stored).collect())
    }

    async fn expect_decoys(&self, decoys: &[PasswordHash]) -> Result<bool, StoreError> {
        let decoys = import_rows::decoys(decoys)?;
        query(import_sql::sqlite::EXPECT_DECOYS).bind(&decoys).execute(&self.writer).await?;
        // In this order: what is used up in between is expected by then.
        let count = query_scalar(import_sql::sqlite::COUNT_NEW_DECOYS).bind(&decoys);
        let count: i64 = count.fetch_one(&self.readers).await?;
        Ok(count > 0)
    }

    async fn forget_expected_decoys(&self) -> Result<(), StoreError> {
        query(import_sql::FORGET_EXPECTED_DECOYS).execute(&self.writer).await?;
        Ok(())
    }

    async fn legacy_token_is_used(&self, id: &LegacyId) -> Result<bool, StoreError> {
        let count = query_scalar(sql::LEGACY_TOKEN_IS_USED).bind(id.as_str());
        let count: i64 = count.fetch_one(&self.readers).await?;
        Ok(count == 1)
    }

    async fn queue_mail(
        &self,
        user: Option<UserId>,
        kind: MailKind,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let user = user.map(|user| user.0);
        let change = query(sql::QUEUE_MAIL).bind(user).bind(kind.as_str()).bind(now.millis());
        change.execute(&self.writer).await?;
        Ok(())
    }

    async fn remove_mails_to_nobody(&self, now: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::REMOVE_MAILS_TO_NOBODY).bind(now.millis());
        change.execute(&self.writer).await?;
        Ok(())
    }

    async fn waiting_mails(
        &self,
        now: Timestamp,
        count: u32,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        let rows = query_as::<_, (i64, Option<i64>, String, i64, i64)>(sql::WAITING_MAILS)
            .bind(now.millis())
            .bind(i64::from(count));
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(Into::into).collect())
    }

    async fn claim_mail(&self, read: &WaitingMail, again: Timestamp) -> Result<bool, StoreError> {
        let change =
            query(sql::CLAIM_MAIL).bind(read.id).bind(read.due_at.millis()).bind(again.millis());
        Ok(change.execute(&self.writer).await?.rows_affected() == 1)
    }

    async fn remove_mail(&self, id: i64, due_at: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::REMOVE_MAIL).bind(id).bind(due_at.millis());
        change.execute(&self.writer).await?;
        Ok(())
    }

    async fn taken(&self, name: Option<&str>, email: Option<&str>) -> Result<Taken, StoreError> {
        let counts = query_as::<_, (i64, i64)>(sql::TAKEN).bind(name).bind(email);
        Ok(counts.fetch_one(&self.readers).await?.into())
    }

    async fn list_users(&self) -> Result<Vec<UserRecord>, StoreError> {
        let rows: Vec<UserRow> = query_as(sql::LIST_USERS).fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn list_sessions(&self, of: Option<UserId>) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = query_as::<_, SessionRow>(sql::LIST_SESSIONS).bind(of.map(|user| user.0));
        rows.fetch_all(&self.readers).await?.into_iter().map(SessionRecord::try_from).collect()
    }

    async fn own_sessions(
        &self,
        user: UserId,
        own: SessionId,
        alive: Alive,
        most: u32,
    ) -> Result<OwnSessions, StoreError> {
        let rows = query_as(sql::own_sessions::LIST)
            .bind(user.0)
            .bind(alive.now.millis())
            .bind(alive.idle_since.millis())
            .bind(own.to_string())
            .bind(i64::from(most));
        OwnSessions::read(rows.fetch_all(&self.readers).await?)
    }

    async fn list_events(
        &self,
        user: UserId,
        from: EventPlace,
        count: u32,
    ) -> Result<Vec<EventRecord>, StoreError> {
        let rows = query_as::<_, EventRow>(sql::events::LIST)
            .bind(user.0)
            .bind(from.at.millis())
            .bind(i64::from(count))
            .bind(i64::from(from.shown));
        Ok(rows.fetch_all(&self.readers).await?.into_iter().map(Into::into).collect())
    }

    async fn remove_events(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError> {
        let removal = query(sql::events::REMOVE).bind(moment.millis()).bind(i64::from(count));
        Ok(removal.execute(&self.writer).await?.rows_affected() == u64::from(count))
    }

    async fn forget_clients(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError> {
        let change =
            query(sql::events::FORGET_CLIENTS).bind(moment.millis()).bind(i64::from(count));
        Ok(change.execute(&self.writer).await?.rows_affected() == u64::from(count))
    }

    async fn lookup_family(&self, id: SessionId) -> Result<Option<FamilyRecord>, StoreError> {
        self.families.call(id).await?.transpose()
    }

    async fn apply(
        &self,
        read: &Family,
        transition: Transition,
        now: Timestamp,
        store_delay: Duration,
    ) -> Result<bool, StoreError> {
        let (statement, extra) = sql::transition(transition, read, now, store_delay);
        let (id, generation) = (read.id, read.generation);
        self.changes.call(Change { id, generation, now, statement, extra }).await
    }

    async fn sight(
        &self,
        sightings: &[Sighting],
        store_delay: Duration,
    ) -> Result<Vec<bool>, StoreError> {
        let change = |sighting: &Sighting| {
            let Sighting { session: id, generation, at: now } = *sighting;
            let (statement, extra) = sql::sighting(store_delay);
            self.changes.call(Change { id, generation, now, statement, extra })
        };
        try_join_all(sightings.iter().map(change)).await
    }

    async fn touch(&self, used: &[(SessionId, Timestamp)]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (session, at) in used {
            let change =
                query(sql::own_sessions::TOUCH).bind(session.to_string()).bind(at.millis());
            change.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn revoked_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(SessionId, Timestamp)>, StoreError> {
        let rows = query_as(sql::REVOKED_SINCE).bind(since.millis());
        rows.fetch_all(&self.readers).await?.into_iter().map(ended).collect()
    }

    async fn remove_dead(
        &self,
        after: Option<SessionId>,
        count: u32,
        dead: Dead,
    ) -> Result<Option<SessionId>, StoreError> {
        let after = after.map_or(sql::FIRST_ID.to_owned(), |id| id.to_string());
        let end = query_scalar(sql::END_OF_STEP).bind(&after).bind(i64::from(count) - 1);
        let end: Option<String> = end.fetch_optional(&self.readers).await?;
        let removal = query(sql::REMOVE_DEAD)
            .bind(&after)
            .bind(end.as_deref().unwrap_or(sql::LAST_ID))
            .bind(dead.since.millis())
            .bind(dead.idle_since.millis());
        removal.execute(&self.writer).await?;
        if end.is_none() {
            let removal = query(sql::FORGET_REMOVED).bind(dead.since.millis());
            removal.execute(&self.writer).await?;
            let removal = query(sql::FORGET_LEGACY_TOKENS).bind(dead.since.millis());
            removal.execute(&self.writer).await?;
        }
        end.as_deref().map(session_id).transpose()
    }

    async fn revocation_feed(&self) -> Result<Box<dyn RevocationFeed>, StoreError> {
        Ok(Box::new(SqliteFeed::new(self.options.clone(), self.presence.clone())))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
