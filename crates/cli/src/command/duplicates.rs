//! `regulars duplicates`: members who may be one person.

use crate::Answer;
use crate::flags::{Open, Shop};
use crate::print::{Print, Table, counted};
use crate::{member, trail};
use clap::{Args, Subcommand};
use regulars_app::{Duplicate, MemberRef, PageAsk, Told};
use regulars_server::view;

/// Look for members who may be one person, list them, say that two are two
#[derive(Args)]
pub(crate) struct Duplicates {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Look for them now; a server does so every night
    Find {
        #[command(flatten)]
        shop: Shop,
    },
    /// List pairs, those for whom most speaks first
    List {
        /// Those of whom somebody said that they are two, instead.
        #[arg(long)]
        not_same: bool,
        /// How many at most.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say that two members are two people: the pair is not listed again
    Part {
        /// The one: id (mem_…), customer number, e-mail address, or any identity as in card:4711.
        one: String,
        /// The other.
        other: String,
        /// They may be one after all.
        #[arg(long)]
        undo: bool,
        /// Why: auditors will read it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Duplicates, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Find { shop } => {
            let open = shop.open()?;
            let pairs = open.app.find_duplicates(open.id())?;
            print.line(format!("{} may be one person", counted(pairs, "pair")));
            print.json(&serde_json::json!({ "pairs": pairs }))?;
            Ok(Answer::Yes)
        }
        What::List {
            not_same,
            limit,
            shop,
        } => list(&shop.open()?, (*not_same, *limit), print),
        What::Part {
            one,
            other,
            undo,
            reason,
            shop,
        } => part(&shop.open()?, (one, other), (!undo, reason), print),
    }
}

fn list(open: &Open, (not_same, limit): (bool, usize), print: &Print) -> anyhow::Result<Answer> {
    let page = PageAsk { after: None, limit };
    let found = open.app.duplicates(open.id(), not_same, &page)?.items;
    let mut table = Table::new(&["SCORE", "WHY", "ONE", "", "OTHER", ""]);
    for own in &found {
        let Duplicate { one, other, .. } = own;
        table.row(vec![
            own.score.to_string(),
            own.reasons.join(", "),
            one.id.to_string(),
            member::called(one),
            other.id.to_string(),
            member::called(other),
        ]);
    }
    print.table(&table);
    let items: Vec<_> = found.into_iter().map(view::duplicate).collect();
    print.json(&serde_json::json!({ "items": items }))?;
    Ok(Answer::Yes)
}

fn part(
    open: &Open,
    (one, other): (&str, &str),
    (not_same, reason): (bool, &str),
    print: &Print,
) -> anyhow::Result<Answer> {
    let id = |name: &str| member::find(&open.app, open.id(), name).map(|found| found.id);
    let (one, other) = (MemberRef::Id(id(one)?), MemberRef::Id(id(other)?));
    let (one, other) = open
        .app
        .part_duplicate(open.id(), (&one, &other), not_same)?;
    let (before, after) = match not_same {
        true => ("may be one person", "two people"),
        false => ("two people", "may be one person"),
    };
    let told = Told {
        before: before.to_owned(),
        after: after.to_owned(),
        why: reason.to_owned(),
        ..Told::default()
    };
    trail::note(open, "part_duplicate", format!("{one} and {other}"), told)?;
    print.line(format!("{one} and {other}: {after}"));
    let (one, other) = (one.to_string(), other.to_string());
    print.json(&serde_json::json!({ "one": one, "other": other, "not_same": not_same }))?;
    Ok(Answer::Yes)
}
