//! A unit of work on PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Postgres, Transaction, query, query_as, query_scalar};

use super::{answer, changed_one};
use crate::{
    domain::{
        Clock, Email, Family, LegacyId, MailKind, PasswordHash, RevokeCause, SessionId, Timestamp,
        UserId,
    },
    storage::{
        Alive, Claim, ClientInfo, ImportedUser, Names, NewEmail, NewEvent, NewUser, Removal,
        StoreError, Tx, UserRecord, Wanted,
        import_rows::{self, ClaimRow, WantedRow},
        import_sql,
        session_rows::session_id,
        sql,
        user_rows::UserRow,
    },
};

/// Who changes an account locks its row first, so that changes of one account take turns.
pub(super) struct PostgresTx {
    pub(super) transaction: Transaction<'static, Postgres>,
    clock: Option<Arc<dyn Clock>>,
}

impl PostgresTx {
    pub(super) const fn new(
        transaction: Transaction<'static, Postgres>,
        clock: Option<Arc<dyn Clock>>,
    ) -> Self {
        Self { transaction, clock }
    }

    /// What the system before this one has issued to them is ended with their sessions.
    async fn refuse_legacy_tokens(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let refusal = query(sql::REFUSE_LEGACY_TOKENS).bind(user.0).bind(now.millis());
        answer(refusal.execute(&mut *self.transaction)).await.map(drop)
    }
}

#[async_trait]
impl Tx for PostgresTx {
    async fn now(&mut self) -> Result<Timestamp, StoreError> {
        if let Some(clock) = &self.clock {
            return Ok(clock.now());
        }
        let now = query_scalar(sql::postgres::NOW).fetch_one(&mut *self.transaction);
        Ok(Timestamp::from_millis(answer(now).await?))
    }

    async fn lock_user(&mut self, id: UserId) -> Result<Option<UserRecord>, StoreError> {
        let row = query_as::<_, UserRow>(sql::postgres::LOCK_USER).bind(id.0);
        Ok(answer(row.fetch_optional(&mut *self.transaction)).await?.map(Into::into))
    }

    async fn insert_user(&mut self, user: &NewUser) -> Result<UserId, StoreError> {
        let id = query_scalar(sql::INSERT_USER)
            .bind(user.username.as_str())
            .bind(user.username.key())
            .bind(user.email.as_ref().map(Email::as_str))
            .bind(user.email.as_ref().map(Email::key))
            .bind(user.email_verified_at.map(Timestamp::millis))
            .bind(&user.first_name)
            .bind(&user.last_name)
            .bind(user.password_hash.expose())
            .bind(user.superuser_since.map(Timestamp::millis))
            .bind(user.created_at.millis());
        Ok(UserId(answer(id.fetch_one(&mut *self.transaction)).await?))
    }

    async fn reserve_ids(&mut self, highest: UserId) -> Result<(), StoreError> {
        let change = query(import_sql::postgres::RESERVE_IDS).bind(highest.0);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn claims(&mut self, of: &Wanted) -> Result<Vec<Claim>, StoreError> {
        let WantedRow { ids, names, emails } = of.try_into()?;
        let found = query_as::<_, ClaimRow>(import_sql::postgres::CLAIMS)
            .bind(ids)
            .bind(names)
            .bind(emails);
        let rows = answer(found.fetch_all(&mut *self.transaction)).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn removals(&mut self, of: &[UserId]) -> Result<Vec<Removal>, StoreError> {
        let found = query_as::<_, (i64, i64)>(import_sql::postgres::REMOVALS);
        let found = found.bind(import_rows::json_ids(of)?);
        let rows = answer(found.fetch_all(&mut *self.transaction)).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn forget_removals(&mut self, of: &[UserId]) -> Result<(), StoreError> {
        let change = query(import_sql::postgres::FORGET_REMOVALS).bind(import_rows::json_ids(of)?);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn insert_imported(&mut self, users: &[ImportedUser]) -> Result<Vec<UserId>, StoreError> {
        let change = query_scalar(import_sql::postgres::INSERT).bind(import_rows::rows(users)?);
        Ok(import_rows::ids(answer(change.fetch_all(&mut *self.transaction)).await?))
    }

    async fn touch_last_login(&mut self, id: UserId, now: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::TOUCH_LAST_LOGIN).bind(id.0).bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn verify_email(
        &mut self,
        id: UserId,
        email_key: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = query(sql::VERIFY_EMAIL).bind(id.0).bind(email_key).bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn ask_new_email(
        &mut self,
        id: UserId,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let change = query(sql::ASK_NEW_EMAIL).bind(id.0).bind(email.as_str()).bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn change_email(
        &mut self,
        id: UserId,
        read: &NewEmail,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = query(sql::CHANGE_EMAIL)
            .bind(id.0)
            .bind(&read.address)
            .bind(read.asked_at.millis())
            .bind(Email::key_of(&read.address))
            .bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn queue_mail(
        &mut self,
        user: UserId,
        kind: MailKind,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let change = query(sql::QUEUE_MAIL).bind(user.0).bind(kind.as_str()).bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn disable_user(&mut self, id: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let change = query(sql::DISABLE_USER).bind(id.0).bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn enable_user(&mut self, id: UserId) -> Result<bool, StoreError> {
        let change = query(sql::ENABLE_USER).bind(id.0);
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn rename_user(&mut self, id: UserId, names: &Names) -> Result<(), StoreError> {
        let change = query(sql::RENAME_USER)
            .bind(id.0)
            .bind(&names.username)
            .bind(&names.username_key)
            .bind(&names.first_name)
            .bind(&names.last_name);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn replace_password(
        &mut self,
        id: UserId,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let change = query(sql::REPLACE_PASSWORD).bind(id.0).bind(read.expose()).bind(new.expose());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn delete_user(
        &mut self,
        id: UserId,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let removed = query_scalar(sql::REMOVE_SESSIONS_OF_USER).bind(id.0).bind(now.millis());
        let removed: Vec<String> = answer(removed.fetch_all(&mut *self.transaction)).await?;
        let removal = query(sql::REMEMBER_REMOVAL).bind(id.0).bind(now.millis());
        answer(removal.execute(&mut *self.transaction)).await?;
        let change = query(sql::DELETE_USER).bind(id.0);
        answer(change.execute(&mut *self.transaction)).await?;
        removed.iter().map(|id| session_id(id)).collect()
    }

    async fn insert_family(
        &mut self,
        family: &Family,
        client: &ClientInfo,
    ) -> Result<(), StoreError> {
        let change = query(sql::INSERT_FAMILY)
            .bind(family.id.to_string())
            .bind(family.user_id.0)
            .bind(family.created_at.millis())
            .bind(family.generation.number())
            .bind(family.rotated_at.millis())
            .bind(family.answered_at.millis())
            .bind(family.absolute_expires_at.millis())
            .bind(family.authenticated_at.map(Timestamp::millis))
            .bind(&client.user_agent)
            .bind(&client.ip);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn revoke_family(
        &mut self,
        id: SessionId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let change =
            query(sql::REVOKE_FAMILY).bind(id.to_string()).bind(now.millis()).bind(cause.as_str());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn use_legacy_token(
        &mut self,
        id: &LegacyId,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = query(sql::USE_LEGACY_TOKEN).bind(id.as_str()).bind(expires_at.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn use_legacy_tokens(
        &mut self,
        tokens: &[(LegacyId, Timestamp)],
    ) -> Result<(), StoreError> {
        let tokens = import_rows::tokens(tokens)?;
        let change = query(import_sql::postgres::USE_LEGACY_TOKENS).bind(tokens);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn revoke_families_of(
        &mut self,
        user: UserId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.refuse_legacy_tokens(user, now).await?;
        let ids = query_scalar(sql::REVOKE_FAMILIES_OF_USER)
            .bind(user.0)
            .bind(now.millis())
            .bind(cause.as_str());
        let ids: Vec<String> = answer(ids.fetch_all(&mut *self.transaction)).await?;
        ids.iter().map(|id| session_id(id)).collect()
    }

    async fn revoke_session_of(
        &mut self,
        user: UserId,
        id: SessionId,
        cause: RevokeCause,
        alive: Alive,
    ) -> Result<bool, StoreError> {
        let change = query(sql::own_sessions::REVOKE)
            .bind(id.to_string())
            .bind(user.0)
            .bind(alive.now.millis())
            .bind(cause.as_str())
            .bind(alive.idle_since.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn revoke_other_families_of(
        &mut self,
        user: UserId,
        keep: SessionId,
        cause: RevokeCause,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.refuse_legacy_tokens(user, now).await?;
        let ids = query_scalar(sql::own_sessions::REVOKE_OTHERS)
            .bind(user.0)
            .bind(keep.to_string())
            .bind(now.millis())
            .bind(cause.as_str());
        let ids: Vec<String> = answer(ids.fetch_all(&mut *self.transaction)).await?;
        ids.iter().map(|id| session_id(id)).collect()
    }

    async fn session_lives(&mut self, user: UserId, id: SessionId) -> Result<bool, StoreError> {
        let count = query_scalar(sql::own_sessions::LIVES).bind(id.to_string()).bind(user.0);
        let count: i64 = answer(count.fetch_one(&mut *self.transaction)).await?;
        Ok(count == 1)
    }

    async fn authenticate_session(
        &mut self,
        user: UserId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = query(sql::own_sessions::AUTHENTICATE)
            .bind(id.to_string())
            .bind(user.0)
            .bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn insert_event(&mut self, event: &NewEvent) -> Result<(), StoreError> {
        let change = query(sql::events::INSERT)
            .bind(event.user_id.0)
            .bind(event.kind.as_str())
            .bind(event.at.millis())
            .bind(i64::from(event.count))
            .bind(&event.client.user_agent)
            .bind(&event.client.ip);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn count_event(&mut self, event: &NewEvent) -> Result<(), StoreError> {
        let change = query(sql::events::COUNT)
            .bind(event.user_id.0)
            .bind(event.kind.as_str())
            .bind(event.at.millis())
            .bind(i64::from(event.count))
            .bind(&event.client.user_agent)
            .bind(&event.client.ip)
            .bind(event.hour())
            .bind(NewEvent::MOST_ADDRESSES);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        answer(self.transaction.commit()).await
    }
}
