//! The log goes to standard error, so that what a command answers can be piped on.

use crate::failure::Failure;
use std::io::IsTerminal;
use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

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
    let own = filter_fn(|line| may_be_heard(line.target(), *line.level()));
    if json {
        log.json().finish().with(own).init();
    } else {
        log.finish().with(own).init();
    }
    Ok(())
}

/// Whether a line may be logged at all, however talkative the log is to be. Libraries write down what passes through
/// them, names and addresses too, so of them there is only what goes wrong.
fn may_be_heard(target: &str, level: Level) -> bool {
    target.starts_with("regulars") || level <= Level::WARN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_heard_when_something_goes_wrong() {
        for (target, level, heard) in [
            ("regulars_app::lane", Level::TRACE, true),
            ("regulars", Level::DEBUG, true),
            ("rmcp::service", Level::DEBUG, false),
            ("lettre::transport", Level::INFO, false),
            ("rustls", Level::WARN, true),
            ("hyper", Level::ERROR, true),
        ] {
            assert_eq!(may_be_heard(target, level), heard, "{target} {level}");
        }
    }
}
