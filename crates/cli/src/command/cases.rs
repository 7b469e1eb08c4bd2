//! `regulars cases`: what members are not happy with, and how it went; and letters that come in.

use crate::Answer;
use crate::flags::{Shop, read_text};
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::{InboundLetter, PageAsk, ServiceAsk};
use regulars_server::view;
use std::path::{Path, PathBuf};

/// See cases of members, take in letters, see how it went
#[derive(Args)]
pub(crate) struct Cases {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List cases that are not solved, those first that are due first.
    List {
        /// Late ones only.
        #[arg(long)]
        late: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// See a case, with all that was said and done.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take in a letter as it came, from a file (`-` for what is piped in): it goes to the case it answers.
    InboundLetter {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// See how cases went: how soon they were answered and solved, and who bought again.
    Report {
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Cases, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { late, shop } => list(*late, shop, print)?,
        What::Show { id, shop } => show(id, shop, print)?,
        What::InboundLetter { file, shop } => inbound(file, shop, print)?,
        What::Report { shop } => report(shop, print)?,
    }
    Ok(Answer::Yes)
}

fn decimals(open: &crate::flags::Open) -> anyhow::Result<u8> {
    let (_, program) = open.app.program_in_force(open.id(), open.app.now())?;
    Ok(program.points.first().map_or(0, |own| own.decimals))
}

fn list(late: bool, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let ask = ServiceAsk {
        late,
        ..ServiceAsk::default()
    };
    let page = PageAsk {
        after: None,
        limit: 1000,
    };
    let found = open.app.service_cases(open.id(), &ask, &page)?;
    let mut table = Table::new(&["ID", "STATE", "DUE", "CAUSE", "AGENT", "SUBJECT"]);
    for own in &found.items {
        table.row(vec![
            own.id.clone(),
            own.state.name().to_owned(),
            own.due().map(|at| at.to_string()).unwrap_or_default(),
            own.cause.name().to_owned(),
            own.agent
                .as_ref()
                .map(|own| own.name.clone())
                .unwrap_or_default(),
            own.subject.clone(),
        ]);
    }
    print.table(&table);
    let (now, decimals) = (open.app.now(), decimals(&open)?);
    let all: Vec<_> = found
        .items
        .iter()
        .map(|own| view::case(own, now, decimals))
        .collect();
    print.json(&all)
}

fn show(id: &str, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let own = open.app.service_case(open.id(), id)?;
    print.line(format!(
        "{} ({}): {}",
        own.id,
        own.state.name(),
        own.subject
    ));
    for line in open.app.service_lines(open.id(), id)? {
        let who = line
            .by
            .as_ref()
            .map_or("the member", |own| own.name.as_str());
        print.line(format!("\n{} {who}\n{}", line.at, line.text));
    }
    print.json(&view::case(&own, open.app.now(), decimals(&open)?))
}

fn inbound(file: &Path, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let letter = InboundLetter {
        raw: read_text(file)?,
        ..InboundLetter::default()
    };
    let open = shop.open()?;
    let taken = open.app.take_letter(open.id(), letter)?;
    let how = if taken.before {
        "had come before"
    } else {
        "is in"
    };
    print.line(format!("the letter {how}: {}", taken.case.id));
    print.json(&view::case(&taken.case, open.app.now(), decimals(&open)?))
}

fn report(shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let own = open.app.service_report(open.id(), (None, None))?;
    let minutes =
        |own: Option<i64>| own.map_or_else(|| "n/a".to_owned(), |own| format!("{own} minutes"));
    print.line(format!("{} opened, {} solved", own.opened, own.solved));
    print.line(format!(
        "first answer: {} (median)",
        minutes(own.answer_minutes)
    ));
    print.line(format!(
        "solved in: {} (median)",
        minutes(own.solve_minutes)
    ));
    print.line(format!(
        "won back: {} of {}; lost: {}; not told yet: {}",
        own.recovered.numerator, own.recovered.denominator, own.lost, own.open_still
    ));
    print.json(&view::service_report(&own, decimals(&open)?))
}
