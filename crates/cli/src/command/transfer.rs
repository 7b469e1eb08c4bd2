//! `regulars transfer`: a member sends points to another.

use crate::Answer;
use crate::deed::one_line;
use crate::failure::Failure;
use crate::flags::Shop;
use crate::member;
use crate::print::Print;
use clap::Args;
use regulars_app::{MemberRef, Receipt};
use regulars_base::EventKey;
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_server::view;

/// Send points from one member to another
#[derive(Args)]
pub(crate) struct Transfer {
    /// Who sends, as for `balance`.
    from: String,
    /// Who gets them.
    to: String,
    /// How many, in the smallest unit of the points.
    amount: i64,
    /// Which points, by their id in the program file.
    points: String,
    /// Makes it one transfer, however often the command is run.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Transfer, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let find = |name: &str| member::find(&open.app, open.id(), name);
    let (from, to) = (find(&ask.from)?.id, find(&ask.to)?.id);
    let made_up = || format!("transfer-{from}-{}", open.app.now().micros());
    let key = EventKey {
        source: one_line("command-line")?,
        external_id: one_line(&ask.id.clone().unwrap_or_else(made_up))?,
    };
    let receipt = open.app.transfer(
        open.id(),
        (&MemberRef::Id(from), &MemberRef::Id(to)),
        (one_line(&ask.points)?, ask.amount),
        key,
    )?;
    told(&receipt, print)?;
    print.json(&view::receipt(&receipt))?;
    Ok(Answer::Yes)
}

/// What came of it; a refusal is a failure.
pub(super) fn told(receipt: &Receipt, print: &Print) -> anyhow::Result<()> {
    if let Verdict::Refused(refusal) = &receipt.verdict {
        let why = words::refusal(&receipt.program, refusal);
        return Err(Failure::new("it was refused", why).into());
    }
    for note in &receipt.trace {
        print.line(words::note(&receipt.program, note));
    }
    Ok(())
}
