//! `regulars confirmations`: consents that members confirm by a link in a letter.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::ConfirmationRow;
use regulars_base::Timestamp;
use serde_json::{Value, json};

/// See what a member is to confirm, and have a letter sent once more
///
/// A server that runs sends letters by itself: the first at once, one that reminds after three days, no more.
#[derive(Args)]
pub(crate) struct Confirmations {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Show what a member is to confirm, how many letters went, and until when the link is good.
    Show {
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Another letter to a member who asked for one. Links of earlier letters are over then.
    Again {
        /// An id (`mem_…`) or an identity (`email:ana@example.com`).
        member: String,
        /// What they are to confirm: the activity's id in the program file.
        purpose: String,
        /// Where and how they asked for it: kept as the proof.
        #[arg(long)]
        said: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Look now who is to confirm something, and put the letters that are due into the outbox.
    Send {
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Confirmations, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Show { member, shop } => {
            let open = shop.open()?;
            let id = crate::member::find(&open.app, open.id(), member)?.id;
            let rows = open.app.confirmations(open.id(), id)?;
            show(&rows, open.app.now(), print)?;
        }
        What::Again {
            member,
            purpose,
            said,
            shop,
        } => {
            let open = shop.open()?;
            let id = crate::member::find(&open.app, open.id(), member)?.id;
            open.app.confirm_anew(open.id(), (id, purpose), said)?;
            print.line("A letter goes to them within a minute; earlier links are over.");
            print.json(&json!({ "member": id.to_string(), "purpose": purpose }))?;
        }
        What::Send { shop } => {
            let open = shop.open()?;
            open.app.seal(open.id())?;
            let letters = open.app.ask_to_confirm(open.id())?;
            print.line(format!(
                "{letters} into the outbox; a server that runs sends them"
            ));
            print.json(&json!({ "letters": letters }))?;
        }
    }
    Ok(Answer::Yes)
}

fn show(rows: &[ConfirmationRow], now: Timestamp, print: &Print) -> anyhow::Result<()> {
    let stands = |row: &ConfirmationRow| match row.confirmed_at {
        Some(_) => "confirmed",
        None if row.expires_at <= now => "over",
        None => "waits",
    };
    let said = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let mut table = Table::new(&[
        "WHAT",
        "STANDS",
        "ASKED",
        ">LETTERS",
        "NEXT",
        "GOOD UNTIL",
        "CONFIRMED",
    ]);
    for row in rows {
        table.row(vec![
            row.purpose.clone(),
            stands(row).to_owned(),
            row.asked_at.to_string(),
            row.letters.to_string(),
            said(row.due),
            row.expires_at.to_string(),
            said(row.confirmed_at),
        ]);
    }
    print.table(&table);
    let items: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "purpose": row.purpose,
                "stands": stands(row),
                "asked_at": row.asked_at.to_string(),
                "letters": row.letters,
                "next_at": row.due.map(|at| at.to_string()),
                "good_until": row.expires_at.to_string(),
                "confirmed_at": row.confirmed_at.map(|at| at.to_string()),
            })
        })
        .collect();
    print.json(&json!({ "items": items }))
}
