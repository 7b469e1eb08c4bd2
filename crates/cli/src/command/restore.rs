//! `regulars restore`: a backup becomes the database; a whole export becomes a merchant of one.

use super::{carried, verify};
use crate::Answer;
use crate::failure::Failure;
use crate::flags::Place;
use crate::print::{Print, Style, count};
use crate::progress::Progress;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Put a backup back, or a whole export, into a database that is empty or does not exist yet
#[derive(Args)]
pub(crate) struct Restore {
    /// The file that `regulars backup` wrote; or the folder of `regulars export --whole`, which goes into
    /// SQLite and into PostgreSQL, whichever it came from, if the merchant is not there yet.
    #[arg(value_name = "FILE|FOLDER")]
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(ask: &Restore, print: &Print) -> anyhow::Result<Answer> {
    if let Err(error) = std::fs::metadata(&ask.file) {
        return Err(Failure::reading(&ask.file, &error).into());
    }
    let database = ask.place.address_with_folder()?;
    if ask.file.is_dir() {
        return whole(ask, print);
    }
    let done = regulars_app::restore(&ask.file, &database)?;
    print.line(format!(
        "restored {} bytes; prove it: `regulars verify`",
        count(done.bytes)
    ));
    print.json(&json!({ "file": ask.file, "bytes": done.bytes }))?;
    Ok(Answer::Yes)
}

fn whole(ask: &Restore, print: &Print) -> anyhow::Result<Answer> {
    let bar = Progress::new(print, "carrying");
    let done = regulars_app::carry_in(&ask.file, ask.place.config()?, &mut |rows, total| {
        bar.at(rows, total, format!("{} rows", count(rows)));
    });
    bar.clear();
    let done = done?;
    carried::tables(&done.carried, print);
    let wrong = done.verified.wrong.as_ref();
    if done.holds() {
        print.line(print.style(
            Style::Good,
            "Everything is as it was written, and every balance is proved.",
        ));
        print.line(verify::what(&done.verified));
    } else {
        print.line(print.style(
            Style::Bad,
            "It was brought in, and is not as it was written:",
        ));
        for table in &done.differ {
            print.line(format!("  {table} has other rows than the file"));
        }
        if let Some(wrong) = wrong {
            print.line(format!("  {} {}: {}", wrong.table, wrong.row, wrong.what));
        }
        print.line(
            "Do not use this database; run `regulars verify` where it came from, and export again.",
        );
    }
    print.json(&json!({
        "ok": done.holds(),
        "carried": carried::shown(&done.carried),
        "wallets": done.verified.wallets,
        "events": done.verified.events,
        "entries": done.verified.entries,
        "differ": done.differ,
        "wrong": wrong.map(|it| json!({ "table": it.table, "row": it.row, "what": it.what })),
    }))?;
    Ok(if done.holds() {
        Answer::Yes
    } else {
        Answer::No
    })
}
