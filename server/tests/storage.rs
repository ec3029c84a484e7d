//! The storage suite: every method, every constraint, rollback, and races.

use std::{sync::Arc, time::Duration};

use latchkey::{
    domain::{
        Email, Family, Generation, PasswordHash, RevokeCause, SessionId, Timestamp, Transition,
        UserId, Username, clock::ManualClock, entropy::SeededEntropy,
    },
    storage::{
        ClientInfo, Constraint, Dead, Heard, NewEmail, NewUser, PostgresStore, Schema, Sighting,
        SqliteStore, Store, StoreError,
    },
};

use crate::support::{Engine, TestDatabase, database::Place};

const DELAY: Duration = Duration::from_mins(1);

/// Each scenario as a test on each engine.
macro_rules! on_both_engines {
    ($($scenario:ident,)*) => {
        mod sqlite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $scenario() {
                    super::$scenario(&TestDatabase::new(Engine::Sqlite, at(0)).await).await;
                }
            )*
        }

        mod postgres {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $scenario() {
                    super::$scenario(&TestDatabase::new(Engine::Postgres, at(0)).await).await;
                }
            )*
        }
    };
}

mod accounts;
mod cleanup;
mod engines;
mod events;
mod families;
mod import;
mod keys;
mod mails;
mod tallies;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn new_user(name: &str, email: Option<&str>) -> NewUser {
    NewUser {
        username: Username::parse(name).unwrap(),
        email: email.map(|email| Email::parse(email).unwrap()),
        email_verified_at: None,
        first_name: "Ada".to_owned(),
        last_name: String::new(),
        password_hash: PasswordHash::from_stored("hash".to_owned()),
        superuser_since: None,
        created_at: at(0),
    }
}

async fn add_user(
    store: &dyn Store,
    name: &str,
    email: Option<&str>,
) -> Result<UserId, StoreError> {
    let mut tx = store.begin().await?;
    let id = tx.insert_user(&new_user(name, email)).await?;
    tx.commit().await?;
    Ok(id)
}

async fn add_family(store: &dyn Store, user: UserId, seed: u64) -> Family {
    let id = SessionId::generate(at(0), &SeededEntropy::new(seed)).unwrap();
    let family = Family::open(id, user, at(0), Duration::from_hours(2160));
    let mut tx = store.begin().await.unwrap();
    tx.insert_family(&family, &ClientInfo::default()).await.unwrap();
    tx.commit().await.unwrap();
    family
}

/// Ends a family as of now. Returns whether it lived.
async fn revoke(store: &dyn Store, id: SessionId, cause: RevokeCause) -> bool {
    let mut tx = store.begin().await.unwrap();
    let now = tx.now().await.unwrap();
    let ended = tx.revoke_family(id, cause, now).await.unwrap();
    tx.commit().await.unwrap();
    ended
}

async fn family(store: &dyn Store, id: SessionId) -> Family {
    store.lookup_family(id).await.unwrap().unwrap().family
}
