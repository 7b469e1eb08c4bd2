//! What the peers share: how they are called, how they report, where their random numbers come from.
//!
//! Every peer is a program that runs for `--seconds` or for `--events`, keeps its files in `--dir`,
//! and prints one line of JSON, so that a driver can run ours and theirs in turns and compare only
//! what was measured in the same minutes on the same disk.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long to run and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// Stop after this time, or...
    pub seconds: f64,
    /// ... after so many events, when given.
    pub events: Option<u64>,
    /// Where files go; every peer makes its own below it and removes it again.
    pub dir: PathBuf,
    /// Events in one transaction.
    pub batch: usize,
    /// Members that the events are spread over.
    pub members: u64,
    /// Connections, for the peers that have several.
    pub connections: usize,
    /// The PostgreSQL server, for the peers that need one.
    pub postgres: Option<String>,
}

/// What the program understands of its arguments.
const USAGE: &str = "[--seconds S | --events N] [--dir FOLDER] [--batch N] [--members N] \
[--connections N] [--postgres URL]";

impl Options {
    /// Reads the arguments of the program, or ends it with a word on how to call it.
    pub fn from_arguments() -> Options {
        match Self::parse(std::env::args().skip(1)) {
            Ok(options) => options,
            Err(reason) => {
                eprintln!("{reason}\nusage: {USAGE}");
                std::process::exit(2)
            }
        }
    }

    fn parse(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let postgres = ["REGULARS_TEST_POSTGRES_SOCKET", "REGULARS_TEST_POSTGRES"];
        let mut options = Options {
            seconds: 10.0,
            events: None,
            dir: std::env::temp_dir(),
            batch: 256,
            members: 100_000,
            connections: 16,
            postgres: postgres.iter().find_map(|name| std::env::var(name).ok()),
        };
        let mut arguments = arguments;
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or(format!("{name} needs a value"))?;
            let number = || {
                value
                    .parse::<u64>()
                    .map_err(|_| format!("{name} {value}: no number"))
            };
            match name.as_str() {
                "--seconds" => {
                    options.seconds = value
                        .parse()
                        .map_err(|_| format!("{name} {value}: no number"))?;
                }
                "--events" => options.events = Some(number()?),
                "--dir" => options.dir = value.into(),
                "--batch" => options.batch = number()?.max(1) as usize,
                "--members" => options.members = number()?.max(1),
                "--connections" => options.connections = number()?.max(1) as usize,
                "--postgres" => options.postgres = Some(value),
                _ => return Err(format!("{name} is not known")),
            }
        }
        Ok(options)
    }

    /// A new empty folder of our own below `dir`, removed when it is dropped.
    pub fn folder(&self, name: &str) -> std::io::Result<Folder> {
        let path = self.dir.join(format!("peer-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }

    /// The server's URL.
    pub fn postgres(&self) -> &str {
        self.postgres.as_deref().unwrap_or_else(|| {
            eprintln!("no server: give --postgres URL or run beneath scripts/postgres-for-tests");
            std::process::exit(2)
        })
    }
}

/// A folder that removes itself.
pub struct Folder(PathBuf);

impl Folder {
    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Decides when a run is over.
pub struct Run {
    begin: Instant,
    seconds: Duration,
    events: Option<u64>,
}

impl Run {
    /// Starts the clock.
    pub fn start(options: &Options) -> Run {
        let seconds = Duration::from_secs_f64(options.seconds);
        Run {
            begin: Instant::now(),
            seconds,
            events: options.events,
        }
    }

    /// Whether there is more to do after so many events.
    pub fn goes_on(&self, done: u64) -> bool {
        match self.events {
            Some(events) => done < events,
            None => self.begin.elapsed() < self.seconds,
        }
    }

    /// Seconds since the start.
    pub fn elapsed(&self) -> f64 {
        self.begin.elapsed().as_secs_f64()
    }
}

/// The time each transaction took.
#[derive(Default)]
pub struct Durations(Vec<f64>);

impl Durations {
    /// Adds one.
    pub fn add(&mut self, duration: Duration) {
        self.0.push(duration.as_secs_f64() * 1000.0);
    }

    /// Takes in those of another worker.
    pub fn join(&mut self, other: Durations) {
        self.0.extend(other.0);
    }

    /// The value that so many of a hundred stay below, in milliseconds.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_by(f64::total_cmp);
        let last = self.0.len().saturating_sub(1);
        self.0
            .get(last * percent / 100)
            .copied()
            .unwrap_or_default()
    }
}

/// The line a peer prints at its end.
pub struct Report(String);

impl Report {
    /// Starts with what every report has: the name, the events, the seconds, the rate.
    pub fn new(bench: &str, events: u64, seconds: f64) -> Report {
        let rate = events as f64 / seconds;
        Report(format!(
            "{{\"bench\":\"{bench}\",\"events\":{events},\"seconds\":{seconds:.3},\
             \"per_second\":{rate:.1}"
        ))
    }

    /// Adds a figure.
    pub fn with(mut self, name: &str, value: f64) -> Report {
        let _ = write!(self.0, ",\"{name}\":{value:.3}");
        self
    }

    /// Adds the median and the 99th percentile of the transactions.
    pub fn with_durations(self, mut durations: Durations) -> Report {
        let (p50, p99) = (durations.percentile(50), durations.percentile(99));
        self.with("p50_ms", p50).with("p99_ms", p99)
    }

    /// Prints the line.
    pub fn print(self) {
        println!("{}}}", self.0);
    }
}

/// Random numbers that are the same in every run (splitmix64).
pub struct Random(u64);

impl Random {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// An event as the bare writers store it.
pub struct Purchase {
    /// Who bought.
    pub member: i64,
    /// A random key of 32 characters.
    pub key: String,
    /// The event as JSON, about 95 bytes.
    pub payload: String,
    /// Points given.
    pub points: i64,
    /// When it happened, in microseconds.
    pub at: i64,
    /// When the points lapse.
    pub expires_at: i64,
}

/// The next purchase of a stream.
pub fn purchase(random: &mut Random, members: u64, number: u64) -> Purchase {
    let member = random.below(members) as i64;
    let amount = 100 + random.below(20_000);
    let (store, high, low) = (random.below(400), random.next(), random.next());
    let at = 1_700_000_000_000_000 + number as i64 * 1_000_000;
    Purchase {
        member,
        key: format!("{high:016x}{low:016x}"),
        payload: format!(
            "{{\"type\":\"purchase\",\"order\":\"R-{number:09}\",\"amount\":{amount:05},\
             \"currency\":\"EUR\",\"store\":{store:03},\"via\":\"till\"}}"
        ),
        points: (amount / 100) as i64,
        at,
        expires_at: at + (1 + random.below(365) as i64) * 86_400_000_000,
    }
}
