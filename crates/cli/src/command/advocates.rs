//! `regulars advocates`: members by how much they do for the shop beside paying.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Table};
use clap::{Args, Subcommand, ValueEnum};
use regulars_api::advocate::AdvocateOut;
use regulars_app::{AdvocateOrder, MemberRef, PageAsk};
use regulars_server::view;

/// Members by how much they do for the shop beside paying, with each part of their score
#[derive(Args)]
pub(crate) struct Advocates {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List members whose score is so much at least.
    List {
        /// From 1 to 100.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=100))]
        least: i64,
        /// By `score` (the highest first) or by `member`.
        #[arg(long, value_enum, default_value_t = Sort::Score)]
        sort: Sort,
        /// So many at most; all if nothing.
        #[arg(long, value_name = "COUNT")]
        first: Option<usize>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show the score of a member, part by part.
    Of {
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
}

/// How the list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    Score,
    Member,
}

pub(crate) fn run(ask: &Advocates, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List {
            least,
            sort,
            first,
            shop,
        } => {
            let order = match sort {
                Sort::Score => AdvocateOrder::Score,
                Sort::Member => AdvocateOrder::Member,
            };
            list((*least, order), first.unwrap_or(usize::MAX), shop, print)?;
        }
        What::Of { member, shop } => of(member, shop, print)?,
    }
    Ok(Answer::Yes)
}

fn list(
    by: (i64, AdvocateOrder),
    mut most: usize,
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<()> {
    let open = shop.open()?;
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    while most > 0 {
        page.limit = most.min(1000);
        let found = open.app.advocates(open.id(), by, &page)?;
        most -= found.items.len().min(most);
        for own in found.items.into_iter().map(view::advocate) {
            let parts = own.parts.iter().filter(|part| part.points > 0);
            let parts: Vec<String> = parts
                .map(|part| format!("{} {}", part.part, part.points))
                .collect();
            print.line(format!(
                "{}  {:>3}  {}",
                own.member,
                own.score,
                parts.join(", ")
            ));
            print.json_line(&own)?;
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    Ok(())
}

fn of(member: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let who = MemberRef::Id(crate::member::find(&open.app, open.id(), member)?.id);
    let own: AdvocateOut = view::advocate(open.app.advocacy_of(open.id(), &who)?);
    print.line(format!("{}: {} of 100", own.member, own.score));
    let mut table = Table::new(&["PART", ">TIMES", ">COMES TO", ">AT MOST"]);
    for part in &own.parts {
        table.row(vec![
            part.part.clone(),
            part.times.to_string(),
            part.points.to_string(),
            part.most.to_string(),
        ]);
    }
    print.table(&table);
    for action in &own.actions {
        print.line(format!(
            "{}: {} times, each weighs {}",
            action.activity, action.times, action.weight
        ));
    }
    print.json(&own)
}
