//! Many accounts beside Ada's.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::node::Engine;

/// How many they are.
pub const SIZE: u32 = 10_000;

/// The user name of one of them.
pub fn name(n: u32) -> String {
    format!("crowd-{}", n % SIZE)
}

/// Makes them. All have Ada's hash: what a wrong password costs there is what it costs at hers.
pub async fn gather(engine: &Engine) {
    let copies = format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {SIZE}) \
         INSERT INTO users \
         (username, username_key, first_name, last_name, password_hash, created_at) \
         SELECT 'crowd-' || i, 'crowd-' || i, '', '', password_hash, created_at \
         FROM users, n WHERE username_key = 'ada'"
    );
    assert_eq!(execute(engine, copies).await, u64::from(SIZE));
}

/// Removes them again: what is measured next starts from where it would without them.
pub async fn disperse(engine: &Engine) {
    let gone = "DELETE FROM users WHERE username_key LIKE 'crowd-%'".to_owned();
    assert_eq!(execute(engine, gone).await, u64::from(SIZE));
}

/// How many rows it changed.
async fn execute(engine: &Engine, statement: String) -> u64 {
    let statement = AssertSqlSafe(statement);
    if engine.url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(&engine.url).await.unwrap();
        let done = connection.execute(statement).await.unwrap();
        connection.close().await.unwrap();
        done.rows_affected()
    } else {
        let mut connection = PgConnection::connect(&engine.url).await.unwrap();
        connection.execute(statement).await.unwrap().rows_affected()
    }
}
