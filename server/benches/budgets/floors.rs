//! What there would be without Latchkey: the least that the same work costs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use axum::{Json, Router, http::HeaderMap, http::StatusCode, routing::get};
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};
use sqlx::{
    Executor as _, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::net::TcpListener;

/// As many as refresh at once, each a row of its own.
const ROWS: i64 = 32;

/// A bare axum server whose one route checks an HS256 token and answers with the same JSON.
pub async fn serve_http() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("ready at http://{}", listener.local_addr().unwrap());
    let key = Arc::new(DecodingKey::from_secret(b"a secret of thirty-two bytes or more"));
    let mut validation = Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.required_spec_claims.clear();
    let handler = move |headers: HeaderMap| async move {
        let cookie = headers.get("cookie").and_then(|cookie| cookie.to_str().ok());
        let token = cookie.and_then(|cookie| cookie.strip_prefix("access=")).unwrap_or_default();
        match decode::<Value>(token, &key, &validation) {
            Ok(_) => Ok(Json(json!({"items": [
                {"id": 1, "name": "first"}, {"id": 2, "name": "second"}
            ]}))),
            Err(_) => Err(StatusCode::UNAUTHORIZED),
        }
    };
    axum::serve(listener, Router::new().route("/", get(handler))).await.unwrap();
}

/// Argon2id on two threads and nothing else; prints hashes per second.
pub fn hash_passwords(seconds: u64) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let started = Instant::now();
    let threads: Vec<_> =
        (0..2).map(|_| std::thread::spawn(move || hash_until(deadline))).collect();
    let hashes: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("{}", f64::from(hashes) / started.elapsed().as_secs_f64());
}

fn hash_until(deadline: Instant) -> u32 {
    let params = Params::new(19_456, 2, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hashes = 0;
    while Instant::now() < deadline {
        argon2.hash_password_with_salt(b"correct-horse-9", &[7; 16]).unwrap();
        hashes += 1;
    }
    hashes
}

const CREATE: &str = "CREATE TABLE IF NOT EXISTS floor (id BIGINT PRIMARY KEY, generation BIGINT)";
const FILL: &str = "INSERT INTO floor VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET generation = 0";
const UPDATE: &str = "UPDATE floor SET generation = $3 WHERE id = $1 AND generation = $2";

/// Single-row transactions through sqlx, with the program's own pool sizes and durability; prints
/// how many per second.
pub async fn update_rows(url: &str, seconds: u64) {
    let done = Arc::new(AtomicU64::new(0));
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut clients = tokio::task::JoinSet::new();
    if let Some(path) = url.strip_prefix("sqlite://") {
        let pool = sqlite(path).await;
        for id in 0..ROWS {
            clients.spawn(update_sqlite(pool.clone(), id, deadline, Arc::clone(&done)));
        }
    } else {
        let pool = PgPoolOptions::new().max_connections(10).test_before_acquire(false);
        let pool = pool.connect(url).await.unwrap();
        pool.execute(CREATE).await.unwrap();
        for id in 0..ROWS {
            clients.spawn(update_postgres(pool.clone(), id, deadline, Arc::clone(&done)));
        }
    }
    clients.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "a count of seconds and rows")]
    let rate = done.load(Ordering::SeqCst) as f64 / seconds as f64;
    println!("{rate}");
}

async fn sqlite(path: &str) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    let pool = pool.connect_with(options).await.unwrap();
    pool.execute(CREATE).await.unwrap();
    pool
}

macro_rules! updating {
    ($name:ident, $pool:ty) => {
        async fn $name(pool: $pool, id: i64, deadline: Instant, done: Arc<AtomicU64>) {
            sqlx::query(FILL).bind(id).execute(&pool).await.unwrap();
            for generation in 0_i64.. {
                if Instant::now() >= deadline {
                    break;
                }
                let change = sqlx::query(UPDATE).bind(id).bind(generation).bind(generation + 1);
                assert_eq!(change.execute(&pool).await.unwrap().rows_affected(), 1);
                done.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
}

updating!(update_sqlite, SqlitePool);
updating!(update_postgres, PgPool);
