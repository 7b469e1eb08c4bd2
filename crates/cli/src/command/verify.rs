//! `regulars verify`: everything is proved again from the first entry on.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Style, count, counted};
use crate::progress::Progress;
use clap::Args;
use regulars_app::Verified;

/// Prove every balance from the first entry on, and name the first row that is wrong
#[derive(Args)]
pub(crate) struct Verify {
    /// A head that was printed by `regulars head` and kept elsewhere: it must be in the chain.
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

/// How much was proved, in words.
pub(super) fn what(verified: &Verified) -> String {
    format!(
        "{}, {}, {}, {}",
        counted(verified.wallets, "wallet"),
        counted(verified.events, "event"),
        count(verified.entries) + " ledger entries",
        counted(verified.seals, "seal"),
    )
}

pub(crate) fn run(ask: &Verify, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let total = open.app.counts(open.id())?.events;
    let bar = Progress::new(print, "proving");
    let verified = open
        .app
        .verify(open.id(), ask.head.as_deref(), &mut |read| {
            bar.at(read, total, format!("{} events", count(read)));
        });
    bar.clear();
    let verified = verified?;
    json(&verified, print)?;
    match &verified.wrong {
        None => {
            print.line(print.style(Style::Good, "Everything is as it was written."));
            print.line(what(&verified));
            print.line(counted(verified.acts, "act") + " of people and keys");
            if let Some(head) = &verified.head {
                print.line(format!(
                    "head {} (seal {})",
                    super::seal::hex(&head.hash),
                    head.no
                ));
            }
            Ok(Answer::Yes)
        }
        Some(wrong) => {
            print.line(print.style(Style::Bad, "Something is not as it was written:"));
            print.line(format!("  {} {}: {}", wrong.table, wrong.row, wrong.what));
            print.line("Restore a backup that verifies, or find out who changed this row.");
            Ok(Answer::No)
        }
    }
}

fn json(verified: &Verified, print: &Print) -> anyhow::Result<()> {
    let wrong = verified.wrong.as_ref().map(
        |wrong| serde_json::json!({ "table": wrong.table, "row": wrong.row, "what": wrong.what }),
    );
    print.json(&serde_json::json!({
        "ok": verified.wrong.is_none(),
        "wallets": verified.wallets,
        "events": verified.events,
        "entries": verified.entries,
        "seals": verified.seals,
        "acts": verified.acts,
        "head": verified.head.as_ref().map(super::seal::shown),
        "wrong": wrong,
    }))
}
