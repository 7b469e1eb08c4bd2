//! `regulars seal` and `regulars head`: the tenant's chain, and its newest hash to keep elsewhere.

use crate::Answer;
use crate::flags::Shop;
use crate::moment;
use crate::print::Print;
use clap::Args;
use regulars_app::Seal as Sealed;

/// Bind the members' newest entries into the tenant's chain now, and print its head
///
/// A server does this every few seconds.
#[derive(Args)]
pub(crate) struct Seal {
    #[command(flatten)]
    shop: Shop,
}

/// Print the newest sealed head: keep it elsewhere, and `regulars verify --head` holds the database
/// to it
#[derive(Args)]
pub(crate) struct Head {
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Seal, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    match open.app.seal(open.id())? {
        Some(seal) => {
            print.line(format!("everything is sealed, up to seal {}", seal.no));
            print.line(hex(&seal.hash));
            print.json(&shown(&seal))?;
            Ok(Answer::Yes)
        }
        None => newest(&open, print),
    }
}

pub(crate) fn head(ask: &Head, print: &Print) -> anyhow::Result<Answer> {
    newest(&ask.shop.open()?, print)
}

fn newest(open: &crate::flags::Open, print: &Print) -> anyhow::Result<Answer> {
    match open.app.head(open.id())? {
        Some(seal) => {
            let at = moment::shown(seal.at, &open.zone());
            print.note(format!("seal {} of {at}", seal.no));
            print.line(hex(&seal.hash));
            print.json(&shown(&seal))?;
            Ok(Answer::Yes)
        }
        None => {
            print.line("Nothing is sealed yet: `regulars seal`.");
            print.json(&serde_json::Value::Null)?;
            Ok(Answer::No)
        }
    }
}

/// A seal as JSON.
pub(crate) fn shown(seal: &Sealed) -> serde_json::Value {
    serde_json::json!({
        "no": seal.no,
        "at": seal.at.to_string(),
        "hash": hex(&seal.hash),
        "wallets": seal.wallets,
    })
}

/// A hash as people keep it.
pub(crate) fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
