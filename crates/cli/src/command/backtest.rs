//! `regulars backtest`: what a program would have come to over an order file. No database is needed.

use crate::Answer;
use crate::command::check::findings;
use crate::failure::Failure;
use crate::flags::{Reading, read_text};
use crate::moment;
use crate::print::{Print, Style, Table, count, counted};
use crate::progress::Progress;
use clap::Args;
use regulars_app::{
    BacktestMonth, BacktestReport, ImportFile, ImportProgress, Joining, MemberDifference, Share,
    backtest_part, backtest_together, totals,
};
use regulars_base::{CivilDay, Currency, Money, Text};
use regulars_engine::Program;
use regulars_engine::program::words;
use std::path::{Path, PathBuf};

/// Say what a program would have come to over an order file; no database is needed
#[derive(Args)]
pub(crate) struct Backtest {
    /// The program file.
    program: PathBuf,
    /// The orders: a CSV, NDJSON or Parquet file.
    orders: PathBuf,
    /// Compare with this program file.
    #[arg(long, value_name = "PROGRAM")]
    against: Option<PathBuf>,
    /// Let time pass to the end of this day, so that points lapse. To the last order if left out.
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// How many of the largest differences between members are shown.
    #[arg(long, value_name = "N", default_value_t = 10)]
    differences: usize,
    /// A file of assumptions about how members answer (`[[assumption]]`: name, redemption_rate, uplift,
    /// margin): what the program would cost and bring under each.
    #[arg(long, value_name = "FILE")]
    assume: Option<PathBuf>,
    /// On how many threads; as many as the machine has if left out.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Decide only this share of all wallets, as in 2/4, and write what it comes to into --into: for another
    /// process or machine, over the same file. Not where sales pay staff or shared budgets or stock run out.
    #[arg(
        long,
        value_name = "PART/PARTS",
        requires = "into",
        conflicts_with = "parts"
    )]
    part: Option<Share>,
    /// Where --part writes.
    #[arg(long, value_name = "FILE", requires = "part")]
    into: Option<PathBuf>,
    /// Put together what all parts came to: their files.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    parts: Vec<PathBuf>,
    /// Take customers to be on this plan from their first order on, paying each invoice when it is made: the
    /// orders do not say who is.
    #[arg(long, value_name = "PLAN")]
    plan: Option<String>,
    /// With --plan: how many of a hundred customers are.
    #[arg(long, value_name = "PERCENT", default_value_t = 100, requires = "plan",
          value_parser = clap::value_parser!(u64).range(1..=100))]
    joining: u64,
    #[command(flatten)]
    reading: Reading,
}

pub(crate) fn run(ask: &Backtest, print: &Print) -> anyhow::Result<Answer> {
    let Some((program, compiled)) = load(&ask.program, print)? else {
        return Ok(Answer::No);
    };
    let against = match &ask.against {
        None => None,
        Some(file) => match load(file, print)? {
            Some((text, _)) => Some(text),
            None => return Ok(Answer::No),
        },
    };
    let until = ask
        .until
        .as_deref()
        .map(|day| moment::read_day("--until", day));
    let backtest = regulars_app::Backtest {
        program,
        against,
        orders: ask.reading.options(&ask.orders, ImportFile::Orders),
        threads: ask.threads,
        until: until.transpose()?,
        differences: ask.differences,
        assumptions: ask.assume.as_deref().map(read_text).transpose()?,
        joining: joining(ask)?,
    };
    let bar = Progress::new(print, "deciding");
    let mut at = |at: ImportProgress| {
        bar.at(at.done, at.total, format!("{} rows", count(at.rows)));
        true
    };
    if let (Some(share), Some(file)) = (ask.part, &ask.into) {
        let part = backtest_part(&backtest, share, &mut at);
        bar.clear();
        return write_part(file, &part?, print);
    }
    let report = match ask.parts.as_slice() {
        [] => regulars_app::backtest(&backtest, &mut at),
        parts => backtest_together(&backtest, &read_parts(parts)?),
    };
    bar.clear();
    let report = report?;
    print.json(&json(&report, &compiled))?;
    people(&report, &compiled, print);
    Ok(Answer::Yes)
}

fn write_part(file: &Path, part: &[u8], print: &Print) -> anyhow::Result<Answer> {
    std::fs::write(file, part).map_err(|error| Failure::writing(file, &error))?;
    print.line(format!(
        "{} written: put all parts together with --parts",
        file.display()
    ));
    print.json(&serde_json::json!({ "part": file }))?;
    Ok(Answer::Yes)
}

fn read_parts(files: &[PathBuf]) -> anyhow::Result<Vec<Vec<u8>>> {
    let read = |file: &PathBuf| Ok(std::fs::read(file).map_err(|e| Failure::reading(file, &e))?);
    files.iter().map(read).collect()
}

fn joining(ask: &Backtest) -> anyhow::Result<Option<Joining>> {
    let Some(plan) = &ask.plan else {
        return Ok(None);
    };
    let plan = Text::new(plan)
        .map_err(|error| Failure::new(error.to_string(), "name a plan of the program"))?;
    let per_mille = ask.joining * 10;
    Ok(Some(Joining { plan, per_mille }))
}

fn load(file: &Path, print: &Print) -> anyhow::Result<Option<(String, Program)>> {
    let text = read_text(file)?;
    let program = findings(file, &text, print);
    if program.is_none() {
        print.json(&regulars_server::view::check(&regulars_app::check(&text)))?;
    }
    Ok(program.map(|program| (text, program)))
}

fn people(report: &BacktestReport, program: &Program, print: &Print) {
    let rate = if report.seconds > 0.0 {
        report.rows as f64 / report.seconds
    } else {
        0.0
    };
    print.line(format!(
        "{} of {}, {} in {:.2} s ({rate:.0} rows/s)",
        counted(report.events, "event"),
        counted(report.members, "member"),
        counted(report.rows, "row"),
        report.seconds
    ));
    if report.rejected > 0 {
        print.line(format!(
            "{} could not be read",
            counted(report.rejected, "row")
        ));
    }
    if let Some(why) = report.in_one_piece {
        print.line(format!("Decided in one piece, not split by wallet: {why}."));
    }
    print.line("");
    print.table(&months(report, program));
    if !report.fees.is_empty() {
        print.line("");
        print.table(&fees(report, program));
    }
    if !report.tiers.is_empty() {
        print.line("");
        print.table(&tiers(report));
    }
    if !report.assumed.is_empty() {
        print.line("");
        print.line(print.style(Style::Bold, "Under assumptions, over all months:"));
        print.table(&assumed(report, program));
    }
    if let Some(against) = &report.against {
        let sides = report.sides;
        print.line("");
        print.line(format!(
            "{} get more, {} less, {} more of some points and less of others, {} the same.",
            count(sides.more),
            count(sides.less),
            count(sides.mixed),
            count(sides.same)
        ));
        let mut moves = Table::new(&["TIER COMPARED", "TIER", ">MEMBERS"]);
        for ((from, to), members) in &report.tier_moves {
            moves.row(vec![from.clone(), to.clone(), count(*members)]);
        }
        if !moves.is_empty() {
            print.table(&moves);
        }
        print.line("");
        print.line(print.style(Style::Bold, "The program that it is compared with:"));
        print.table(&months(against, program));
        if !against.fees.is_empty() {
            print.line("");
            print.table(&fees(against, program));
        }
        print.line("");
        differences("More for", &report.differences, program, print, |it| {
            it.candidate > it.against
        });
        differences("Less for", &report.differences, program, print, |it| {
            it.candidate < it.against
        });
    }
    print.line("");
    print.line(print.style(
        Style::Faint,
        "The shoppers are those of the file: how they would have answered another program is not known.",
    ));
}

/// By month, and the sum of all months.
fn months(report: &BacktestReport, program: &Program) -> Table {
    let mut table = Table::new(&[
        "MONTH",
        "POINTS",
        ">ISSUED",
        ">TAKEN BACK",
        ">REDEEMED",
        ">EXPIRED",
        ">OUTSTANDING",
        ">LIABILITY",
        ">COST",
    ]);
    for month in &report.months {
        let shown: String = month.month.to_string().chars().take(7).collect();
        table.row(cells(shown, month, program));
    }
    for total in totals(&report.months) {
        table.row(cells("all".to_owned(), &total, program));
    }
    table
}

/// What plans brought in by month, beside what points cost in it.
fn fees(report: &BacktestReport, program: &Program) -> Table {
    let mut table = Table::new(&["MONTH", ">FEES", ">COST OF POINTS"]);
    let money = |minor: i64| in_money(minor, program.currency);
    let cost = |of: Option<CivilDay>| -> i64 {
        let months = report.months.iter();
        let own = months.filter(|month| of.is_none_or(|of| month.month == of));
        own.filter_map(|month| month.cost).sum()
    };
    for (month, fees) in &report.fees {
        let shown: String = month.to_string().chars().take(7).collect();
        table.row(vec![shown, money(*fees), money(cost(Some(*month)))]);
    }
    let all = report.fees.iter().map(|(_, fees)| fees).sum();
    table.row(vec!["all".to_owned(), money(all), money(cost(None))]);
    table
}

fn cells(name: String, month: &BacktestMonth, program: &Program) -> Vec<String> {
    let number = |n| words::number(month.decimals, n);
    let money = |minor: Option<i64>| {
        minor.map_or_else(String::new, |minor| in_money(minor, program.currency))
    };
    vec![
        name,
        month.points.clone(),
        number(month.issued),
        number(month.taken_back),
        number(month.redeemed),
        number(month.expired),
        number(month.closing),
        money(month.liability),
        money(month.cost),
    ]
}

fn assumed(report: &BacktestReport, program: &Program) -> Table {
    let mut table = Table::new(&[
        "ASSUMPTION",
        ">REDEEMED",
        ">MORE SALES",
        ">MORE MARGIN",
        ">COST",
        ">NET",
        ">NET COMPARED",
    ]);
    for (at, (set, it)) in report.assumed.iter().enumerate() {
        let money = |minor| in_money(minor, program.currency);
        let against = report.against.as_ref().and_then(|all| all.assumed.get(at));
        table.row(vec![
            set.name.clone(),
            format!("{} %", words::number(4, set.redemption_millionths)),
            money(it.more_sales),
            money(it.more_margin),
            money(it.cost),
            money(it.net()),
            against.map_or_else(String::new, |(_, it)| money(it.net())),
        ]);
    }
    table
}

fn tiers(report: &BacktestReport) -> Table {
    let compared = report.against.as_ref();
    let mut table = match compared {
        Some(_) => Table::new(&["TIER", ">MEMBERS", ">COMPARED"]),
        None => Table::new(&["TIER", ">MEMBERS"]),
    };
    for (tier, members) in &report.tiers {
        let mut row = vec![tier.clone(), count(*members)];
        if let Some(against) = compared {
            row.push(count(against.tiers.get(tier).copied().unwrap_or(0)));
        }
        table.row(row);
    }
    table
}

fn differences(
    title: &str,
    all: &[MemberDifference],
    program: &Program,
    print: &Print,
    is_meant: impl Fn(&MemberDifference) -> bool,
) {
    let meant: Vec<&MemberDifference> = all.iter().filter(|it| is_meant(it)).collect();
    if meant.is_empty() {
        return;
    }
    print.line(print.style(Style::Bold, format!("{title}:")));
    let mut table = Table::new(&[
        "CUSTOMER",
        "POINTS",
        ">COMPARED",
        ">THIS PROGRAM",
        ">CHANGE",
    ]);
    for it in meant {
        let points = program.points.iter().find(|points| points.id == it.points);
        let number = |n| words::number(points.map_or(0, |points| points.decimals), n);
        let change = number(it.candidate - it.against);
        table.row(vec![
            it.customer.clone(),
            it.points.clone(),
            number(it.against),
            number(it.candidate),
            if it.candidate > it.against {
                format!("+{change}")
            } else {
                change
            },
        ]);
    }
    print.table(&table);
}

fn in_money(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).to_string()
}

fn json(report: &BacktestReport, program: &Program) -> serde_json::Value {
    let month = |month: &BacktestMonth| {
        let number = |n| words::number(month.decimals, n);
        let money = |minor: Option<i64>| {
            minor.map(|minor| regulars_api::Amount::money(minor, program.currency))
        };
        serde_json::json!({
            "month": month.month.to_string(),
            "points": month.points,
            "issued": number(month.issued),
            "taken_back": number(month.taken_back),
            "redeemed": number(month.redeemed),
            "expired": number(month.expired),
            "outstanding": number(month.closing),
            "liability": money(month.liability),
            "cost": money(month.cost),
        })
    };
    let difference = |it: &MemberDifference| {
        let points = program.points.iter().find(|points| points.id == it.points);
        let number = |n| words::number(points.map_or(0, |points| points.decimals), n);
        serde_json::json!({
            "customer": it.customer,
            "points": it.points,
            "against": number(it.against),
            "candidate": number(it.candidate),
            "history": it.history.iter().map(|(day, minor)| serde_json::json!({
                "day": day.to_string(),
                "amount": regulars_api::Amount::money(*minor, program.currency),
            })).collect::<Vec<_>>(),
        })
    };
    let money = |minor| regulars_api::Amount::money(minor, program.currency);
    let assumed = report.assumed.iter().map(|(set, it)| {
        serde_json::json!({
            "assumption": set.name,
            "redemption_rate": words::number(6, set.redemption_millionths),
            "uplift": words::number(6, set.uplift_millionths),
            "margin": words::number(6, set.margin_millionths),
            "more_sales": money(it.more_sales),
            "more_margin": money(it.more_margin),
            "cost": money(it.cost),
            "net": money(it.net()),
        })
    });
    let moves = report.tier_moves.iter().map(
        |((from, to), members)| serde_json::json!({ "from": from, "to": to, "members": members }),
    );
    let sides = report.sides;
    serde_json::json!({
        "assumed": assumed.collect::<Vec<_>>(),
        "tier_moves": moves.collect::<Vec<_>>(),
        "sides": { "more": sides.more, "less": sides.less, "mixed": sides.mixed, "same": sides.same },
        "rows": report.rows,
        "events": report.events,
        "rejected": report.rejected,
        "members": report.members,
        "currency": program.currency.code(),
        "months": report.months.iter().map(month).collect::<Vec<_>>(),
        "totals": totals(&report.months).iter().map(month).collect::<Vec<_>>(),
        "fees": report.fees.iter().map(|(month, fees)| serde_json::json!({
            "month": month.to_string(),
            "income": regulars_api::Amount::money(*fees, program.currency),
        })).collect::<Vec<_>>(),
        "tiers": report.tiers,
        "against": report.against.as_ref().map(|against| json(against, program)),
        "differences": report.differences.iter().map(difference).collect::<Vec<_>>(),
        "in_one_piece": report.in_one_piece.map(|why| why.to_string()),
        "seconds": report.seconds,
    })
}
