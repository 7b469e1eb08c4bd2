//! `regulars control-group`: who gets no campaign at all, and what all campaigns together brought.

use crate::Answer;
use crate::flags::Shop;
use crate::lift::{self, Compare};
use crate::print::Print;
use clap::{Args, Subcommand};
use regulars_app::{CONTROL_PERCENT_MOST, LiftAsk};
use regulars_server::view;

/// The control group of the whole program: who gets no campaign, and what all of them together brought
#[derive(Args)]
pub(crate) struct ControlGroup {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Show it, and what those came to more who are not in it.
    Show {
        #[command(flatten)]
        compare: Compare,
        #[command(flatten)]
        shop: Shop,
    },
    /// Draw it: from now on so many in a hundred get no campaign.
    Set {
        /// How many in a hundred.
        #[arg(value_parser = clap::value_parser!(u8).range(0..=i64::from(CONTROL_PERCENT_MOST)))]
        percent: u8,
        /// What the draw is called; that of the one before if left out. Another name draws others.
        #[arg(long)]
        draw: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &ControlGroup, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Show { compare, shop } => show(compare, shop, print)?,
        What::Set {
            percent,
            draw,
            shop,
        } => set((*percent, draw.as_deref()), shop, print)?,
    }
    Ok(Answer::Yes)
}

fn show(compare: &Compare, shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let found = open.app.control_group(open.id(), compare.ask())?;
    let (members, in_it) = found.members;
    match &found.draw {
        Some(draw) => print.line(format!(
            "{} % by the draw {} since {}: {in_it} of {members} members",
            draw.percent,
            draw.name,
            draw.since()
        )),
        None => print.line("nobody is in it: no draw was made yet"),
    }
    let shown = view::control_group(&found);
    lift::shown(&shown.lift, print);
    print.json(&shown)
}

fn set((percent, name): (u8, Option<&str>), shop: &Shop, print: &Print) -> anyhow::Result<()> {
    let open = shop.open()?;
    let before = open.app.control_group(open.id(), LiftAsk::default())?.draw;
    let before = before.map(|own| own.name);
    let name = name.map(str::to_owned).or(before);
    let name = name.unwrap_or_else(|| "first".to_owned());
    let (_, after) = open.app.set_control_group(open.id(), (percent, &name))?;
    print.line(format!("{} % by the draw {}", after.percent, after.name));
    print.json(&view::control_draw(&after))
}
