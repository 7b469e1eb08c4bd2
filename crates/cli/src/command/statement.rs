//! `regulars statement`: the points of a merchant by month, as an accountant reads them.

use crate::Answer;
use crate::command::settle;
use crate::flags::Shop;
use crate::print::{Print, Table};
use clap::Args;
use regulars_app::MonthStatement;
use regulars_base::{Currency, Money};
use regulars_engine::program::words;

/// Print the points by month: opening, issued, redeemed, expired, adjusted, closing, and their worth
#[derive(Args)]
pub(crate) struct Statement {
    /// Of a partner (by its id in the program file, or `operator`): what it has coming for a period,
    /// and why.
    #[arg(long, value_name = "PARTNER")]
    partner: Option<String>,
    /// With --partner: `2025-03`, `2025-Q1`, `2025`, or a day in it; the period of today if left out.
    #[arg(long, value_name = "PERIOD", requires = "partner")]
    period: Option<String>,
    /// With --partner: list the entries behind it, too.
    #[arg(long, requires = "partner")]
    entries: bool,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Statement, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    if let Some(partner) = &ask.partner {
        return settle::statement(&open, partner, ask.period.as_deref(), ask.entries, print);
    }
    let months = open.app.statement(open.id())?;
    let mut table = Table::new(&[
        "MONTH",
        "POINTS",
        ">OPENING",
        ">ISSUED",
        ">REDEEMED",
        ">EXPIRED",
        ">ADJUSTED",
        ">CLOSING",
        ">LIABILITY",
    ]);
    for month in months.iter().filter(|month| moved(month)) {
        table.row(cells(month));
    }
    if table.is_empty() {
        print.line("No points have moved yet.");
    } else {
        print.table(&table);
    }
    let months: Vec<_> = months.iter().map(json).collect();
    print.json(&serde_json::json!({ "months": months }))?;
    Ok(Answer::Yes)
}

/// Whether anything moved in a month.
fn moved(month: &MonthStatement) -> bool {
    let still = regulars_ledger::Statement {
        opening: month.statement.opening,
        ..regulars_ledger::Statement::default()
    };
    month.statement != still
}

fn cells(month: &MonthStatement) -> Vec<String> {
    let statement = &month.statement;
    let number = |n| words::number(month.decimals, n);
    // Merges cancel out over all members, and what is borne after a refund was a gift, too.
    let adjusted = statement.adjusted + statement.transferred + statement.shortfall;
    vec![
        month_of(month),
        month.points.clone(),
        number(statement.opening),
        number(statement.issued),
        number(statement.redeemed),
        number(statement.expired),
        number(adjusted),
        number(statement.closing()),
        month
            .liability
            .map_or_else(String::new, |minor| in_money(minor, &month.currency)),
    ]
}

fn month_of(month: &MonthStatement) -> String {
    month.month.to_string().chars().take(7).collect()
}

fn in_money(minor: i64, currency: &str) -> String {
    match Currency::new(currency) {
        Ok(currency) => Money::new(minor, currency).to_string(),
        Err(_) => minor.to_string(),
    }
}

fn json(month: &MonthStatement) -> serde_json::Value {
    let statement = &month.statement;
    let number = |n| words::number(month.decimals, n);
    let currency = Currency::new(&month.currency).ok();
    let liability = month.liability.zip(currency);
    serde_json::json!({
        "month": month.month.to_string(),
        "points": month.points,
        "opening": number(statement.opening),
        "issued": number(statement.issued),
        "redeemed": number(statement.redeemed),
        "expired": number(statement.expired),
        "adjusted": number(statement.adjusted),
        "transferred": number(statement.transferred),
        "shortfall": number(statement.shortfall),
        "closing": number(statement.closing()),
        "liability": liability.map(|(minor, currency)| regulars_api::Amount::money(minor, currency)),
        "currency": month.currency,
    })
}
