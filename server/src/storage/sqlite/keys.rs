//! Signing keys and nodes on SQLite. A unit of work that holds the right to write holds it alone.

use async_trait::async_trait;
use sqlx::{query, query_as};

use super::SqliteTx;
use crate::{
    domain::{KeyBook, NodeRecord, SigningKey, Timestamp},
    storage::{
        KeyTx, Retirement, StoreError,
        keys::{KeyRow, NodeRow, book},
        sql::keys as sql,
    },
};

#[async_trait]
impl KeyTx for SqliteTx {
    async fn lock_keys(&mut self) -> Result<KeyBook, StoreError> {
        let keys: Vec<KeyRow> = query_as(sql::KEYS).fetch_all(&mut *self.transaction).await?;
        let nodes: Vec<NodeRow> = query_as(sql::NODES).fetch_all(&mut *self.transaction).await?;
        Ok(book(keys, nodes))
    }

    async fn remember_key(&mut self, key: &SigningKey, now: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::REMEMBER)
            .bind(key.fingerprint())
            .bind(key.kid())
            .bind(key.algorithm().name())
            .bind(now.millis());
        change.execute(&mut *self.transaction).await?;
        Ok(())
    }

    async fn claim_key(&mut self, kid: &str, until: Timestamp) -> Result<bool, StoreError> {
        let change = query(sql::CLAIM).bind(kid).bind(until.millis());
        Ok(change.execute(&mut *self.transaction).await?.rows_affected() == 1)
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
        Ok(change.execute(&mut *self.transaction).await?.rows_affected() == 1)
    }

    async fn trust_key(&mut self, fingerprint: &str) -> Result<(), StoreError> {
        let change = query(sql::TRUST).bind(fingerprint);
        change.execute(&mut *self.transaction).await?;
        Ok(())
    }

    async fn announce_node(&mut self, node: &NodeRecord) -> Result<(), StoreError> {
        let change = query(sql::ANNOUNCE_NODE)
            .bind(&node.id)
            .bind(node.live_until.millis())
            .bind(node.verifies.join(" "))
            .bind(&node.signs);
        change.execute(&mut *self.transaction).await?;
        Ok(())
    }

    async fn forget_nodes(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let change = query(sql::FORGET_NODES).bind(before.millis());
        change.execute(&mut *self.transaction).await?;
        Ok(())
    }

    async fn remove_node(&mut self, id: &str) -> Result<(), StoreError> {
        let change = query(sql::REMOVE_NODE).bind(id);
        change.execute(&mut *self.transaction).await?;
        Ok(())
    }
}
