//! `regulars export`: everything of a merchant as Parquet files.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Table, count};
use clap::Args;
use std::path::PathBuf;

/// Write everything of a tenant as Parquet files: members, log, ledger, balances, programs
#[derive(Args)]
pub(crate) struct Export {
    /// The folder. It is made if need be, and must be empty.
    folder: PathBuf,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Export, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let done = open.app.export(open.id(), &ask.folder)?;
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
