//! `regulars rollback`: an earlier version decides again.

use crate::Answer;
use crate::flags::{Shop, whoever};
use crate::moment;
use crate::print::Print;
use clap::Args;
use regulars_app::RollBack;
use regulars_engine::program::words;
use regulars_server::view;

/// Apply the text of an earlier version again, as a new version, and say what cannot be undone
#[derive(Args)]
pub(crate) struct Rollback {
    /// The number of the version, as `regulars versions` lists them; the one before if left out.
    no: Option<i64>,
    /// From when on: a day or a moment. From now on if left out.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Why, for those who look at the versions later.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Rollback, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let from = ask.from.as_deref();
    let from = from.map(|text| moment::read("--from", text, &open.zone()));
    let roll_back = RollBack {
        to: ask.no,
        from: from.transpose()?,
        by: whoever(),
        note: ask.note.clone(),
    };
    let done = open.app.roll_back(open.id(), &roll_back)?;
    let from = match ask.from {
        Some(_) => moment::shown(done.version.in_force_from, &open.zone()),
        None => "now".to_owned(),
    };
    print.line(format!(
        "Version {} says what version {} said, from {from} on.",
        done.version.version, done.to
    ));
    for lost in &done.lost {
        let number = |amount: i64| words::number(lost.decimals, amount);
        print.line(format!(
            "Since {} members spent {} {points} and {} {points} lapsed: that is not undone.",
            moment::shown(done.since, &open.zone()),
            number(lost.spent),
            number(lost.lapsed),
            points = lost.points,
        ));
    }
    print.json(&view::rolled_back(done))?;
    Ok(Answer::Yes)
}
