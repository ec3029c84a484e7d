//! The log: a line an event, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::ConfigError;

/// Starts logging. `filter` is `LOG`, as in `info` or `latchkey=debug,warn`.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str) -> Result<(), ConfigError> {
    let filter = EnvFilter::builder().parse(filter).map_err(|error| {
        ConfigError(format!(
            "LOG is {filter:?}, which is no filter ({error}): write info, or latchkey=debug,warn."
        ))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // People read colours, machines read JSON. A second start changes nothing.
    let _ = if std::io::stderr().is_terminal() {
        log.compact().try_init()
    } else {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
    };
    Ok(())
}
