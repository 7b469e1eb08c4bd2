//! What is measured, and how good it has to be.

/// One line of the table.
pub(super) struct Line {
    /// The name to ask for it on the command line.
    pub(super) name: &'static str,
    /// What it says to a reader.
    pub(super) what: &'static str,
    /// How it is judged.
    pub(super) judge: Judge,
}

/// How a line is judged: what it must reach, and what we aim at.
pub(super) enum Judge {
    /// Our rate, by itself.
    Rate {
        ours: &'static str,
        least: f64,
        aim: f64,
    },
    /// Our rate against another, of the same rounds.
    Ratio {
        ours: &'static str,
        theirs: Side,
        least: f64,
        aim: f64,
    },
    /// A figure of ours that is better when it is small.
    Most {
        ours: &'static str,
        figure: &'static str,
        most: f64,
        aim: f64,
    },
}

/// What our rate is held against.
pub(super) enum Side {
    /// A program of bench/peers.
    Peer(&'static str),
    /// Another of our own measurements.
    Ours(&'static str),
}

use Judge::{Most, Rate, Ratio};
use Side::{Ours, Peer};

/// The table.
pub(super) const LINES: [Line; 13] = [
    Line {
        name: "step",
        what: "`step`, ten rules with limits, tiers and a card, one core, events/s",
        judge: Rate {
            ours: "step",
            least: 500_000.0,
            aim: 1_000_000.0,
        },
    },
    Line {
        name: "step-all",
        what: "`step`, the same with one of everything that a program can have, events/s",
        judge: Rate {
            ours: "step-all",
            least: 150_000.0,
            aim: 400_000.0,
        },
    },
    Line {
        name: "backtest",
        what: "back-test of The Complete Journey, two cores, reading included, lines/s",
        judge: Rate {
            ours: "backtest",
            least: 500_000.0,
            aim: 1_500_000.0,
        },
    },
    Line {
        name: "import-sqlite",
        what: "import into SQLite against the bare writer",
        judge: Ratio {
            ours: "import-sqlite",
            theirs: Peer("bare-sqlite"),
            least: 1.0,
            aim: 2.0,
        },
    },
    Line {
        name: "import-postgres",
        what: "import into PostgreSQL against one transaction per event, 16 connections",
        judge: Ratio {
            ours: "import-postgres",
            theirs: Peer("pg-per-event"),
            least: 4.0,
            aim: 7.0,
        },
    },
    Line {
        name: "doubleentry",
        what: "import into SQLite against the crate doubleentry, batches of 256",
        judge: Ratio {
            ours: "import-sqlite",
            theirs: Peer("doubleentry"),
            least: 4.0,
            aim: 10.0,
        },
    },
    Line {
        name: "cala",
        what: "import into PostgreSQL against the crate cala-ledger, batches of 256",
        judge: Ratio {
            ours: "import-postgres",
            theirs: Peer("regulars-peer-cala"),
            least: 4.0,
            aim: 10.0,
        },
    },
    Line {
        name: "conditions",
        what: "conditions of ten rules against zen-expression, compiled",
        judge: Ratio {
            ours: "conditions",
            theirs: Peer("zen"),
            least: 5.0,
            aim: 20.0,
        },
    },
    Line {
        name: "http-batch",
        what: "HTTP, batches of 100, against the import of the same run",
        judge: Ratio {
            ours: "http-batch",
            theirs: Ours("import-sqlite"),
            least: 0.8,
            aim: 0.95,
        },
    },
    Line {
        name: "http-single",
        what: "HTTP, single events, 64 connections, against the import of the same run",
        judge: Ratio {
            ours: "http-single",
            theirs: Ours("import-sqlite"),
            least: 0.4,
            aim: 0.7,
        },
    },
    Line {
        name: "memory",
        what: "memory of the server at 1,000,000 members, MiB",
        judge: Most {
            ours: "memory",
            figure: "mib",
            most: 300.0,
            aim: 150.0,
        },
    },
    Line {
        name: "growth",
        what: "cost per event at 1,000,000 members against 10,000",
        judge: Most {
            ours: "growth",
            figure: "ratio",
            most: 1.6,
            aim: 1.2,
        },
    },
    Line {
        name: "lookup",
        what: "a member looked up over HTTP among 1,000,000, 95th of 100, ms",
        judge: Most {
            ours: "lookup",
            figure: "p95_ms",
            most: 5.0,
            aim: 2.0,
        },
    },
];
