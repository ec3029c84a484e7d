//! Signing keys and nodes on PostgreSQL.

use async_trait::async_trait;
use sqlx::{query, query_as};

use super::{PostgresTx, answer, changed_one};
use crate::{
    domain::{KeyBook, NodeRecord, SigningKey, Timestamp},
    storage::{
        KeyTx, Retirement, StoreError,
        keys::{KeyRow, NodeRow, book},
        sql::{keys as sql, postgres::LOCK_KEYS},
    },
};

#[async_trait]
impl KeyTx for PostgresTx {
    async fn lock_keys(&mut self) -> Result<KeyBook, StoreError> {
        answer(query(LOCK_KEYS).execute(&mut *self.transaction)).await?;
        let keys = query_as::<_, KeyRow>(sql::KEYS).fetch_all(&mut *self.transaction);
        let keys = answer(keys).await?;
        let nodes = query_as::<_, NodeRow>(sql::NODES).fetch_all(&mut *self.transaction);
        Ok(book(keys, answer(nodes).await?))
    }

    async fn remember_key(&mut self, key: &SigningKey, now: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::REMEMBER)
            .bind(key.fingerprint())
            .bind(key.kid())
            .bind(key.algorithm().name())
            .bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn claim_key(&mut self, kid: &str, until: Timestamp) -> Result<bool, StoreError> {
        let change = query(sql::CLAIM).bind(kid).bind(until.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn retire_key(
        &mut self,
        fingerprint: &str,
        how: Retirement,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let change = query(match how {
            Retirement::OnceUnneeded => sql::RETIRE_UNNEEDED,
            Retirement::AtOnce => sql::RETIRE,
        });
        let change = change.bind(fingerprint).bind(now.millis());
        answer(change.execute(&mut *self.transaction)).await.map(changed_one)
    }

    async fn trust_key(&mut self, fingerprint: &str) -> Result<(), StoreError> {
        let change = query(sql::TRUST).bind(fingerprint);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn announce_node(&mut self, node: &NodeRecord) -> Result<(), StoreError> {
        let change = query(sql::ANNOUNCE_NODE)
            .bind(&node.id)
            .bind(node.live_until.millis())
            .bind(node.verifies.join(" "))
            .bind(&node.signs);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn forget_nodes(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::FORGET_NODES).bind(before.millis());
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }

    async fn remove_node(&mut self, id: &str) -> Result<(), StoreError> {
        let change = query(sql::REMOVE_NODE).bind(id);
        answer(change.execute(&mut *self.transaction)).await.map(drop)
    }
}
