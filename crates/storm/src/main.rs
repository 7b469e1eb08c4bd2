//! `cargo xtask sim`: storms by their seeds, or one out of a file.

#![allow(
    clippy::disallowed_methods,
    reason = "a command line: it says how long it took, and reads and writes what it is told to"
)]

use regulars_storm::shrink::{go_wrong, shrink};
use regulars_storm::{Finding, Size, Step, run, weather};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const USAGE: &str = "\
usage: cargo xtask sim [--seed N] [--events M] [--members K] [--each E] [--jobs J]
       cargo xtask sim --seed N --replay FILE

  --seed     the first storm; the next are numbered on            (1)
  --events   how many events in all                               (1000000)
  --each     how many events a storm has                          (100000)
  --members  how many members a storm has                         (2000)
  --jobs     how many storms at a time                            (1)
  --replay   lets the steps of a file pass, under the program of the seed

A finding names its seed and step, and leaves the fewest steps that still go wrong in
storm-SEED.json.";

struct Asked {
    seed: u64,
    events: u64,
    each: u64,
    members: u32,
    jobs: u64,
    replay: Option<String>,
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(what) => {
            eprintln!("{what}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let said = match &asked.replay {
        Some(file) => replay(asked.seed, file),
        None => storms(&asked),
    };
    match said {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        seed: 1,
        events: 1_000_000,
        each: 100_000,
        members: 2000,
        jobs: 1,
        replay: None,
    };
    while let Some(word) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{word} needs a value"))?;
        let number = || {
            let plain = value.replace('_', "");
            plain
                .parse::<u64>()
                .map_err(|_| format!("{word}: {value} is no number"))
        };
        match word.as_str() {
            "--seed" => asked.seed = number()?,
            "--events" => asked.events = number()?.max(1),
            "--each" => asked.each = number()?.max(1),
            "--members" => {
                let most = |_| format!("{word}: {value} is too many");
                asked.members = u32::try_from(number()?.max(1)).map_err(most)?;
            }
            "--jobs" => asked.jobs = number()?.max(1),
            "--replay" => asked.replay = Some(value.clone()),
            other => return Err(format!("`{other}` is not known")),
        }
    }
    Ok(asked)
}

fn replay(seed: u64, file: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let steps: Vec<Step> =
        serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    match go_wrong(seed, &steps, None) {
        None => {
            println!("{} steps, no finding", steps.len());
            Ok(())
        }
        Some(finding) => Err(finding.to_string()),
    }
}

/// Storms side by side, told in the order of their seeds.
fn storms(asked: &Asked) -> Result<(), String> {
    let count = asked.events.div_ceil(asked.each);
    let (next, begun) = (AtomicU64::new(0), Instant::now());
    let done = Mutex::new(Vec::new());
    let found: Mutex<Option<(u64, Finding)>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..asked.jobs.min(count) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count || found.lock().is_ok_and(|found| found.is_some()) {
                        return;
                    }
                    let seed = asked.seed + at;
                    match run(seed, size(asked), None) {
                        Ok(storm) => {
                            println!(
                                "seed {seed}: {} events, {} crashes, {}",
                                storm.events,
                                storm.crashes,
                                hex(&storm.digest[..8])
                            );
                            if let Ok(mut done) = done.lock() {
                                done.push((seed, storm));
                            }
                        }
                        Err(finding) => {
                            if let Ok(mut found) = found.lock() {
                                found.get_or_insert((seed, finding));
                            }
                        }
                    }
                }
            });
        }
    });
    if let Some((seed, finding)) = found.into_inner().unwrap_or_default() {
        return Err(told(asked, seed, finding));
    }
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(seed, _)| *seed);
    let mut digest = Sha256::new();
    done.iter()
        .for_each(|(_, storm)| digest.update(storm.digest));
    let events: u64 = done.iter().map(|(_, storm)| storm.events).sum();
    let crashes: u64 = done.iter().map(|(_, storm)| storm.crashes).sum();
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "seeds {} to {}: {events} events audited, {crashes} crashes, no finding; {:.0} events/s",
        asked.seed,
        asked.seed + count - 1,
        events as f64 / seconds
    );
    println!("digest {}", hex(&digest.finalize()));
    Ok(())
}

fn size(asked: &Asked) -> Size {
    Size {
        events: asked.each.min(asked.events),
        members: asked.members,
    }
}

/// A finding in words, with the fewest steps that lead to one beside it.
fn told(asked: &Asked, seed: u64, finding: Finding) -> String {
    let mut text = format!("seed {seed}, {finding}\n");
    let steps: Vec<Step> = weather(seed, size(asked)).take(finding.step + 1).collect();
    let (steps, finding) = shrink(seed, steps, finding, None);
    let file = format!("storm-{seed}.json");
    let _ = writeln!(text, "\nshrunk to {} steps: {finding}", steps.len());
    let written = serde_json::to_string_pretty(&steps).map_err(|error| error.to_string());
    let written =
        written.and_then(|json| std::fs::write(&file, json).map_err(|error| error.to_string()));
    let _ = match written {
        Ok(()) => writeln!(text, "again: cargo xtask sim --seed {seed} --replay {file}"),
        Err(error) => writeln!(text, "{file} could not be written: {error}"),
    };
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
