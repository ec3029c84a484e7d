//! PostgreSQL: any number of processes on one database.

mod doubt;
mod feed;
mod keys;
mod reads;
mod tallies;
mod tx;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgQueryResult},
    query, query_as, query_scalar,
};

use self::{doubt::Doubt, feed::PostgresFeed, reads::Reads, tx::PostgresTx};
use super::{
    Alive, Dead, EventPlace, EventRecord, FamilyRecord, OwnSessions, RevocationFeed, SessionRecord,
    Sighting, Store, StoreError, Taken, Tx, UserRecord, WaitingMail,
    batcher::Batcher,
    event_rows::EventRow,
    import_rows, import_sql, migrate,
    session_rows::{SessionRow, ended, session_id},
    sql::{self, Extra},
    user_rows::UserRow,
};
use crate::domain::{
    Clock, Family, LegacyId, MailKind, PasswordHash, SessionId, Timestamp, Transition, UserId,
};

/// How long a request waits for a connection before the answer is 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A network that swallows packets must not hold requests for minutes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Limits of the database's own, so that no transaction lasts longer than the blacklist's feed
/// looks back (milliseconds).
const LIMITS: [(&str, &str); 3] = [
    ("lock_timeout", "5000"),
    ("statement_timeout", "10000"),
    ("idle_in_transaction_session_timeout", "10000"),
];
/// How many batches of reads of one kind go on at once.
const LANES: usize = 2;

/// Users and sessions in a PostgreSQL database.
pub struct PostgresStore {
    pool: PgPool,
    users: Batcher<UserId, Option<UserRecord>>,
    families: Batcher<SessionId, Option<Result<FamilyRecord, StoreError>>>,
    clock: Option<Arc<dyn Clock>>,
}

impl PostgresStore {
    /// Connects and brings the schema up to date. `connections` is the most that are held, the
    /// feed's own not counted. Without a `clock` time is the database's, as several nodes need.
    ///
    /// # Errors
    /// When the database cannot be reached or the schema not be brought up to date.
    pub async fn open(
        options: PgConnectOptions,
        connections: u32,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Self, StoreError> {
        let doubt = Arc::new(Doubt::default());
        let pool = pool(Arc::clone(&doubt)).max_connections(connections);
        let pool = pool.connect_with(options.options(LIMITS)).await?;
        // Nodes that start together take turns: sqlx holds an advisory lock meanwhile.
        migrate(&pool, sqlx::migrate!("../migrations/postgres")).await?;
        let reads = Arc::new(Reads::new(pool.clone(), doubt, clock.clone()));
        let for_users = Arc::clone(&reads);
        Ok(Self {
            users: Batcher::new(LANES, move |ids| Arc::clone(&for_users).users(ids)),
            families: Batcher::new(LANES, move |ids| Arc::clone(&reads).families(ids)),
            pool,
            clock,
        })
    }

    /// The moment, where it is not the database's.
    fn given_now(&self) -> Option<i64> {
        self.clock.as_ref().map(|clock| clock.now().millis())
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresStore")
    }
}

fn pool(doubt: Arc<Doubt>) -> PoolOptions<Postgres> {
    PoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false).before_acquire(
        move |connection: &mut PgConnection, rest| {
            let doubtful = doubt.concerns(rest.idle_for);
            Box::pin(async move {
                if doubtful {
                    connection.ping().await?;
                }
                Ok(true)
            })
        },
    )
}

/// Waits for the database, within reason.
async fn answer<T>(
    asked: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> Result<T, StoreError> {
    match tokio::time::timeout(ANSWER_TIMEOUT, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
    }
}

/// Whether the one row that was meant has changed.
#[expect(clippy::needless_pass_by_value, reason = "it is what a statement returns")]
fn changed_one(done: PgQueryResult) -> bool {
    done.rows_affected() == 1
}

#[async_trait]
impl Store for PostgresStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        let millis = match self.given_now() {
            Some(millis) => millis,
            None => answer(query_scalar(sql::postgres::NOW).fetch_one(&self.pool)).await?,
        };
        Ok(Timestamp::from_millis(millis))
    }

    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let transaction = answer(self.pool.begin()).await?;
        Ok(Box::new(PostgresTx::new(transaction, self.clock.clone())))
    }

    async fn lookup_user(&self, id: UserId) -> Result<Option<UserRecord>, StoreError> {
        self.users.call(id).await
    }

    async fn find_user_by_name(&self, key: &str) -> Result<Option<UserRecord>, StoreError> {
        let found = query_as::<_, UserRow>(sql::FIND_USER_BY_NAME).bind(key);
        Ok(answer(found.fetch_optional(&self.pool)).await?.map(Into::into))
    }

    async fn find_user_by_email(&self, key: &str) -> Result<Option<UserRecord>, StoreError> {
        let found = query_as::<_, UserRow>(sql::FIND_USER_BY_EMAIL).bind(key);
        Ok(answer(found.fetch_optional(&self.pool)).await?.map(Into::into))
    }

    async fn upgrade_password(
        &self,
        id: UserId,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let change = query(import_sql::UPGRADE_PASSWORD).bind(id.0);
        let change = change.bind(read.expose()).bind(new.expose());
        answer(change.execute(&self.pool)).await.map(changed_one)
    }

    async fn password_decoys(&self) -> Result<Vec<PasswordHash>, StoreError> {
        let decoys =
            answer(query_scalar(import_sql::PASSWORD_DECOYS).fetch_all(&self.pool)).await?;
        Ok(decoys.into_iter().map(PasswordHash::from_stored).collect())
    }

    async fn expect_decoys(&self, decoys: &[PasswordHash]) -> Result<bool, StoreError> {
        let decoys = import_rows::decoys(decoys)?;
        let change = query(import_sql::postgres::EXPECT_DECOYS).bind(&decoys);
        answer(change.execute(&self.pool)).await?;
        // In this order: what is used up in between is expected by then.
        let count = query_scalar(import_sql::postgres::COUNT_NEW_DECOYS).bind(&decoys);
        let count: i64 = answer(count.fetch_one(&self.pool)).await?;
        Ok(count > 0)
    }

    async fn forget_expected_decoys(&self) -> Result<(), StoreError> {
        answer(query(import_sql::FORGET_EXPECTED_DECOYS).execute(&self.pool)).await.map(drop)
    }

    async fn legacy_token_is_used(&self, id: &LegacyId) -> Result<bool, StoreError> {
        let count = query_scalar(sql::LEGACY_TOKEN_IS_USED).bind(id.as_str());
        let count: i64 = answer(count.fetch_one(&self.pool)).await?;
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
        answer(change.execute(&self.pool)).await.map(drop)
    }

    async fn remove_mails_to_nobody(&self, now: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::REMOVE_MAILS_TO_NOBODY).bind(now.millis());
        answer(change.execute(&self.pool)).await.map(drop)
    }

    async fn waiting_mails(
        &self,
        now: Timestamp,
        count: u32,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        let rows = query_as::<_, (i64, Option<i64>, String, i64, i64)>(sql::WAITING_MAILS)
            .bind(now.millis())
            .bind(i64::from(count));
        Ok(answer(rows.fetch_all(&self.pool)).await?.into_iter().map(Into::into).collect())
    }

    async fn claim_mail(&self, read: &WaitingMail, again: Timestamp) -> Result<bool, StoreError> {
        let change =
            query(sql::CLAIM_MAIL).bind(read.id).bind(read.due_at.millis()).bind(again.millis());
        answer(change.execute(&self.pool)).await.map(changed_one)
    }

    async fn remove_mail(&self, id: i64, due_at: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::REMOVE_MAIL).bind(id).bind(due_at.millis());
        answer(change.execute(&self.pool)).await.map(drop)
    }

    async fn taken(&self, name: Option<&str>, email: Option<&str>) -> Result<Taken, StoreError> {
        let counts = query_as::<_, (i64, i64)>(sql::TAKEN).bind(name).bind(email);
        Ok(answer(counts.fetch_one(&self.pool)).await?.into())
    }

    async fn list_users(&self) -> Result<Vec<UserRecord>, StoreError> {
        let rows = query_as::<_, UserRow>(sql::LIST_USERS);
        Ok(answer(rows.fetch_all(&self.pool)).await?.into_iter().map(Into::into).collect())
    }

    async fn list_sessions(&self, of: Option<UserId>) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = query_as::<_, SessionRow>(sql::LIST_SESSIONS).bind(of.map(|user| user.0));
        let rows = answer(rows.fetch_all(&self.pool)).await?;
        rows.into_iter().map(SessionRecord::try_from).collect()
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
        OwnSessions::read(answer(rows.fetch_all(&self.pool)).await?)
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
        Ok(answer(rows.fetch_all(&self.pool)).await?.into_iter().map(Into::into).collect())
    }

    async fn remove_events(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError> {
        let removal = query(sql::events::REMOVE).bind(moment.millis()).bind(i64::from(count));
        Ok(answer(removal.execute(&self.pool)).await?.rows_affected() == u64::from(count))
    }

    async fn forget_clients(&self, moment: Timestamp, count: u32) -> Result<bool, StoreError> {
        let change =
            query(sql::events::FORGET_CLIENTS).bind(moment.millis()).bind(i64::from(count));
        Ok(answer(change.execute(&self.pool)).await?.rows_affected() == u64::from(count))
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
        let change = query(statement)
            .bind(read.id.to_string())
            .bind(read.generation.number())
            .bind(now.millis());
        let change = match extra {
            Extra::Nothing => change,
            Extra::One(value) => change.bind(value),
            Extra::Two(one, other) => change.bind(one).bind(other),
        };
        answer(change.execute(&self.pool)).await.map(changed_one)
    }

    async fn sight(
        &self,
        sightings: &[Sighting],
        store_delay: Duration,
    ) -> Result<Vec<bool>, StoreError> {
        reads::sight(&self.pool, sightings, store_delay).await
    }

    async fn touch(&self, used: &[(SessionId, Timestamp)]) -> Result<(), StoreError> {
        let ids: Vec<_> = used.iter().map(|(session, _)| session.to_string()).collect();
        let moments: Vec<_> = used.iter().map(|(_, at)| at.millis()).collect();
        let change = query(sql::own_sessions::TOUCH_ALL).bind(ids).bind(moments);
        answer(change.execute(&self.pool)).await.map(drop)
    }

    async fn revoked_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(SessionId, Timestamp)>, StoreError> {
        let rows = query_as(sql::REVOKED_SINCE).bind(since.millis());
        answer(rows.fetch_all(&self.pool)).await?.into_iter().map(ended).collect()
    }

    async fn remove_dead(
        &self,
        after: Option<SessionId>,
        count: u32,
        dead: Dead,
    ) -> Result<Option<SessionId>, StoreError> {
        let after = after.map_or(sql::FIRST_ID.to_owned(), |id| id.to_string());
        let end = query_scalar(sql::END_OF_STEP).bind(&after).bind(i64::from(count) - 1);
        let end: Option<String> = answer(end.fetch_optional(&self.pool)).await?;
        let removal = query(sql::REMOVE_DEAD)
            .bind(&after)
            .bind(end.as_deref().unwrap_or(sql::LAST_ID))
            .bind(dead.since.millis())
            .bind(dead.idle_since.millis());
        answer(removal.execute(&self.pool)).await?;
        if end.is_none() {
            let removal = query(sql::FORGET_REMOVED).bind(dead.since.millis());
            answer(removal.execute(&self.pool)).await?;
            let removal = query(sql::FORGET_LEGACY_TOKENS).bind(dead.since.millis());
            answer(removal.execute(&self.pool)).await?;
        }
        end.as_deref().map(session_id).transpose()
    }

    async fn revocation_feed(&self) -> Result<Box<dyn RevocationFeed>, StoreError> {
        Ok(Box::new(
            PostgresFeed::open(pool(Arc::default()), (*self.pool.connect_options()).clone())
                .await?,
        ))
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
