//! Runs ours and theirs in turns and prints one table of ratios.
//!
//! The speed of a shared disk swings tenfold within minutes. So nothing is compared across runs: each
//! round measures both sides one after the other, and the disk's own rate beside them. The table
//! shows the median of the rounds.
//!
//! Our side is the package `regulars-bench`: `regulars-bench NAME --seconds S --dir FOLDER` prints a
//! line of JSON, as the programs of bench/peers do. `scripts/bench` prepares and calls this.

mod table;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use table::{Judge, LINES, Line, Side};

const PACKAGE: &str = "regulars-bench";

/// How to measure.
#[derive(Debug)]
struct Plan {
    rounds: usize,
    seconds: String,
    names: Vec<String>,
}

/// Where the programs are, and their arguments.
struct Bench {
    ours: PathBuf,
    peers: PathBuf,
    arguments: Vec<String>,
}

/// What ours and theirs did in their turns: the medians, and how far apart the ratios were.
struct Turns {
    ours: f64,
    theirs: f64,
    ratio: f64,
    lowest: f64,
    highest: f64,
    /// Our last report.
    report: Value,
}

/// What a line came to.
struct Row {
    what: &'static str,
    ours: String,
    theirs: String,
    result: String,
    goal: String,
    met: bool,
}

/// Measures and prints. Fails if a line stays below what it must reach.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let plan = plan(arguments)?;
    let folder = std::env::var("REGULARS_BENCH_DIR").context("run it by `make bench`")?;
    let peers = std::env::var("REGULARS_PEERS").context("run it by `make bench`")?;
    let bench = Bench {
        ours: build_ours(root)?,
        peers: peers.into(),
        arguments: ["--seconds", &plan.seconds, "--dir", &folder]
            .map(str::to_owned)
            .to_vec(),
    };
    println!("| what | ours | theirs | result | at least (aim) | disk, fdatasync/s |");
    println!("|---|---|---|---|---|---|");
    let mut met = true;
    for line in LINES.iter().filter(|line| plan.wants(line)) {
        let disk = bench.disk()?;
        let row = match bench.measure(line, plan.rounds) {
            Ok(row) => row,
            Err(error) => {
                // The other lines are worth having all the same.
                eprintln!("{}: {error:#}", line.name);
                println!("| {} | | | **failed** | | {disk:.0} |", line.what);
                met = false;
                continue;
            }
        };
        met &= row.met;
        let mark = if row.met { "" } else { " **missed**" };
        println!(
            "| {} | {} | {} | {}{mark} | {} | {disk:.0} |",
            row.what, row.ours, row.theirs, row.result, row.goal
        );
    }
    Ok(if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Plan {
    fn wants(&self, line: &Line) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| name == line.name)
    }
}

fn plan(arguments: &[&str]) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        rounds: 3,
        seconds: "10".to_owned(),
        names: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match *argument {
            "--rounds" => plan.rounds = value()?.parse().context("--rounds takes a number")?,
            "--seconds" => plan.seconds = (*value()?).to_owned(),
            name if LINES.iter().any(|line| line.name == name) => plan.names.push(name.to_owned()),
            name => {
                let known: Vec<&str> = LINES.iter().map(|line| line.name).collect();
                bail!("`{name}` is not measured; there are: {}", known.join(", "))
            }
        }
    }
    ensure!(plan.rounds > 0, "--rounds must be 1 or more");
    Ok(plan)
}

/// Our side, built now; or an earlier build of it, to see what a change did.
fn build_ours(root: &Path) -> anyhow::Result<PathBuf> {
    if let Some(built_before) = std::env::var_os("REGULARS_BENCH_OURS") {
        return Ok(built_before.into());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--locked", "--package", PACKAGE])
        .current_dir(root)
        .status()
        .context("cargo could not be started")?;
    ensure!(built.success(), "{PACKAGE} could not be built");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    Ok(target.join("release").join(PACKAGE))
}

impl Bench {
    /// The disk's rate right now.
    fn disk(&self) -> anyhow::Result<f64> {
        let mut arguments = self.arguments.clone();
        arguments[1] = "2".to_owned();
        rate(&call(&self.peers.join("fdatasync"), &[], &arguments)?)
    }

    fn ours(&self, name: &str) -> anyhow::Result<Value> {
        call(&self.ours, &[name], &self.arguments)
    }

    fn theirs(&self, side: &Side) -> anyhow::Result<f64> {
        match side {
            Side::Peer(name) => rate(&call(&self.peers.join(name), &[], &self.arguments)?),
            Side::Ours(name) => rate(&self.ours(name)?),
        }
    }

    fn measure(&self, line: &Line, rounds: usize) -> anyhow::Result<Row> {
        match &line.judge {
            Judge::Rate { ours, least, aim } => {
                let mut rates = Vec::new();
                let mut report = Value::Null;
                for _ in 0..rounds {
                    report = self.ours(ours)?;
                    rates.push(rate(&report)?);
                }
                let value = median(&mut rates);
                Ok(Row {
                    what: line.what,
                    ours: described(value, &report),
                    theirs: String::new(),
                    result: grouped(value),
                    goal: format!("{} ({})", grouped(*least), grouped(*aim)),
                    met: value >= *least,
                })
            }
            Judge::Ratio {
                ours,
                theirs,
                least,
                aim,
            } => {
                let turns = self.turns(ours, theirs, rounds)?;
                let (value, low, high) = (turns.ratio, turns.lowest, turns.highest);
                Ok(Row {
                    what: line.what,
                    ours: described(turns.ours, &turns.report),
                    theirs: grouped(turns.theirs),
                    result: format!("{value:.2} x ({low:.2} to {high:.2})"),
                    goal: format!("{least} x ({aim} x)"),
                    met: value >= *least,
                })
            }
            // Long to prepare and steady, so once is enough.
            Judge::Most {
                ours,
                figure,
                most,
                aim,
            } => {
                let report = self.ours(ours)?;
                let value = report[figure].as_f64();
                let value = value.with_context(|| format!("`{ours}` reports no {figure}"))?;
                Ok(Row {
                    what: line.what,
                    ours: String::new(),
                    theirs: String::new(),
                    result: format!("{value:.2}"),
                    goal: format!("at most {most} ({aim})"),
                    met: value <= *most,
                })
            }
        }
    }

    /// Both sides one after the other, again and again.
    fn turns(&self, ours: &str, theirs: &Side, rounds: usize) -> anyhow::Result<Turns> {
        let (mut left, mut right, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let mut report = Value::Null;
        for _ in 0..rounds {
            report = self.ours(ours)?;
            let (a, b) = (rate(&report)?, self.theirs(theirs)?);
            left.push(a);
            right.push(b);
            ratios.push(a / b);
        }
        Ok(Turns {
            ours: median(&mut left),
            theirs: median(&mut right),
            ratio: median(&mut ratios),
            lowest: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            highest: ratios.iter().copied().fold(0.0, f64::max),
            report,
        })
    }
}

/// Runs a program and reads the last line that it prints.
fn call(program: &Path, first: &[&str], arguments: &[String]) -> anyhow::Result<Value> {
    let name = program.display();
    let output = Command::new(program)
        .args(first)
        .args(arguments)
        .output()
        .with_context(|| format!("{name} could not be started"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!(
            "{name} {} failed: {}",
            first.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let line = text
        .lines()
        .last()
        .with_context(|| format!("{name} printed nothing"))?;
    eprintln!("{line}");
    serde_json::from_str(line).with_context(|| format!("{name} printed no JSON: {line}"))
}

fn rate(report: &Value) -> anyhow::Result<f64> {
    report["per_second"]
        .as_f64()
        .with_context(|| format!("no rate in {report}"))
}

/// A rate with what the report tells beside it.
fn described(rate: f64, report: &Value) -> String {
    let mut text = grouped(rate);
    for name in ["p50_ms", "p99_ms", "rows_per_event", "bytes_per_event"] {
        if let Some(value) = report[name].as_f64() {
            let _ = write!(text, ", {} {value:.1}", name.replace('_', " "));
        }
    }
    text
}

/// The middle one; of an even number the lower, so that nothing looks better than it is.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) / 2]
}

/// `1234567.8` as `1,234,568`.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_and_the_median_is_the_middle_one() {
        assert_eq!(grouped(7.0), "7");
        assert_eq!(grouped(123.4), "123");
        assert_eq!(grouped(1_234_567.8), "1,234,568");
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 4.0]), 2.0);
    }

    #[test]
    fn only_what_is_in_the_table_can_be_asked_for() {
        let plan = plan(&["--rounds", "5", "step"]).expect("it is in the table");
        assert_eq!(
            (plan.rounds, plan.names.as_slice()),
            (5, ["step".to_owned()].as_slice())
        );
        assert!(super::plan(&["steps"]).is_err());
        assert!(super::plan(&["--rounds", "0"]).is_err());
    }

    #[test]
    fn a_report_without_a_rate_is_an_error() {
        assert!(rate(&serde_json::json!({ "per_second": 2.5 })).is_ok());
        assert!(rate(&serde_json::json!({ "seconds": 2.5 })).is_err());
    }
}
