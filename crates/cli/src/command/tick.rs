//! `regulars tick`: what fell due is done.

use crate::Answer;
use crate::flags::Place;
use crate::print::{Print, counted};
use clap::Args;

/// Do what fell due by now: points lapse, tiers end, holds are given back
///
/// A server does so by itself, and balances answer as if it were done; what was booked by month
/// (`regulars statement`) is complete only after it.
#[derive(Args)]
pub(crate) struct Tick {
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(ask: &Tick, print: &Print) -> anyhow::Result<Answer> {
    let app = ask.place.open()?;
    let ticked = app.tick_due(app.now());
    app.close();
    let ticked = ticked?;
    print.line(match ticked {
        0 => "Nothing was due.".to_owned(),
        some => format!("Something was due to {}.", counted(some as u64, "wallet")),
    });
    print.json(&serde_json::json!({ "wallets": ticked }))?;
    Ok(Answer::Yes)
}
