//! `regulars import`: orders and members out of files.

use crate::command::apply;
use crate::flags::{Open, Reading, Shop, read_text};
use crate::print::{Print, Table, count};
use crate::progress::Progress;
use crate::{Answer, command::check::findings};
use clap::Args;
use regulars_app::{ImportDone, ImportFile, ImportProgress};
use std::path::PathBuf;
use std::time::Instant;

/// Import orders or members from a CSV, NDJSON or Parquet file
///
/// What the columns mean is guessed from their names, and can be said with --map. An import that was
/// stopped or killed is simply started again: it goes on where it stopped, and nothing counts twice.
#[derive(Args)]
pub(crate) struct Import {
    /// The file.
    file: PathBuf,
    /// The file holds members and their identities, not orders.
    #[arg(long)]
    members: bool,
    /// Apply this program file first, if it is not in force already.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Import, print: &Print) -> anyhow::Result<Answer> {
    if let Err(error) = std::fs::metadata(&ask.file) {
        return Err(crate::failure::Failure::reading(&ask.file, &error).into());
    }
    let open = match &ask.program {
        None => ask.shop.open_or_make()?,
        Some(file) => {
            let text = read_text(file)?;
            if findings(file, &text, print).is_none() {
                print.json(&regulars_server::view::check(&regulars_app::check(&text)))?;
                return Ok(Answer::No);
            }
            let open = ask.shop.open_or_make()?;
            put_in_force(&open, text)?;
            open
        }
    };
    let holds = if ask.members {
        ImportFile::Members
    } else {
        ImportFile::Orders
    };
    let options = ask.reading.options(&ask.file, holds);
    let bar = Progress::new(print, "importing");
    let began = Instant::now();
    let done = open
        .app
        .import(open.id(), &options, &mut |at: ImportProgress| {
            bar.at(at.done, at.total, format!("{} rows", count(at.rows)));
            true
        });
    bar.clear();
    let done = done?;
    let seconds = began.elapsed().as_secs_f64();
    summary(&done, seconds, print);
    print.json(&serde_json::json!({
        "rows": done.rows,
        "events": done.events,
        "duplicates": done.duplicates,
        "refused": done.refused,
        "rejected": done.rejected,
        "rejects": done.rejects,
        "resumed": done.resumed,
        "found": done.found,
        "seconds": seconds,
    }))?;
    Ok(Answer::Yes)
}

/// Applies a text unless it is the newest version already.
fn put_in_force(open: &Open, text: String) -> anyhow::Result<()> {
    apply::apply(open, text, None, "with an import").map(drop)
}

fn summary(done: &ImportDone, seconds: f64, print: &Print) {
    for line in done.found.lines() {
        print.line(line);
    }
    print.line("");
    let mut table = Table::new(&["", ">", ""]);
    let mut row = |what: &str, number: u64, note: &str| {
        table.row(vec![what.to_owned(), count(number), note.to_owned()]);
    };
    let resumed = if done.resumed {
        "went on where the import before had stopped"
    } else {
        ""
    };
    row("rows read", done.rows, resumed);
    row("new events", done.events, "");
    if done.duplicates > 0 {
        row("known already", done.duplicates, "not counted again");
    }
    if done.refused > 0 {
        row(
            "refused",
            done.refused,
            "by the program; `regulars explain MEMBER` says why",
        );
    }
    if done.rejected > 0 {
        let file = done.rejects.as_ref().map(|path| path.display().to_string());
        let note = format!("with line and reason in {}", file.unwrap_or_default());
        row("rejected rows", done.rejected, &note);
    }
    print.table(&table);
    let rate = if seconds > 0.0 {
        done.rows as f64 / seconds
    } else {
        0.0
    };
    print.line(format!("{seconds:.1} s, {rate:.0} rows/s"));
}
