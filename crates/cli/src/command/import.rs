//! `regulars import`: orders, members, balances and tiers out of files.

use crate::command::apply;
use crate::flags::{Open, Reading, Shop, read_text};
use crate::moment;
use crate::print::{Print, Table, count};
use crate::progress::Progress;
use crate::{Answer, command::check::findings};
use clap::Args;
use regulars_app::{
    BalanceProof, ImportDone, ImportFile, ImportOptions, ImportProgress, TierEnd, TierProof,
};
use std::path::PathBuf;
use std::time::Instant;

/// Import orders, members, balances or tiers from a CSV, NDJSON or Parquet file
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
    /// The file holds the points that members have in another program. Whoever is no member yet becomes
    /// one; the end says whether what is in the file is in the ledger.
    #[arg(long, conflicts_with = "members")]
    balances: bool,
    /// Which points balances are of, by their id in the program file, where the file does not say it.
    #[arg(long, value_name = "ID", requires = "balances")]
    points: Option<String>,
    /// The file holds the tiers that members have in another program. Whoever is no member yet becomes one,
    /// and does not fall below that tier until --until; the end says whether everybody stands where they did.
    #[arg(long, conflicts_with_all = ["members", "balances"])]
    tiers: bool,
    /// What a tier of the file is here, where it is called otherwise; - for none. Once for each.
    #[arg(long = "level", value_name = "LEVEL=TIER", requires = "tiers")]
    levels: Vec<String>,
    /// The first day on which tiers hold no more and own figures count, where the file does not say it; or
    /// never.
    #[arg(long, value_name = "DAY|never", requires = "tiers")]
    until: Option<String>,
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
    let holds = match (ask.members, ask.balances, ask.tiers) {
        (true, ..) => ImportFile::Members,
        (_, true, _) => ImportFile::Balances,
        (.., true) => ImportFile::Tiers,
        _ => ImportFile::Orders,
    };
    let end = ask.until.as_deref().map(|until| match until {
        "never" => Ok(TierEnd::Never),
        day => moment::read("--until", day, &open.zone()).map(TierEnd::At),
    });
    let options = ImportOptions {
        points: ask.points.clone(),
        levels: ask.levels.clone(),
        tiers_end: end.transpose()?,
        ..ask.reading.options(&ask.file, holds)
    };
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
    let holds = prove(&done.balances, print) & prove_tiers(&done.tiers, print);
    let balances: Vec<_> = done
        .balances
        .iter()
        .map(|own| {
            let amount = |units: i128| points(own, units);
            serde_json::json!({
                "points": own.points,
                "in_file": amount(own.in_file),
                "in_ledger": amount(own.in_ledger),
                "not_taken": amount(own.not_taken),
                "holds": own.holds(),
            })
        })
        .collect();
    let tiers = done.tiers.iter().map(|own| {
        serde_json::json!({
            "tier": own.tier,
            "in_file": own.in_file,
            "standing": own.standing,
            "not_taken": own.not_taken,
            "holds": own.holds(),
        })
    });
    print.json(&serde_json::json!({
        "balances": balances,
        "tiers": tiers.collect::<Vec<_>>(),
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
    Ok(if holds { Answer::Yes } else { Answer::No })
}

/// Says of each kind of points what the file has of it and what the ledger; whether nothing is missing.
fn prove(balances: &[BalanceProof], print: &Print) -> bool {
    if balances.is_empty() {
        return true;
    }
    let mut table = Table::new(&["points", ">in the file", ">in the ledger", ">not taken", ""]);
    for own in balances {
        let verdict = match (own.holds(), own.not_taken) {
            (true, 0) => "proved: all of it is in the ledger",
            (true, _) => "proved: the rest stands in the rejected rows",
            (false, _) => "NOT PROVED: the ledger has something else than the file",
        };
        table.row(vec![
            own.points.clone(),
            points(own, own.in_file),
            points(own, own.in_ledger),
            points(own, own.not_taken),
            verdict.to_owned(),
        ]);
    }
    print.line("");
    print.table(&table);
    balances.iter().all(BalanceProof::holds)
}

/// Says of each tier how many have it in the file, and how many of these stand there; whether nobody is missing.
fn prove_tiers(tiers: &[TierProof], print: &Print) -> bool {
    if tiers.is_empty() {
        return true;
    }
    let mut table = Table::new(&["tier", ">in the file", ">there or higher", ">not taken", ""]);
    for own in tiers {
        let verdict = match (own.holds(), own.not_taken) {
            (true, 0) => "proved: all of them stand there",
            (true, _) => "proved: the rest stands in the rejected rows",
            (false, _) => "NOT PROVED: somebody stands lower than the file says",
        };
        table.row(vec![
            own.tier.clone(),
            count(own.in_file),
            count(own.standing),
            count(own.not_taken),
            verdict.to_owned(),
        ]);
    }
    print.line("");
    print.table(&table);
    tiers.iter().all(TierProof::holds)
}

fn points(own: &BalanceProof, units: i128) -> String {
    let one = 10_i128.pow(u32::from(own.decimals));
    match own.decimals {
        0 => units.to_string(),
        decimals => format!(
            "{}.{:0width$}",
            units / one,
            units % one,
            width = usize::from(decimals)
        ),
    }
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
