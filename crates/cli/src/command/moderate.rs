//! `regulars waiting` and `regulars moderate`: what waits until somebody has looked at it.

use crate::Answer;
use crate::flags::Shop;
use crate::member;
use crate::print::{Print, Table};
use clap::Args;
use regulars_app::{MemberRef, PageAsk, Waiting as Submission};
use regulars_base::Text;
use regulars_engine::event::{Moderation, Value};
use regulars_engine::outcome::Verdict;
use regulars_server::view;

/// List what waits to be approved: reviews and the like
#[derive(Args)]
pub(crate) struct Waiting {
    #[command(flatten)]
    shop: Shop,
}

/// Approve or reject what waits
#[derive(Args)]
pub(crate) struct Moderate {
    /// The member, as in `regulars balance`.
    member: String,
    /// The id under which it waits.
    id: String,
    /// It counts.
    #[arg(long, conflicts_with = "reject", required_unless_present = "reject")]
    approve: bool,
    /// It does not, and this is why.
    #[arg(long, value_name = "REASON")]
    reject: Option<String>,
    /// Who looked at it.
    #[arg(long, value_name = "NAME", default_value = "operator")]
    by: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn list(ask: &Waiting, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let mut all: Vec<Submission> = Vec::new();
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let found = open.app.waiting(open.id(), &page)?;
        all.extend(found.items);
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    let shown: Vec<_> = all.iter().map(view::submission).collect();
    print.json(&shown)?;
    if all.is_empty() {
        print.line("Nothing waits.");
        return Ok(Answer::Yes);
    }
    let zone = open.app.program_in_force(open.id(), open.app.now())?.1;
    let zone = &zone.zone;
    let mut table = Table::new(&["MEMBER", "ID", "WHAT", "SINCE", "UNTIL", "FIELDS"]);
    for waits in &all {
        let whose = open.app.member(open.id(), &MemberRef::Id(waits.member))?;
        table.row(vec![
            member::called(&whose),
            waits.event.external_id.to_string(),
            waits.activity.name.to_string(),
            zone.day(waits.at).to_string(),
            zone.day(waits.lapses_at).to_string(),
            fields(waits),
        ]);
    }
    print.table(&table);
    Ok(Answer::Yes)
}

/// `order=R-1 stars=5`.
fn fields(waits: &Submission) -> String {
    let shown = |(name, value): &(Text, Value)| match value {
        Value::Bool(yes) => format!("{name}={yes}"),
        Value::Int(number) => format!("{name}={number}"),
        Value::Text(text) => format!("{name}={text}"),
    };
    let all: Vec<String> = waits.activity.fields.iter().map(shown).collect();
    all.join(" ")
}

pub(crate) fn run(ask: &Moderate, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let whose = member::find(&open.app, open.id(), &ask.member)?;
    let moderation = Moderation {
        submission: Text::new(&ask.id)?,
        approved: ask.approve,
        reason: Text::new(ask.reject.as_deref().unwrap_or_default())?,
        by: Text::new(&ask.by)?,
    };
    let receipt = open.app.moderate(open.id(), whose.id, moderation)?;
    for reason in receipt.reasons() {
        print.line(reason);
    }
    Ok(match receipt.verdict {
        Verdict::Accepted => Answer::Yes,
        Verdict::Refused(_) => Answer::No,
    })
}
