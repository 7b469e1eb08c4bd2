//! The log goes to standard error, so that what a command answers can be piped on.

use crate::failure::Failure;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts the log. A server tells what it does; the other commands speak up only about trouble.
pub(crate) fn start(level: Option<&str>, server: bool, json: bool) -> anyhow::Result<()> {
    let usual = if server { "info" } else { "error" };
    let filter = EnvFilter::try_new(level.unwrap_or(usual)).map_err(|error| {
        Failure::new(
            format!(
                "`{}` says nothing that can be logged: {error}",
                level.unwrap_or(usual)
            ),
            "use one of error, warn, info, debug, trace",
        )
    })?;
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(colours);
    if json {
        log.json().init();
    } else {
        log.init();
    }
    Ok(())
}
