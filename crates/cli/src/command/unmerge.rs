//! `regulars unmerge`: a merge was a mistake.

use crate::Answer;
use crate::deed::one_line;
use crate::failure::Failure;
use crate::flags::Shop;
use crate::print::Print;
use clap::Args;
use regulars_base::{EventKey, MemberId};
use regulars_server::view;

/// Undo a merge: the member is one of their own again, with what is still there of what they had
#[derive(Args)]
pub(crate) struct Unmerge {
    /// The id (mem_…) of the member who had been merged. Identities lead to whoever took them over.
    member: String,
    /// Makes it one request, however often the command is run.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Unmerge, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let member: MemberId = ask.member.parse().map_err(|error| {
        let advice =
            "name the member who had been merged by id: `regulars explain` of the other says it";
        Failure::new(format!("`{}` {error}", ask.member), advice)
    })?;
    let made_up = || format!("unmerge-{member}-{}", open.app.now().micros());
    let key = EventKey {
        source: one_line("command-line")?,
        external_id: one_line(&ask.id.clone().unwrap_or_else(made_up))?,
    };
    let receipt = open.app.unmerge(open.id(), member, key)?;
    super::transfer::told(&receipt, print)?;
    print.json(&view::receipt(&receipt))?;
    Ok(Answer::Yes)
}
