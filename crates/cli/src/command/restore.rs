//! `regulars restore`: a backup becomes the database.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::Place;
use crate::print::{Print, count};
use clap::Args;
use std::path::PathBuf;

/// Put a backup back, into a database that is empty or does not exist yet
#[derive(Args)]
pub(crate) struct Restore {
    /// The file that `regulars backup` wrote.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(ask: &Restore, print: &Print) -> anyhow::Result<Answer> {
    if let Err(error) = std::fs::metadata(&ask.file) {
        return Err(Failure::reading(&ask.file, &error).into());
    }
    let database = ask.place.address_with_folder()?;
    let done = regulars_app::restore(&ask.file, &database)?;
    print.line(format!(
        "restored {} bytes; prove it: `regulars verify`",
        count(done.bytes)
    ));
    print.json(&serde_json::json!({ "file": ask.file, "bytes": done.bytes }))?;
    Ok(Answer::Yes)
}
