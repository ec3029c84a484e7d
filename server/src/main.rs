//! The `latchkey` program.

use std::process::ExitCode;

use latchkey::cli::Cli;
use mimalloc::MiMalloc;

// A request makes some hundred small allocations: the system's allocator takes three times as long.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::from_arguments().run().await
}
