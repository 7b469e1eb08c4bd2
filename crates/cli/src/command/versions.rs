//! `regulars versions`: all versions of the program.

use crate::Answer;
use crate::command::apply::since;
use crate::flags::Shop;
use crate::moment;
use crate::print::{Print, Table};
use clap::Args;
use regulars_server::view;

/// List all versions of the program, newest first; or print the text of one
#[derive(Args)]
pub(crate) struct Versions {
    /// Print the program file of this version, as it was applied.
    #[arg(long, value_name = "NO")]
    text: Option<i64>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Versions, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    if let Some(version) = ask.text {
        let text = open.app.program_text(open.id(), version)?;
        print.json(&serde_json::json!({ "version": version, "text": text }))?;
        if !print.json {
            print.raw(&text);
        }
        return Ok(Answer::Yes);
    }
    let versions = open.app.programs(open.id())?;
    let in_force = open.app.program_in_force(open.id(), open.app.now()).ok();
    let in_force = in_force.map(|(version, _)| version);
    let mut table = Table::new(&[">NO", "NAME", "FROM", "APPLIED", "BY", "NOTE", "HASH", ""]);
    for version in &versions {
        let hash: String = version.hash.chars().take(12).collect();
        let mark = if in_force == Some(version.version) {
            "in force"
        } else {
            ""
        };
        table.row(vec![
            version.version.to_string(),
            version.name.clone(),
            since(version, &open),
            moment::shown(version.applied_at, &open.zone()),
            version.by.clone(),
            version.note.clone(),
            hash,
            mark.to_owned(),
        ]);
    }
    if table.is_empty() {
        print.line("No program has been applied yet: `regulars apply FILE`.");
    } else {
        print.table(&table);
    }
    let items: Vec<_> = versions.into_iter().map(view::version).collect();
    print.json(&regulars_api::program::VersionsOut { items })?;
    Ok(Answer::Yes)
}
