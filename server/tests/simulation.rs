//! Years of use in minutes: browsers with eight tabs that refresh through the real use cases, on a
//! real database, over a network that loses and reorders every fifth answer.
//!
//! Nobody honest may be signed out, no session may fork, every copy that is presented too late must
//! end its session, and there must be one row for each sign-in, whatever happens.

mod browser;
mod course;
mod wait;

use course::{Course, Plan};

use crate::support::{Engine, in_full};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    let refreshes = if in_full() { 1_000_000 } else { 4_000 };
    run(Engine::Sqlite, refreshes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    let refreshes = if in_full() { 100_000 } else { 2_000 };
    run(Engine::Postgres, refreshes).await;
}

async fn run(engine: Engine, refreshes: usize) {
    let plan = Plan { refreshes, browsers: if in_full() { 64 } else { 8 }, seed: 20_261_125 };
    let mut course = Course::begin(engine, plan).await;
    course.run().await;
    let report = course.end().await;
    println!("{engine:?}, seed {}: {report}", plan.seed);
    report.check(refreshes);
}
