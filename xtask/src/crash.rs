//! `cargo xtask crash`: the tests of `cli/tests/cli/faults`, as often as is said. `make test` runs the same ones
//! a few times.

use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask crash [--seed N] [--kills N] [--fights N] [--losses N] [--events N]
                         [--outages N] [--failovers N] [--rolls N] [--campaign N] [--addressees N] [TEST...]

  --seed       where the dice begin: the same seed kills at the same moments, as near as can be  (1)
  --kills      how often one server is killed, on each database                                 (200)
  --fights     how often one or both of two servers are, on each database                        (50)
  --losses     how often the power fails under SQLite                                           (200)
  --events     how many events are acknowledged before and after the kill in between            (500)
  --outages    how often PostgreSQL is killed and started again                                  (20)
  --failovers  how often PostgreSQL dies for good and a synchronous standby takes over           (20)
  --rolls      how often a server takes the place of another under traffic, on each database     (20)
  --campaign   how often a server is killed in two campaigns, on each database                   (50)
  --addressees how many members each of them is for                                            (2000)

TEST is part of a test's name, as in `kills` or `power`; without one all are run.";

/// What can be said, and what is meant if nothing is.
const FIGURES: [(&str, &str); 10] = [
    ("seed", "1"),
    ("kills", "200"),
    ("fights", "50"),
    ("losses", "200"),
    ("events", "500"),
    ("outages", "20"),
    ("failovers", "20"),
    ("rolls", "20"),
    ("campaign", "50"),
    ("addressees", "2000"),
];

pub(crate) fn run(root: &Path, words: &[&str]) -> anyhow::Result<ExitCode> {
    let Some(Asked { figures, tests }) = asked(words) else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let parts = if tests.is_empty() { vec![""] } else { tests };
    let parts = parts
        .iter()
        .map(|part| format!("test(/^faults::.*{part}/)"));
    let parts: Vec<String> = parts.collect();
    let mut command = Command::new(root.join("scripts/postgres-for-tests"));
    command
        .args([
            "--durable",
            "cargo",
            "nextest",
            "run",
            "--workspace",
            "--locked",
        ])
        .args(["--profile", "crash"])
        .arg("-E")
        .arg(format!("package(regulars-cli) & ({})", parts.join(" | ")))
        .envs(figures)
        .current_dir(root);
    let is_well = command.status()?.success();
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is to be run.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    /// The environment of the tests.
    figures: Vec<(String, String)>,
    /// Parts of their names; all of them if there is none.
    tests: Vec<&'a str>,
}

/// Reads the words; nothing if they make no sense.
fn asked<'a>(words: &[&'a str]) -> Option<Asked<'a>> {
    let variable = |name: &str| format!("REGULARS_CRASH_{}", name.to_uppercase());
    let usual = FIGURES.iter();
    let mut figures: Vec<(String, String)> = usual
        .map(|(name, value)| (variable(name), (*value).to_owned()))
        .collect();
    let (mut tests, mut words) = (Vec::new(), words.iter());
    while let Some(word) = words.next() {
        let Some(name) = word.strip_prefix("--") else {
            tests.push(*word);
            continue;
        };
        let at = FIGURES.iter().position(|(known, _)| *known == name)?;
        let value: u64 = words.next()?.replace('_', "").parse().ok()?;
        figures[at].1 = value.to_string();
    }
    Some(Asked { figures, tests })
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};

    #[test]
    fn what_is_said_is_what_the_tests_get() {
        let asked_for = asked(&["--kills", "1_000", "power"]).expect("makes sense");
        let Asked { figures, tests } = asked_for;
        assert!(figures.contains(&("REGULARS_CRASH_KILLS".into(), "1000".into())));
        assert!(figures.contains(&("REGULARS_CRASH_LOSSES".into(), "200".into())));
        assert_eq!(tests, ["power"]);
        for wrong in [&["--kils", "1"][..], &["--kills"], &["--kills", "many"]] {
            assert_eq!(asked(wrong), None, "{wrong:?}");
        }
    }
}
