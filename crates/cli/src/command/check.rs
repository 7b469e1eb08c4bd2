//! `regulars check`: everything that is wrong with a program file, at once.

use crate::Answer;
use crate::flags::read_text;
use crate::print::{Print, Style, counted};
use clap::Args;
use regulars_engine::Program;
use regulars_engine::program::compile::compile;
use regulars_engine::program::diagnostic::{Diagnostic, Severity};
use std::path::{Path, PathBuf};

/// Say everything that is wrong with a program file, with line, column, reason and hint
#[derive(Args)]
pub(crate) struct Check {
    /// The program file; `-` for standard input.
    #[arg(required_unless_present_any = ["schema", "manual"])]
    file: Option<PathBuf>,
    /// Print the JSON Schema of program files instead: editors complete and check by it.
    #[arg(long)]
    schema: bool,
    /// Print the manual of program files instead: every field, with an example.
    #[arg(long, conflicts_with = "schema")]
    manual: bool,
}

pub(crate) fn run(ask: &Check, print: &Print) -> anyhow::Result<Answer> {
    if ask.schema {
        print.raw(&regulars_engine::program::schema::text());
        return Ok(Answer::Yes);
    }
    if ask.manual {
        let pages = regulars_engine::program::manual::pages();
        let texts: Vec<String> = pages.into_iter().map(|(_, text)| text).collect();
        print.raw(&texts.join("\n"));
        return Ok(Answer::Yes);
    }
    let file = ask.file.as_deref().unwrap_or(Path::new("-"));
    let text = read_text(file)?;
    print.json(&regulars_server::view::check(&regulars_app::check(&text)))?;
    match findings(file, &text, print) {
        Some(program) => {
            print.line(print.style(Style::Good, format!("{} is right", file.display())));
            print.line(summary(&program));
            Ok(Answer::Yes)
        }
        None => Ok(Answer::No),
    }
}

/// The program, with its warnings printed; or nothing, with all that is wrong printed.
pub(crate) fn findings(file: &Path, text: &str, print: &Print) -> Option<Program> {
    let (program, found) = compile(text);
    for diagnostic in &found {
        print.note(format!(
            "{}\n",
            diagnostic.render(&file.display().to_string(), text)
        ));
    }
    let errors = number(&found, Severity::Error);
    if errors > 0 {
        let s = if errors == 1 { "" } else { "s" };
        print.note(format!(
            "{errors} fault{s} in {}: mend {} and check again",
            file.display(),
            if errors == 1 { "it" } else { "them" }
        ));
    }
    program
}

fn number(found: &[Diagnostic], severity: Severity) -> usize {
    found.iter().filter(|it| it.severity == severity).count()
}

/// What is in a program, in a line.
fn summary(program: &Program) -> String {
    let points: Vec<&str> = program.points.iter().map(|it| it.id.as_str()).collect();
    let mut parts = Vec::new();
    if !points.is_empty() {
        parts.push(format!("points {}", points.join(", ")));
    }
    let games = &program.games;
    for (number, one) in [
        (program.rules.len(), "rule"),
        (program.tiers.len(), "tier"),
        (program.plans.len(), "plan"),
        (program.cards.len(), "stamp card"),
        (program.rewards.len(), "reward"),
        (program.coupons.len(), "coupon"),
        (games.challenges.len(), "challenge"),
        (games.levels.len(), "level"),
        (games.boards.len(), "leaderboard"),
        (games.games.len(), "game"),
        (games.draws.len(), "draw"),
        (games.causes.len(), "cause"),
        (program.partners.len(), "partner"),
        (program.groups.len(), "group"),
    ] {
        if number > 0 {
            parts.push(counted(number as u64, one));
        }
    }
    let sections = [
        (program.referral.is_some(), "referrals"),
        (program.transfer.is_some(), "transfers"),
        (program.sell_through.is_some(), "sell-through"),
        (program.money.credit.is_some(), "store credit"),
        (program.money.cards.is_some(), "gift cards"),
    ];
    let there = sections.into_iter().filter(|(is_there, _)| *is_there);
    parts.extend(there.map(|(_, name)| name.to_owned()));
    format!("{}: {}", program.name, parts.join("; "))
}
