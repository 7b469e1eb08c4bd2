//! `regulars finance`: what points mean in the books, and the books closed month by month.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Table};
use clap::Args;
use regulars_api::finance::{BooksPeriodOut, PointsFinanceOut};
use regulars_base::Text;
use regulars_server::view;
use std::path::PathBuf;

/// What closes the books is named by whoever sits at the machine.
const BY: &str = "command line";

/// Print what points mean in the books: liability by age, breakage, cost, deferred revenue; close a month
#[derive(Args)]
pub(crate) struct Finance {
    /// As it stood at a moment, or at the end of a day: 2025-03-31. Now if left out.
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
    /// Close this month (2025-03): its figures are put down, and do not change any more.
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["at", "books", "tables"])]
    close: Option<String>,
    /// Print the books alone, month by month.
    #[arg(long, conflicts_with = "at")]
    books: bool,
    /// Write books, cohorts, liability and cost as CSV and Parquet into this folder.
    #[arg(long, value_name = "FOLDER")]
    tables: Option<PathBuf>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Finance, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    if let Some(period) = &ask.close {
        let closed = open.app.close_books(open.id(), period, Text::new(BY)?)?;
        let closed = view::books_period(&closed);
        print.line(format!("{} is closed.", closed.period));
        books(std::slice::from_ref(&closed), print);
        print.json(&closed)?;
        return Ok(Answer::Yes);
    }
    let periods = open.app.books(open.id())?;
    let shown: Vec<_> = periods.iter().map(view::books_period).collect();
    if ask.books && ask.tables.is_none() {
        books(&shown, print);
        print.json(&serde_json::json!({ "periods": shown }))?;
        return Ok(Answer::Yes);
    }
    let as_of = open.end_of("at", ask.at.as_deref())?;
    let finance = open.app.finance(open.id(), as_of)?;
    let out = view::finance(&finance);
    for own in &out.points {
        points(own, &out.currency, print);
    }
    if out.points.is_empty() {
        print.line("No points have moved yet.");
    }
    let written = ask
        .tables
        .as_deref()
        .map(|folder| finance.write_tables(&periods, folder))
        .transpose()?;
    for file in written.iter().flat_map(|done| &done.files) {
        print.line(format!("{} written", file.display()));
    }
    let mut json = serde_json::to_value(&out)?;
    json["periods"] = serde_json::to_value(&shown)?;
    json["tables"] = serde_json::json!(written.map(|done| done.files));
    print.json(&json)?;
    Ok(Answer::Yes)
}

fn books(periods: &[BooksPeriodOut], print: &Print) {
    let mut table = Table::new(&[
        "MONTH",
        "POINTS",
        ">OPENING",
        ">ISSUED",
        ">REDEEMED",
        ">EXPIRED",
        ">ADJUSTED",
        ">TRANSFERRED",
        ">SHORTFALL",
        ">CLOSING",
        "STATE",
    ]);
    for period in periods {
        for line in &period.lines {
            let figures = [
                &line.opening,
                &line.issued,
                &line.redeemed,
                &line.expired,
                &line.adjusted,
                &line.transferred,
                &line.shortfall,
                &line.closing,
            ];
            let mut cells = vec![period.period.clone(), line.points.clone()];
            cells.extend(figures.map(|amount| amount.0.clone()));
            cells.push(if period.closed { "closed" } else { "open" }.to_owned());
            table.row(cells);
        }
    }
    if table.is_empty() {
        print.line("No points have moved yet.");
    } else {
        print.table(&table);
    }
}

fn points(own: &PointsFinanceOut, currency: &str, print: &Print) {
    print.line(format!("{}: {} open", own.points, own.open.0));
    match &own.liability {
        Some(it) => {
            print.line(format!(
                "liability {} {currency}; {} {currency} if all were redeemed",
                it.cost.0, it.in_full.0
            ));
            let mut table = Table::new(&[">DAYS OLD", ">POINTS", ">COST"]);
            for age in &it.by_age {
                let days = format!("{}+", age.from_days);
                table.row(vec![days, age.points.0.clone(), age.cost.0.clone()]);
            }
            print.table(&table);
        }
        None => print.line("The program does not say what they are worth, so they have no cost."),
    }
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    match (own.breakage.share, &own.breakage.why) {
        (Some(share), _) => {
            let beside = own.breakage.chain_ladder.map(percent);
            let beside = beside.map_or_else(String::new, |it| format!(" (chain ladder: {it})"));
            print.line(format!("never redeemed: {}{beside}", percent(share)));
        }
        (None, Some(why)) => print.line(format!("breakage is not estimated: {why}")),
        (None, None) => {}
    }
    let mut table = Table::new(&[
        "ISSUED IN",
        ">ISSUED",
        ">REDEEMED",
        ">EXPIRED",
        ">OPEN",
        ">NEVER REDEEMED",
        "95 %",
        ">DEFERRED",
        ">OF IT EARNED",
    ]);
    for it in &own.cohorts {
        let interval = it.breakage_low.zip(it.breakage_high);
        let interval = interval.map(|(low, high)| format!("{} to {}", percent(low), percent(high)));
        let deferred = it.deferred.as_ref();
        table.row(vec![
            it.month.chars().take(7).collect(),
            it.issued.0.clone(),
            it.redeemed.0.clone(),
            it.expired.0.clone(),
            it.open.0.clone(),
            it.breakage.map_or_else(|| "n/a".to_owned(), percent),
            interval.unwrap_or_default(),
            deferred.map_or_else(String::new, |it| it.deferred.0.clone()),
            deferred.map_or_else(String::new, |it| it.recognised.0.clone()),
        ]);
    }
    print.table(&table);
}
