//! The shop at a glance.

use regulars_api::Amount;
use regulars_api::overview::{BudgetOut, MonthOut, OverviewOut};
use regulars_app::{ACTIVE_DAYS, BudgetUsed, MonthStatement, Overview};
use regulars_base::Currency;

/// The shop as it is.
pub fn overview(overview: &Overview) -> OverviewOut {
    OverviewOut {
        as_of: overview.as_of.to_string(),
        members: overview.members,
        active: overview.active,
        active_before: overview.active_before,
        active_since: overview.active_since.to_string(),
        active_days: ACTIVE_DAYS.unsigned_abs(),
        months: overview.months.iter().map(month).collect(),
        budgets: overview.budgets.iter().map(budget).collect(),
    }
}

fn month(row: &MonthStatement) -> MonthOut {
    let amount = |units| Amount::number(units, row.decimals);
    let moved = &row.statement;
    let currency: Option<Currency> = Currency::new(&row.currency).ok();
    MonthOut {
        month: row.month.to_string(),
        points: row.points.clone(),
        opening: amount(moved.opening),
        issued: amount(moved.issued),
        redeemed: amount(moved.redeemed),
        expired: amount(moved.expired),
        adjusted: amount(moved.adjusted),
        transferred: amount(moved.transferred),
        shortfall: amount(moved.shortfall),
        closing: amount(moved.closing()),
        liability: row
            .liability
            .zip(currency)
            .map(|(minor, currency)| Amount::money(minor, currency)),
        currency: row.currency.clone(),
    }
}

pub(super) fn budget(own: &BudgetUsed) -> BudgetOut {
    let decimals = own.points.as_ref().map_or(0, |(_, decimals)| *decimals);
    BudgetOut {
        kind: own.budget.kind.to_owned(),
        id: own.budget.id.clone(),
        points: own.points.as_ref().map(|(id, _)| id.clone()),
        used: Amount::number(own.used, decimals),
        most: Amount::number(own.budget.most, decimals),
    }
}
