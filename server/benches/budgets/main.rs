//! The budgets, each beside its floor, measured in one run on one machine: `make bench`.
//!
//! This process makes the load and checks every status; what is measured runs in processes of
//! their own, and so do the floors (this program again, with a word that says which).
//!
//! `cargo bench -p server --bench budgets -- reads` measures the scenarios that are named.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark prints, and one that cannot go on has failed"
)]

mod crowd;
mod enumeration;
mod families;
mod flood;
mod floors;
mod import;
mod load;
mod node;
mod report;
mod scenarios;

use std::process::ExitCode;

use tokio::runtime::Builder;

use self::{node::Engine, report::Report};

fn main() -> ExitCode {
    // `cargo bench` adds a flag of its own.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["floor-http"] => runtime().block_on(floors::serve_http()),
        ["floor-argon2", seconds] => floors::hash_passwords(seconds.parse().unwrap()),
        ["floor-rows", url, seconds] => {
            runtime().block_on(floors::update_rows(url, seconds.parse().unwrap()));
        }
        _ => runtime().block_on(measure(&words)),
    }
    ExitCode::SUCCESS
}

fn runtime() -> tokio::runtime::Runtime {
    Builder::new_multi_thread().enable_all().build().unwrap()
}

/// Measures everything, or the scenarios that are named.
async fn measure(words: &[&str]) {
    let wanted = |name| words.is_empty() || words.contains(&name);
    let mut report = Report::default();
    for engine in [Engine::sqlite(), Engine::postgres().await] {
        println!("measuring on {} …", engine.name());
        engine.create_user();
        if wanted("start-up") {
            scenarios::start_up(&engine, &mut report).await;
        }
        if wanted("reads") {
            scenarios::reads(&engine, &mut report).await;
        }
        if wanted("logins") {
            scenarios::logins(&engine, &mut report).await;
        }
        if wanted("refreshes") {
            scenarios::refreshes(&engine, &mut report).await;
        }
        if wanted("storm") {
            scenarios::storm(&engine, &mut report).await;
        }
        if wanted("flood") {
            flood::of_guesses(&engine, &mut report).await;
        }
        if wanted("enumeration") {
            enumeration::of_accounts(&engine, &mut report).await;
        }
        if wanted("import") {
            import::of_many(&engine, &mut report).await;
        }
        // Last: it leaves a million sessions behind.
        if wanted("families") {
            families::beside_many(&engine, &mut report).await;
        }
    }
    if wanted("revocations") {
        scenarios::revocations(&mut report).await;
    }
    report.print();
}
