//! The one executable `regulars`: the server, and every tool around it.
//!
//! A command opens the database itself, so it works with and without a server running beside it.
//! Exit codes: 0 is yes, 1 is no (a check failed, a proof found something, a story ends otherwise),
//! 2 is a wrong use or a surrounding that does not let it work.

mod command;
mod deed;
mod failure;
mod flags;
mod lift;
mod log;
mod member;
mod moment;
mod print;
mod progress;
mod trail;

use clap::Parser;
use mimalloc::MiMalloc;
use print::Print;
use std::process::ExitCode;

/// A batch takes and gives back as much memory as its events need; the system's allocator returns it
/// to the system each time, which then has to empty it anew.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A customer-loyalty platform in one file: write a program, send orders, and every balance can be
/// explained and proved.
#[derive(Parser)]
#[command(name = "regulars", version, max_term_width = 100)]
struct Cli {
    /// Answer in JSON: one document, or one per line where there is a list without an end.
    #[arg(long, global = true)]
    json: bool,
    /// What is logged: error, warn, info, debug, or by module as in `regulars_app=debug,warn`.
    #[arg(
        long,
        global = true,
        env = "REGULARS_LOG",
        value_name = "LEVEL",
        hide_env_values = true
    )]
    log: Option<String>,
    #[command(subcommand)]
    command: command::Command,
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It did what it should, or it holds.
    Yes,
    /// It does not hold.
    No,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let print = Print::new(cli.json);
    let started = log::start(cli.log.as_deref(), cli.command.is_server(), cli.json);
    match started.and_then(|()| command::run(cli.command, &print)) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => {
            let failure = failure::of(&error);
            print.failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
