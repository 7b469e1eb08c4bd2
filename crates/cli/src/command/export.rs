//! `regulars export`: everything of a merchant as Parquet files; or whole, to be brought in elsewhere.

use super::carried;
use crate::Answer;
use crate::flags::{Open, Shop};
use crate::print::{Print, Table, count, counted};
use clap::Args;
use std::path::{Path, PathBuf};

/// Write everything of a tenant as Parquet files: members, log, ledger, balances, programs
#[derive(Args)]
pub(crate) struct Export {
    /// The folder. It is made if need be, and must be empty.
    #[arg(required_unless_present = "facts", conflicts_with = "facts")]
    folder: Option<PathBuf>,
    /// Write purchases and refunds alone, a file for each month, as `report` reads them. The folder
    /// may hold those of an earlier export: only months that are new or changed are written.
    #[arg(long, value_name = "FOLDER")]
    facts: Option<PathBuf>,
    /// Write everything, row by row, so that `regulars restore FOLDER` makes the same merchant of it in another
    /// database, of either kind. The files hold personal data and secrets.
    #[arg(long, conflicts_with = "facts")]
    whole: bool,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Export, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let (Some(folder), None) = (&ask.folder, &ask.facts) else {
        return facts(&open, ask.facts.as_deref().unwrap_or(Path::new(".")), print);
    };
    if ask.whole {
        return whole(&open, folder, print);
    }
    let done = open.app.export(open.id(), folder)?;
    let mut table = Table::new(&["FILE", ">ROWS"]);
    for (file, rows) in &done.files {
        table.row(vec![file.display().to_string(), count(*rows)]);
    }
    print.table(&table);
    let files: Vec<_> = done
        .files
        .iter()
        .map(|(file, rows)| serde_json::json!({ "file": file, "rows": rows }))
        .collect();
    print.json(&serde_json::json!({ "files": files }))?;
    Ok(Answer::Yes)
}

fn whole(open: &Open, folder: &Path, print: &Print) -> anyhow::Result<Answer> {
    let done = open.app.carry_out(open.id(), folder)?;
    carried::tables(&done, print);
    print.line(format!(
        "{}: everything of `{}`; bring it in: `regulars restore {0} --database ...`",
        folder.display(),
        done.tenant.name
    ));
    print.json(&carried::shown(&done))?;
    Ok(Answer::Yes)
}

fn facts(open: &Open, folder: &Path, print: &Print) -> anyhow::Result<Answer> {
    let done = open.app.export_facts(open.id(), folder)?;
    let mut table = Table::new(&["FILE", ">ROWS"]);
    for (file, rows) in &done.written {
        table.row(vec![file.display().to_string(), count(*rows)]);
    }
    print.table(&table);
    for file in &done.removed {
        print.line(format!(
            "{} removed: it has no purchase any more",
            file.display()
        ));
    }
    print.line(format!(
        "{} in all; {} unchanged",
        counted(done.rows, "row"),
        counted(done.unchanged as u64, "month")
    ));
    let written: Vec<_> = done
        .written
        .iter()
        .map(|(file, rows)| serde_json::json!({ "file": file, "rows": rows }))
        .collect();
    print.json(&serde_json::json!({
        "written": written,
        "unchanged": done.unchanged,
        "removed": done.removed,
        "rows": done.rows,
    }))?;
    Ok(Answer::Yes)
}
