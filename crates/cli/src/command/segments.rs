//! `regulars segments`: who is in which, and whom a condition would hold of.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::Shop;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::PageAsk;
use regulars_server::view;
use std::path::PathBuf;

/// How many members a preview names.
const SAMPLE: usize = 10;

/// List segments and who is in them, and try a condition
#[derive(Args)]
pub(crate) struct Segments {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List all segments, with how many members are in each.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Count the members of whom the condition in a file holds now. Nothing is written.
    Preview {
        /// The file: a condition as in `orders_ever >= 5 && days_since_order > 30`.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// List who is in a segment, and since when.
    Members {
        /// Its id.
        segment: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Segments, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { shop } => list(shop, print)?,
        What::Preview { file, shop } => preview(file, shop, print)?,
        What::Members { segment, shop } => members(segment, shop, print)?,
    }
    Ok(Answer::Yes)
}

fn list(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let all = open.app.segments(open.id())?;
    let mut table = Table::new(&["ID", ">MEMBERS", "NAME", "CONDITION"]);
    for own in &all {
        table.row(vec![
            own.id.clone(),
            own.members.to_string(),
            own.name.clone(),
            own.condition
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        ]);
    }
    print.table(&table);
    for own in all.iter().filter(|own| !own.findings.is_empty()) {
        for finding in &own.findings {
            print.line(format!("{}: {finding}", own.id));
        }
    }
    print.json(&view::segments(&all))
}

fn preview(file: &PathBuf, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let condition = std::fs::read_to_string(file).map_err(|error| {
        let what = format!("{}: {error}", file.display());
        Failure::new(what, "name a file that has a condition")
    })?;
    let open = shop.open()?;
    let found = open.app.preview_segment(open.id(), &condition, SAMPLE)?;
    print.line(format!("{} of {} members", found.members, found.of));
    for member in &found.sample {
        print.line(format!("  {member}"));
    }
    if !found.complete {
        print.note("not all of the log was counted yet; run it again in a moment");
    }
    print.json(&view::segment_preview(&found))
}

fn members(segment: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let found = open.app.segment_members(open.id(), segment, &page)?;
        for own in found.items {
            print.line(format!("{}  {}", own.member, own.since));
            print.json_line(&view::segment_member(own))?;
        }
        page.after = found.next;
        if page.after.is_none() {
            return Ok(());
        }
    }
}
