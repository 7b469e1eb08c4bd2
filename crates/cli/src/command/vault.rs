//! `regulars vault`: personal fields that stand closed in the database.

use crate::Answer;
use crate::flags::{Place, Shop};
use crate::print::{Print, count};
use crate::progress::Progress;
use clap::{Args, Subcommand};
use regulars_app::{VaultKeys, VaultReport};
use serde_json::json;

/// Close personal fields with a key that is not in the database, turn the key, see how it stands
#[derive(Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Make a key: a line to put on top of the file that --vault-keys names
    NewKey,
    /// See which key is in force, and how many rows are not closed with it
    Status {
        #[command(flatten)]
        place: Place,
    },
    /// Close everything with the newest key of the file, while servers go on; then older ones may be taken out of it
    Turn {
        #[command(flatten)]
        place: Place,
    },
    /// Open everything for good: personal fields stand in clear again
    Open {
        #[command(flatten)]
        place: Place,
    },
    /// Leave the words of names in clear, so that members are found by how these begin; or close them again
    Names {
        /// `clear` or `closed`.
        how: How,
        #[command(flatten)]
        shop: Shop,
    },
}

/// How words of names stand.
#[derive(Clone, Copy, clap::ValueEnum)]
enum How {
    /// In clear.
    Clear,
    /// Closed.
    Closed,
}

pub(crate) fn run(ask: &Vault, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::NewKey => {
            let key = VaultKeys::fresh();
            print.line(&key);
            print.json(&json!({ "key": key }))?;
            Ok(Answer::Yes)
        }
        What::Status { place } => {
            let app = place.open()?;
            let report = app.vault();
            app.close();
            show(&report?, print)
        }
        What::Turn { place } => turn(place, false, print),
        What::Open { place } => turn(place, true, print),
        What::Names { how, shop } => {
            let open = shop.open()?;
            let bar = Progress::new(print, "rows");
            let clear = matches!(how, How::Clear);
            let rows = open.app.vault()?.rows;
            let report = open.app.leave_names(open.id(), clear, &mut |done| {
                bar.at(done, rows, count(done));
            });
            bar.clear();
            show(&report?, print)
        }
    }
}

fn turn(place: &Place, open: bool, print: &Print) -> anyhow::Result<Answer> {
    let app = place.open()?;
    let bar = Progress::new(print, "rows");
    let report = app.vault().and_then(|before| {
        app.turn_vault(open, &mut |done| {
            let left = before.rows.saturating_sub(done);
            bar.at(done, before.rows, format!("{} left", count(left)));
        })
    });
    bar.clear();
    app.close();
    show(&report?, print)
}

fn show(report: &VaultReport, print: &Print) -> anyhow::Result<Answer> {
    let VaultReport { state, rows, left } = report;
    match &state.key {
        Some(key) => print.line(format!("Personal fields are closed with the key {key}.")),
        None => print.line("Personal fields stand in clear."),
    }
    print.line(format!(
        "{} rows have some, {} do not stand so yet.",
        count(*rows),
        count(*left)
    ));
    if !state.older.is_empty() {
        let older = state.older.join(", ");
        print.line(format!(
            "Still needed: {older}. `regulars vault turn` goes on."
        ));
    } else if state.from_clear || state.names_turn {
        print.line("`regulars vault turn` goes on.");
    }
    print.json(&json!({
        "key": state.key,
        "older": state.older,
        "settled": state.is_settled(),
        "rows": rows,
        "left": left,
    }))?;
    Ok(Answer::Yes)
}
