//! The finances of a program.

use regulars_api::Amount;
use regulars_api::finance::{
    AgeOut, BooksLineOut, BooksPeriodOut, BreakageOut, CohortOut, DeferredOut, FinanceOut,
    LiabilityOut, MonthCostOut, PointsFinanceOut,
};
use regulars_app::{BooksLine, BooksPeriod, Finance, IssueCohort, PointsFinance};
use regulars_base::Currency;

/// The finances.
pub fn finance(finance: &Finance) -> FinanceOut {
    let currency = finance.currency;
    FinanceOut {
        as_of: finance.as_of.to_string(),
        currency: currency.to_string(),
        points: finance
            .points
            .iter()
            .map(|own| points(own, currency))
            .collect(),
    }
}

fn points(own: &PointsFinance, currency: Currency) -> PointsFinanceOut {
    let number = |units| Amount::number(units, own.decimals);
    let money = |minor| Amount::money(minor, currency);
    let liability = own.liability.as_ref().zip(own.liability_in_full);
    PointsFinanceOut {
        points: own.points.clone(),
        open: number(own.open),
        liability: liability.map(|(it, in_full)| LiabilityOut {
            cost: money(it.cost_minor),
            in_full: money(in_full),
            by_age: (it.by_age.iter())
                .map(|age| AgeOut {
                    from_days: age.from_days,
                    points: number(age.points),
                    cost: money(age.cost_minor),
                })
                .collect(),
        }),
        breakage: match &own.breakage {
            Ok(it) => BreakageOut {
                share: it.total,
                chain_ladder: own.second,
                refused: None,
                why: None,
            },
            Err(refusal) => BreakageOut {
                share: None,
                chain_ladder: None,
                refused: Some(refusal.code().to_owned()),
                why: Some(refusal.to_string()),
            },
        },
        cohorts: own
            .cohorts
            .iter()
            .map(|it| cohort(it, own.decimals, currency))
            .collect(),
        cost: (own.cost.iter())
            .map(|(month, minor)| MonthCostOut {
                month: month.to_string(),
                cost: money(*minor),
            })
            .collect(),
    }
}

fn cohort(it: &IssueCohort, decimals: u8, currency: Currency) -> CohortOut {
    let number = |units| Amount::number(units, decimals);
    let money = |minor| Amount::money(minor, currency);
    let interval = it.ultimate.and_then(|it| it.interval);
    CohortOut {
        month: it.month.to_string(),
        issued: number(it.issued),
        redeemed: number(it.redeemed),
        expired: number(it.expired),
        open: number(it.open),
        breakage: it.ultimate.and_then(|it| it.breakage),
        breakage_low: interval.map(|it| it.0),
        breakage_high: interval.map(|it| it.1),
        deferred: it.deferred.map(|it| DeferredOut {
            sales: money(it.sales),
            deferred: money(it.deferred),
            recognised: money(it.recognised),
            balance: money(it.balance()),
        }),
    }
}

/// A month of the books.
pub fn books_period(period: &BooksPeriod) -> BooksPeriodOut {
    let closed = period.closed.as_ref();
    BooksPeriodOut {
        period: period.period.clone(),
        closed: closed.is_some(),
        closed_at: closed.map(|(at, _)| at.to_string()),
        closed_by: closed.map(|(_, by)| by.clone()),
        lines: period.lines.iter().map(books_line).collect(),
    }
}

fn books_line(line: &BooksLine) -> BooksLineOut {
    let [
        opening,
        issued,
        redeemed,
        expired,
        adjusted,
        transferred,
        shortfall,
        closing,
    ] = line
        .figures()
        .map(|units| Amount::number(units, line.decimals));
    BooksLineOut {
        points: line.points.clone(),
        opening,
        issued,
        redeemed,
        expired,
        adjusted,
        transferred,
        shortfall,
        closing,
    }
}
