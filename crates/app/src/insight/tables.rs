//! A report as Parquet tables, for whatever reads them next.

use super::{Insight, InsightDone};
use crate::Error;
use regulars_lake::{Column, Values, write_table};
use regulars_metrics::outlook::Prospect;
use regulars_metrics::report::Scored;
use regulars_metrics::{CustomerSummary, Figure};
use std::path::Path;

pub(super) fn write(insight: &Insight, folder: &Path) -> Result<InsightDone, Error> {
    let failed = |why: String| Error::File {
        path: folder.to_owned(),
        why,
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| failed(format!("the folder cannot be made: {error}; name another")))?;
    let mut done = InsightDone::default();
    for (name, columns) in [
        ("customers.parquet", customers(insight)),
        ("figures.parquet", figures(insight)),
        ("cohorts.parquet", cohorts(insight)),
        ("forecasts.parquet", forecasts(insight)),
    ] {
        let path = folder.join(name);
        write_table(&path, columns).map_err(|error| failed(error.to_string()))?;
        done.files.push(path);
    }
    Ok(done)
}

fn column(name: &str, values: Values) -> Column {
    Column {
        name: name.to_owned(),
        values,
    }
}

fn customers(insight: &Insight) -> Vec<Column> {
    let all = &insight.basics.customers;
    let scored = Scored::new(&insight.basics);
    let scores: Vec<_> = all.iter().map(|it| scored.of(it)).collect();
    let int = |values: Vec<i64>| Values::Int(values.into_iter().map(Some).collect());
    let text = |values: Vec<String>| Values::Text(values.into_iter().map(Some).collect());
    let ahead = |which: fn(&Prospect) -> Option<f64>| {
        let of = |it: &CustomerSummary| which(insight.outlook.as_ref().ok()?.of(it.customer)?);
        Values::Float(all.iter().map(of).collect())
    };
    vec![
        column(
            "customer",
            text(
                all.iter()
                    .map(|it| insight.facts.name(it.customer).into_owned())
                    .collect(),
            ),
        ),
        column(
            "first",
            text(all.iter().map(|it| it.first.to_string()).collect()),
        ),
        column(
            "last",
            text(all.iter().map(|it| it.last.to_string()).collect()),
        ),
        column(
            "orders",
            int(all.iter().map(|it| it.orders.into()).collect()),
        ),
        column("days", int(all.iter().map(|it| it.days.into()).collect())),
        column(
            "refunds",
            int(all.iter().map(|it| it.refunds.into()).collect()),
        ),
        column("spent_minor", int(all.iter().map(|it| it.spent).collect())),
        column(
            "spent_first_day_minor",
            int(all.iter().map(|it| it.spent_first_day).collect()),
        ),
        column(
            "recency",
            int(scores.iter().map(|(it, _)| it.recency.into()).collect()),
        ),
        column(
            "frequency",
            int(scores.iter().map(|(it, _)| it.frequency.into()).collect()),
        ),
        column(
            "monetary",
            int(scores.iter().map(|(it, _)| it.monetary.into()).collect()),
        ),
        column(
            "segment",
            text(scores.iter().map(|(_, it)| it.id().to_owned()).collect()),
        ),
        column("probability_alive", ahead(|it| Some(it.probability_alive))),
        column("purchase_days_ahead", ahead(|it| Some(it.purchases))),
        column("sales_ahead_minor", ahead(|it| it.value)),
        column(
            "probability_to_leave",
            Values::Float(
                all.iter()
                    .map(|it| insight.leaving.as_ref().ok()?.of(it.customer))
                    .collect(),
            ),
        ),
        column(
            "kind",
            Values::Text(
                all.iter()
                    .map(|it| Some(insight.kinds.of(it.customer)?.id().to_owned()))
                    .collect(),
            ),
        ),
    ]
}

fn figures(insight: &Insight) -> Vec<Column> {
    let report = &insight.report;
    let mut rows: Vec<(&str, Option<String>, Option<String>, &Figure)> = Vec::new();
    for it in &report.measured {
        rows.push((it.metric.id, None, None, &it.figure));
        let periods = it.periods.iter().enumerate();
        rows.extend(
            periods
                .map(|(at, figure)| (it.metric.id, Some(report.calendar.name(at)), None, figure)),
        );
        let groups = report.source.groups.iter().zip(&it.groups);
        rows.extend(groups.map(|(name, figure)| (it.metric.id, None, Some(name.clone()), figure)));
    }
    let end = |which: fn(&regulars_metrics::Interval) -> f64| {
        Values::Float(
            rows.iter()
                .map(|row| row.3.interval.as_ref().map(which))
                .collect(),
        )
    };
    vec![
        column(
            "metric",
            Values::Text(rows.iter().map(|row| Some(row.0.to_owned())).collect()),
        ),
        column(
            "period",
            Values::Text(rows.iter().map(|row| row.1.clone()).collect()),
        ),
        column(
            "group",
            Values::Text(rows.iter().map(|row| row.2.clone()).collect()),
        ),
        column(
            "value",
            Values::Float(rows.iter().map(|row| row.3.value).collect()),
        ),
        column("low", end(|interval| interval.low)),
        column("high", end(|interval| interval.high)),
        column(
            "customers",
            Values::Int(
                rows.iter()
                    .map(|row| i64::try_from(row.3.customers).ok())
                    .collect(),
            ),
        ),
    ]
}

fn cohorts(insight: &Insight) -> Vec<Column> {
    let report = &insight.report;
    let calendar = &report.calendar;
    let cells: Vec<(usize, usize)> = (0..calendar.len())
        .filter(|&cohort| report.cohorts.size(cohort) > 0)
        .flat_map(|cohort| (0..calendar.len() - cohort).map(move |age| (cohort, age)))
        .collect();
    let int = |of: &dyn Fn(usize, usize) -> Option<i64>| {
        Values::Int(cells.iter().map(|&(cohort, age)| of(cohort, age)).collect())
    };
    let cell = |cohort, age| report.cohorts.cell(cohort, age);
    vec![
        column(
            "cohort",
            Values::Text(
                cells
                    .iter()
                    .map(|(cohort, _)| Some(calendar.name(*cohort)))
                    .collect(),
            ),
        ),
        column("age", int(&|_, age| i64::try_from(age).ok())),
        column(
            "customers",
            int(&|cohort, age| i64::try_from(cell(cohort, age).customers).ok()),
        ),
        column(
            "orders",
            int(&|cohort, age| i64::try_from(cell(cohort, age).orders).ok()),
        ),
        // Nothing where a sum passes 64 bits: no number is better than a wrong one.
        column(
            "amount_minor",
            int(&|cohort, age| i64::try_from(cell(cohort, age).amount).ok()),
        ),
    ]
}

/// What is to be expected of the periods to come; revenue in minor units.
fn forecasts(insight: &Insight) -> Vec<Column> {
    let mut what = Vec::new();
    let mut ahead = Vec::new();
    let (mut value, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for it in &insight.coming {
        let periods = it.forecast.iter().flat_map(|forecast| &forecast.periods);
        for (period, place) in periods.zip(1..) {
            what.push(Some(it.what.id().to_owned()));
            ahead.push(Some(place));
            value.push(Some(period.value));
            low.push(Some(period.low));
            high.push(Some(period.high));
        }
    }
    vec![
        column("what", Values::Text(what)),
        column("periods_ahead", Values::Int(ahead)),
        column("value", Values::Float(value)),
        column("low", Values::Float(low)),
        column("high", Values::Float(high)),
    ]
}
