//! What a refresh costs beside many other sessions: the same.

use latchkey::domain::{Clock as _, SystemClock};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use super::{node::Engine, report::Report, scenarios};

const COUNTS: [(i64, &str); 3] =
    [(1_000, "1 thousand"), (100_000, "100 thousand"), (1_000_000, "1 million")];

/// The columns after the id: sessions of the first user that go on.
macro_rules! fill {
    ($id:literal, $numbers:literal) => {
        concat!(
            "INSERT INTO sessions (id, user_id, created_at, last_used_at, generation, rotated_at, \
             answered_at, absolute_expires_at, user_agent, ip) SELECT ",
            $id,
            ", (SELECT min(id) FROM users), $1, $1, 7, $1, $1, $1 + 7776000000, \
             'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', '192.0.2.1' FROM ",
            $numbers
        )
    };
}

const FILL_SQLITE: &str = fill!(
    "printf('01900000-0000-7000-8000-%012x', i)",
    "(WITH RECURSIVE n (i) AS (SELECT $2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $3) \
     SELECT i FROM n)"
);
const FILL_POSTGRES: &str = fill!(
    "'01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0')",
    "generate_series($2::bigint, $3::bigint - 1) AS n (i)"
);

/// Refreshes beside a thousand, a hundred thousand, a million sessions.
pub async fn beside_many(engine: &Engine, report: &mut Report) {
    let (mut there, mut first) = (0, None);
    for (count, words) in COUNTS {
        fill(engine, there, count).await;
        there = count;
        let rate = scenarios::refresh_rate(engine).await;
        let first = *first.get_or_insert(rate);
        report.rate(&engine.row(&format!("refresh beside {words} sessions")), rate, first, 0.8);
    }
}

async fn fill(engine: &Engine, from: i64, to: i64) {
    let now = SystemClock.now().millis();
    if engine.url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(&engine.url).await.unwrap();
        let fill = sqlx::query(FILL_SQLITE).bind(now).bind(from).bind(to);
        fill.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(&engine.url).await.unwrap();
        let fill = sqlx::query(FILL_POSTGRES).bind(now).bind(from).bind(to);
        fill.execute(&mut connection).await.unwrap();
        sqlx::query("VACUUM ANALYZE sessions").execute(&mut connection).await.unwrap();
    }
}
