//! `regulars rollback`: an earlier version decides again.

use crate::Answer;
use crate::flags::{Shop, whoever};
use crate::print::Print;
use clap::Args;
use regulars_server::view;

/// Apply the text of an earlier version again, as a new version, from now on
#[derive(Args)]
pub(crate) struct Rollback {
    /// The number of the version, as `regulars versions` lists them.
    no: i64,
    /// Why, for those who look at the versions later.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Rollback, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let version = open
        .app
        .roll_back(open.id(), ask.no, &whoever(), &ask.note)?;
    print.line(format!(
        "Version {} says what version {} said, from now on.",
        version.version, ask.no
    ));
    print.json(&view::version(version))?;
    Ok(Answer::Yes)
}
