//! One entry point for the chores of the project: `cargo run -p xtask -- tidy` or `-- bench`.
//!
//! What a compiler can hold is held by the compiler. What is left, the order of the crates above
//! all, is held by `tidy`, which also runs as a test so that nobody has to remember it.

mod bench;
mod crash;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  tidy    fail on what breaks the rules of the house; list what is worth a look;
          with --cluster also look at the libraries behind that feature
  bench   measure ours and theirs in turns (called by `make bench`)
  crash   kill, starve and cut off the real server, so often as is said; --help says more
  sim     let storms pass over the real ingest code, from a seed; --help says more";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["tidy", rest @ ..] if matches!(rest, [] | ["--cluster"]) => {
            let features = rest.iter().map(|_| "regulars-cli/cluster");
            let report = tidy::inspect(&root(), &features.collect::<Vec<_>>())?;
            print!("{report}");
            Ok(if report.faults.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        ["bench", rest @ ..] => bench::run(&root(), rest),
        ["crash", rest @ ..] => crash::run(&root(), rest),
        ["sim", rest @ ..] => sim(rest),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}

/// Builds the simulation as what is shipped is built, and runs it. This chore-runner does not hold it, so
/// that `tidy` needs no database.
fn sim(rest: &[&str]) -> anyhow::Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--locked"]);
    command
        .args(["--package", "regulars-storm", "--"])
        .args(rest);
    let ended = command.current_dir(root()).status()?;
    Ok(ended.code().map_or(ExitCode::FAILURE, |code| {
        ExitCode::from(u8::try_from(code).unwrap_or(1))
    }))
}

/// The folder of the workspace, wherever the command was started. Cargo says it to whatever it
/// runs; what was built in is that of the last build, maybe of another checkout.
fn root() -> PathBuf {
    let told = std::env::var_os("CARGO_MANIFEST_DIR");
    let xtask = told.map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask
        .parent()
        .expect("xtask lies inside the workspace")
        .to_path_buf()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_keeps_the_rules_of_the_house() {
        let report = super::tidy::inspect(&super::root(), &[]).expect("the repository can be read");
        assert!(report.faults.is_empty(), "\n{report}");
    }
}
