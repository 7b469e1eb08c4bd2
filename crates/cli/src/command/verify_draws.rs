//! `regulars verify-draws`: each play of a game of chance is worked out again.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Style, counted};
use clap::Args;
use serde_json::json;

/// Work out each play again from the month's secret and the published odds
#[derive(Args)]
pub(crate) struct VerifyDraws {
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &VerifyDraws, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let check = open.app.verify_draws(open.id())?;
    print.json(&json!({
        "plays": check.plays,
        "proven": check.proven,
        "wrong": check.wrong,
    }))?;
    print.line(format!(
        "{}, {} with the secret of their month",
        counted(check.plays, "play"),
        check.proven
    ));
    if check.wrong.is_empty() {
        print.line(print.style(
            Style::Good,
            "Each came to what its number and the odds say.",
        ));
        return Ok(Answer::Yes);
    }
    print.line(print.style(Style::Bad, "Some came to something else:"));
    for wrong in &check.wrong {
        print.line(format!("  {wrong}"));
    }
    Ok(Answer::No)
}
