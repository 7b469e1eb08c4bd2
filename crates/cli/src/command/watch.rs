//! `regulars watch`: reports and alerts that come by themselves, for whoever has a scheduler.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Style};
use clap::Args;
use regulars_app::{PageAsk, Watched};
use std::path::PathBuf;

/// Write the reports and tell the alerts that `[insight]` of the program asks for
///
/// For a scheduler: asked again in the same period it does nothing. A server does so by itself with
/// `serve --reports FOLDER`. Ends with 1 where a figure crossed its threshold.
#[derive(Args)]
pub(crate) struct Watch {
    /// Into which folder, which is made if need be.
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    into: PathBuf,
    /// Say instead how all alerts stand and which reports were written.
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Watch, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    if ask.list {
        let alerts = open.app.alerts(open.id(), &PageAsk::default())?.items;
        let reports = open
            .app
            .written_reports(open.id(), &PageAsk::default())?
            .items;
        for alert in &alerts {
            let (style, side) = match alert.crossed {
                true => (Style::Bad, "crossed"),
                false => (Style::Good, "calm"),
            };
            print.line(format!("{} {}", print.style(style, side), alert.rule));
            print.line(format!("  {}", alert.shown));
        }
        for report in &reports {
            print.line(format!("{}: {}", report.rule, report.file));
        }
        print.json(&serde_json::json!({ "alerts": alerts, "reports": reports }))?;
        return Ok(Answer::Yes);
    }
    let done = open.app.watch(open.id(), &ask.into)?;
    told(&done, print);
    print.json(&serde_json::json!({
        "reports": done.reports,
        "alerts": done.alerts,
        "problems": done.problems.iter().map(|(rule, why)| serde_json::json!({ "rule": rule, "why": why })).collect::<Vec<_>>(),
    }))?;
    Ok(match done.alerts.is_empty() && done.problems.is_empty() {
        true => Answer::Yes,
        false => Answer::No,
    })
}

fn told(done: &Watched, print: &Print) {
    for page in &done.reports {
        print.line(format!("{} written", page.display()));
    }
    for alert in &done.alerts {
        print.line(format!(
            "{} {}",
            print.style(Style::Bad, "alert:"),
            alert.rule
        ));
        print.line(format!("  {}", alert.shown));
    }
    for (rule, why) in &done.problems {
        print.line(format!(
            "{} {rule}: {why}",
            print.style(Style::Bad, "not done:")
        ));
    }
    if done.reports.is_empty() && done.alerts.is_empty() && done.problems.is_empty() {
        print.line("Nothing was due.");
    }
}
