//! What a night's scores cost: members with a year of orders, models over all of them, and what is new of each kept
//! with segments that ask for it; and how much memory that takes at most.

use crate::folder::Folder;
use crate::merchant::Merchant;
use crate::options::Options;
use crate::report::Report;
use crate::serving;
use anyhow::ensure;
use regulars_app::{Clock, Database, SegmentDraft};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

const DAYS: u64 = 365;
const DAY_MICROS: i64 = 86_400_000_000;

/// The conditions of the segments that are live.
const CONDITIONS: [&str; 3] = [
    "score(\"churn\") >= 60",
    "score(\"value\") > 200 && label(\"rfm\") == \"at_risk\"",
    "orders_ever >= 3 && days_since_order > 60",
];

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "scores")?;
    let file = folder.file("orders.csv");
    let orders = write(&file, options.members)?;
    let merchant = Merchant::new(Database::Sqlite(serving::file(folder.path())))?;
    let (app, tenant) = (&merchant.app, merchant.tenant);
    merchant.import(&file, &mut |_| true)?;
    for (no, condition) in CONDITIONS.iter().enumerate() {
        let draft = SegmentDraft {
            name: format!("Segment {no}"),
            condition: (*condition).to_owned(),
        };
        app.make_segment(tenant, &format!("s{no}"), &draft)?;
    }
    let whole = app.follow_segments(tenant, Duration::from_secs(86_400))?;
    ensure!(whole, "the log was not followed to its end");
    let begin = Instant::now();
    let first = app.score_members(tenant, &|_| true)?;
    let seconds = begin.elapsed().as_secs_f64();
    ensure!(
        first.changed == first.customers,
        "of somebody nothing was said"
    );
    let begin = Instant::now();
    let again = app.score_members(tenant, &|_| true)?;
    ensure!(again.changed == 0, "something new was said at once");
    Ok(Report::of("scores")
        .with("members", first.customers as f64)
        .with("orders", orders as f64)
        .with("seconds", seconds)
        .with(
            "seconds_where_nothing_is_new",
            begin.elapsed().as_secs_f64(),
        )
        .with("mib_most", serving::own_mib("VmHWM")?))
}

/// Orders of a year: each member buys every so many days, from three weeks to five months.
fn write(file: &Path, members: u64) -> anyhow::Result<u64> {
    let mut out = BufWriter::new(File::create(file)?);
    writeln!(out, "customer,order,date,amount")?;
    let (now, mut orders) = (Clock::system().now(), 0);
    for day in 0..DAYS {
        let ago = i64::try_from(DAYS - day)?;
        let at = now.plus_micros(-DAY_MICROS * ago).to_string();
        for member in 0..members {
            let mixed = member.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let every = 20 + mixed % 130;
            if (day + mixed / 131) % every == 0 {
                let amount = 5 + mixed % 40 + (day + member) % 7;
                writeln!(out, "C-{member:07},S-{orders:08},{at},{amount}.00")?;
                orders += 1;
            }
        }
    }
    out.flush()?;
    Ok(orders)
}
