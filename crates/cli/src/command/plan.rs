//! `regulars plan`: what a program file would change, before it does.

use crate::Answer;
use crate::command::check::findings;
use crate::flags::{Shop, read_text};
use crate::print::{Print, Style, Table, count};
use clap::Args;
use regulars_engine::program::words;
use std::path::PathBuf;

/// Say what a program file would change: in words, and in effect on recorded purchases
#[derive(Args)]
pub(crate) struct Plan {
    /// The program file; `-` for standard input.
    file: PathBuf,
    /// How many of the last purchases are decided afresh by both versions.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    sample: usize,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Plan, print: &Print) -> anyhow::Result<Answer> {
    let text = read_text(&ask.file)?;
    if findings(&ask.file, &text, print).is_none() {
        print.json(&regulars_server::view::check(&regulars_app::check(&text)))?;
        return Ok(Answer::No);
    }
    let open = ask.shop.open()?;
    let plan = open.app.plan(open.id(), &text, ask.sample)?;
    print.json(&regulars_server::view::plan(&plan))?;
    match plan.against {
        None => print.line("There is no program yet: this would be version 1."),
        Some(version) if plan.differences.is_empty() => {
            print.line(format!(
                "Nothing would change: it says what version {version} says."
            ));
        }
        Some(version) => {
            let title = format!("Compared with version {version}, which is in force:");
            print.line(print.style(Style::Bold, title));
            for difference in &plan.differences {
                print.line(format!("  {difference}"));
            }
        }
    }
    effect(&plan, print);
    Ok(Answer::Yes)
}

fn effect(plan: &regulars_app::Plan, print: &Print) {
    let effect = &plan.effect;
    if plan.against.is_none() || effect.purchases == 0 {
        return;
    }
    print.line("");
    print.line(format!(
        "Of the last {} purchases, {} would give something else; {} members would have more, {} less.",
        count(effect.purchases),
        count(effect.changed),
        count(effect.members_better),
        count(effect.members_worse),
    ));
    let mut table = Table::new(&["POINTS", ">IN FORCE", ">WITH THIS FILE", ">CHANGE"]);
    for (points, before, after) in &effect.points {
        let decimals = plan
            .candidate
            .points_named(*points)
            .map_or(0, |it| it.decimals);
        let change = words::number(decimals, after - before);
        table.row(vec![
            words::id_of(&plan.candidate, *points).to_owned(),
            words::number(decimals, *before),
            words::number(decimals, *after),
            if after > before {
                format!("+{change}")
            } else {
                change
            },
        ]);
    }
    if !table.is_empty() {
        print.table(&table);
    }
}
