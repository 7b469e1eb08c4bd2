//! `regulars new`: a program file to start from.

use crate::Answer;
use crate::failure::Failure;
use crate::print::{Print, Style, Table};
use clap::Args;
use regulars_app::{LIBRARY, Sample};
use serde_json::json;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

/// Write a program file to start from; without a name, list those there are
#[derive(Args)]
pub(crate) struct New {
    /// The program to start from, such as `beauty-tiers`.
    #[arg(long, value_name = "NAME", value_parser = known)]
    from: Option<&'static Sample>,
    /// The file to write; `-` for standard output. One that is there already is left alone.
    #[arg(default_value = "program.toml")]
    file: PathBuf,
}

fn known(name: &str) -> Result<&'static Sample, String> {
    let names = || LIBRARY.iter().map(|sample| sample.name).collect::<Vec<_>>();
    Sample::named(name).ok_or_else(|| format!("there is none; there are {}", names().join(", ")))
}

pub(crate) fn run(ask: &New, print: &Print) -> anyhow::Result<Answer> {
    let Some(sample) = ask.from else {
        list(print)?;
        return Ok(Answer::Yes);
    };
    if ask.file.as_os_str() == "-" {
        print.json(&json!({ "from": sample.name, "text": sample.text() }))?;
        if !print.json {
            print.raw(sample.text());
        }
        return Ok(Answer::Yes);
    }
    let shown = ask.file.display();
    let mut file = File::create_new(&ask.file).map_err(|error| {
        Failure::new(
            format!("`{shown}` cannot be written: {error}"),
            "name another file, or move this one away",
        )
    })?;
    file.write_all(sample.text().as_bytes())?;
    print.json(&json!({ "file": ask.file, "from": sample.name }))?;
    print.line(print.style(
        Style::Good,
        format!("{shown} is written, from {}", sample.name),
    ));
    print.line(format!(
        "Change what is yours, then `regulars check {shown}` and `regulars plan {shown}`."
    ));
    Ok(Answer::Yes)
}

fn list(print: &Print) -> anyhow::Result<()> {
    let mut table = Table::new(&["NAME", "WHAT IT IS"]);
    for sample in LIBRARY {
        table.row(vec![sample.name.to_owned(), sample.about()]);
    }
    print.table(&table);
    print.line("`regulars new --from NAME FILE` writes one of them.");
    let items: Vec<_> = LIBRARY
        .iter()
        .map(|sample| json!({ "name": sample.name, "about": sample.about() }))
        .collect();
    print.json(&json!({ "items": items }))
}
