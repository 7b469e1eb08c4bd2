//! `regulars backup`: a copy of the database, made while it is in use.

use crate::Answer;
use crate::flags::Place;
use crate::print::{Print, count};
use clap::Args;
use std::path::PathBuf;

/// Copy the whole database into a file, while it is in use
#[derive(Args)]
pub(crate) struct Backup {
    /// The file, which must not exist yet.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(ask: &Backup, print: &Print) -> anyhow::Result<Answer> {
    let app = ask.place.open()?;
    let done = app.backup(&ask.file);
    app.close();
    let done = done?;
    print.line(format!(
        "{} ({} bytes)",
        ask.file.display(),
        count(done.bytes)
    ));
    print.json(&serde_json::json!({ "file": ask.file, "bytes": done.bytes }))?;
    Ok(Answer::Yes)
}
