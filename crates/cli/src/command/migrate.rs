//! `regulars migrate`: brings a database up to this program's version.

use crate::Answer;
use crate::flags::Place;
use crate::print::Print;
use clap::Args;

/// Make the database, or bring it up to this version; every other command does so by itself
#[derive(Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(ask: &Migrate, print: &Print) -> anyhow::Result<Answer> {
    let app = ask.place.open_or_make()?;
    let kind = app.health().kind;
    app.close();
    print.line(format!("{} is up to date ({kind})", ask.place.database));
    print.json(&serde_json::json!({ "database": kind, "up_to_date": true }))?;
    Ok(Answer::Yes)
}
