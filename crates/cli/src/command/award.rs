//! `regulars award`: points for many members from a file, by two persons.

use crate::Answer;
use crate::flags::{Shop, read_text, whoever};
use crate::print::{Print, counted};
use clap::{Args, Subcommand};
use regulars_app::{Award as Awarded, PageAsk, ProposeAward};
use regulars_engine::program::words;
use regulars_server::view;
use std::path::PathBuf;

/// Give points to many members from a file: proposed by one person, approved by another
#[derive(Args)]
pub(crate) struct Award {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Read a file (member,points,reason) and say what it comes to. Nothing is booked yet.
    Propose {
        /// The file; `-` for standard input.
        file: PathBuf,
        /// What for.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Where rows are written that cannot be booked, with line and reason.
        #[arg(long, value_name = "FILE")]
        rejects: Option<PathBuf>,
        #[command(flatten)]
        shop: Shop,
    },
    /// List all awards.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Approve an award and book it: not whoever proposed it.
    Approve(One),
    /// Reject an award: nothing is booked.
    Reject(One),
    /// Undo an award as a whole, by the opposite bookings.
    Undo(One),
}

/// Which.
#[derive(Args)]
struct One {
    /// Its id (awd_…), as listed.
    id: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Award, print: &Print) -> anyhow::Result<Answer> {
    let award = match &ask.what {
        What::Propose {
            file,
            note,
            rejects,
            shop,
        } => {
            let open = shop.open()?;
            let propose = ProposeAward {
                text: read_text(file)?,
                by: whoever(),
                note: note.clone(),
            };
            let award = open.app.propose_award(open.id(), &propose)?;
            if let Some(path) = rejects.as_ref().filter(|_| !award.rejects.is_empty()) {
                std::fs::write(path, view::award_rejects(&award))
                    .map_err(|error| crate::failure::Failure::writing(path, &error))?;
            }
            award
        }
        What::List { shop } => {
            let open = shop.open()?;
            let mut page = PageAsk {
                after: None,
                limit: 100,
            };
            loop {
                let awards = open.app.awards(open.id(), None, &page)?;
                for award in &awards.items {
                    tell(award, print);
                    print.json_line(&view::award(award))?;
                }
                page.after = awards.next;
                if page.after.is_none() {
                    return Ok(Answer::Yes);
                }
            }
        }
        What::Approve(one) => {
            let open = one.shop.open()?;
            open.app.approve_award(open.id(), &one.id, &whoever())?
        }
        What::Reject(one) => {
            let open = one.shop.open()?;
            open.app.reject_award(open.id(), &one.id, &whoever())?
        }
        What::Undo(one) => {
            let open = one.shop.open()?;
            open.app.undo_award(open.id(), &one.id, &whoever())?
        }
    };
    tell(&award, print);
    for (line, why) in award.rejects.iter().chain(&award.refused).take(20) {
        print.line(format!("  line {line}: {why}"));
    }
    print.json(&view::award(&award))?;
    Ok(Answer::Yes)
}

fn tell(award: &Awarded, print: &Print) {
    let one = |(points, decimals, amount): &(String, u8, i64)| {
        format!("{} {points}", words::number(*decimals, *amount))
    };
    let totals: Vec<String> = award.totals.iter().map(one).collect();
    let totals = match totals.is_empty() {
        true => "nothing".to_owned(),
        false => totals.join(", "),
    };
    let cannot = (award.rejects.len() + award.refused.len()) as u64;
    print.line(format!(
        "{} is {}: {totals} for {}; {} cannot be booked.",
        award.id,
        award.state.name(),
        counted(award.members, "member"),
        counted(cannot, "row"),
    ));
}
