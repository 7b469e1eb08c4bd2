//! A report as JSON: every figure with its definition, population and interval.

use regulars_metrics::Figure;
use regulars_metrics::coming::Coming;
use regulars_metrics::kind_of_loyalty::KINDS;
use regulars_metrics::kinds::{Kinds, Shares};
use regulars_metrics::leaving::Leaving;
use regulars_metrics::model::churn::{ChurnCheck, FEATURES};
use regulars_metrics::model::spend_check::{SpendAccuracy, SpendCheck};
use regulars_metrics::model::{Estimate, Refusal, bg_nbd, gamma_gamma, holdout::Accuracy};
use regulars_metrics::outlook::{Checked, Outlook, Value as Worth};
use regulars_metrics::report::Report;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Sums that JSON's readers would round are written as text.
fn integer(number: i128) -> Value {
    match i64::try_from(number) {
        Ok(number) if number.unsigned_abs() < 1 << 53 => json!(number),
        _ => json!(number.to_string()),
    }
}

fn figure(it: &Figure) -> Value {
    json!({
        "value": it.value,
        "numerator": integer(it.numerator),
        "denominator": integer(it.denominator),
        "population": it.population,
        "customers": it.customers,
        "interval": it.interval.map(|interval| json!({
            "low": interval.low,
            "high": interval.high,
            "method": interval.method,
        })),
    })
}

pub(super) fn report(report: &Report) -> Value {
    let calendar = &report.calendar;
    let names: Vec<String> = (0..calendar.len()).map(|at| calendar.name(at)).collect();
    let figures = report.measured.iter().map(|it| {
        let by = |figures: &[Figure], names: &[String]| -> Vec<Value> {
            let one = |(name, it): (&String, &Figure)| {
                let mut value = figure(it);
                value["name"] = json!(name);
                value
            };
            names.iter().zip(figures).map(one).collect()
        };
        json!({
            "metric": it.metric.id,
            "name": it.metric.name,
            "unit": it.metric.unit.name(),
            "definition": it.metric.definition,
            "needs_more_than_orders": it.metric.needs.is_some(),
            "figure": figure(&it.figure),
            "periods": by(&it.periods, &names),
            "groups": by(&it.groups, &report.source.groups),
        })
    });
    let cohorts = (0..calendar.len()).filter(|&cohort| report.cohorts.size(cohort) > 0).map(|cohort| {
        let cells = (0..calendar.len() - cohort).map(|age| {
            let cell = report.cohorts.cell(cohort, age);
            json!({ "customers": cell.customers, "orders": cell.orders, "amount": integer(cell.amount) })
        });
        json!({ "cohort": calendar.name(cohort), "cells": cells.collect::<Vec<_>>() })
    });
    let findings = report.findings.iter().map(|it| {
        json!({
            "finding": it.id,
            "mood": it.mood.id(),
            "figures": it.figures.iter().copied().collect::<BTreeMap<_, _>>(),
            "what": it.what,
            "why": it.why,
            "advice": it.advice,
        })
    });
    let segments = report.segments.iter().map(|row| {
        json!({ "segment": row.segment.id(), "customers": row.customers, "spent": integer(row.spent) })
    });
    let scores = report.grid.iter().zip(1..).flat_map(|(row, recency)| {
        row.iter().zip(1..).map(move |(cell, frequency)| {
            json!({ "recency": recency, "frequency": frequency, "customers": cell.customers, "spent": integer(cell.spent) })
        })
    });
    let tenure = report
        .tenure
        .iter()
        .enumerate()
        .filter(|(_, (active, _))| *active > 0);
    let tenure = tenure.map(|(age, (active, lost))| {
        let of = Figure::share(*lost, *active, "active customers of all measured periods");
        json!({ "age": age, "figure": figure(&of) })
    });
    json!({
        "first": calendar.first().to_string(),
        "last": calendar.last().to_string(),
        "currency": report.currency.map(|currency| currency.code().to_owned()),
        "decimals": report.decimals,
        "window_days": report.window.days,
        "rows": report.source.rows,
        "rejected": report.source.rejected,
        "anonymous_rows": report.source.anonymous_rows,
        "anonymous_amount": integer(report.source.anonymous_amount),
        "only_refunds": report.only_refunds,
        "files": report.source.files.iter().map(|(name, how)| json!({ "name": name, "found": how })).collect::<Vec<_>>(),
        "figures": figures.collect::<Vec<_>>(),
        "left_out": report.source.left_out,
        "findings": findings.collect::<Vec<_>>(),
        "segments": segments.collect::<Vec<_>>(),
        "cohorts": cohorts.collect::<Vec<_>>(),
        "scores": scores.collect::<Vec<_>>(),
        "tenure": tenure.collect::<Vec<_>>(),
    })
}

fn refusal(refusal: &Refusal) -> Value {
    json!({
        "refused": refusal.code(),
        "figures": refusal.figures().collect::<BTreeMap<_, _>>(),
        "why": refusal.to_string(),
    })
}

fn parameters(names: &[&str], estimates: &[Estimate]) -> Value {
    let one = |(name, it): (&&str, &Estimate)| {
        let value = json!({ "value": it.value, "standard_error": it.standard_error });
        ((*name).to_owned(), value)
    };
    names
        .iter()
        .zip(estimates)
        .map(one)
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// What is to come, or why nothing is said of it.
pub(super) fn outlook(outlook: &Result<Outlook, Refusal>) -> Value {
    let it = match outlook {
        Ok(it) => it,
        Err(why) => return refusal(why),
    };
    json!({
        "months": it.terms.months(),
        "margin": it.terms.margin(),
        "discount_yearly": it.terms.discount_yearly(),
        "customers": it.buying.customers,
        "repeaters": it.buying.repeaters,
        "active": it.active,
        "purchase_days": it.purchases,
        "bg_nbd": parameters(&bg_nbd::PARAMETERS, &it.buying.estimates),
        "log_likelihood": it.buying.log_likelihood,
        "value": it.value.as_ref().map_or_else(refusal, worth),
        "check": it.checked.as_ref().map_or_else(refusal, checked),
    })
}

fn worth(it: &Worth) -> Value {
    let independence = it.spending.independence;
    json!({
        "total_minor_units": it.total,
        "tenths_minor_units": it.tenths,
        "gamma_gamma": parameters(&gamma_gamma::PARAMETERS, &it.spending.estimates),
        "customers": it.spending.customers,
        "left_out": it.spending.left_out,
        "correlation": independence.correlation,
        "correlation_low": independence.interval.0,
        "correlation_high": independence.interval.1,
        "independent": independence.holds,
    })
}

fn checked(it: &Checked) -> Value {
    let accuracy = |of: &Accuracy| {
        json!({
            "total": of.total,
            "mean_distance": of.distance,
            "root_mean_square": of.root_square,
            "gini": of.gini,
            "area_under_roc": of.area_under_roc,
        })
    };
    let bins = it.holdout.bins.iter().map(|bin| {
        json!({
            "repeats": bin.repeats,
            "customers": bin.customers,
            "forecast": bin.forecast,
            "actual": bin.actual,
        })
    });
    let tracked = it.tracked.iter().map(
        |point| json!({ "days": point.until, "forecast": point.forecast, "actual": point.actual }),
    );
    json!({
        "cut": it.cut.to_string(),
        "customers": it.holdout.customers,
        "total": it.holdout.total,
        "beats_naive": it.holdout.beats_naive(),
        "model": accuracy(&it.holdout.model),
        "naive": accuracy(&it.holdout.naive),
        "calibration": bins.collect::<Vec<_>>(),
        "tracking": tracked.collect::<Vec<_>>(),
        "spend": it.spend.as_ref().map_or_else(refusal, spend_check),
    })
}

/// What a purchase was worth in the time held out, beside what it was expected to be, in minor units.
fn spend_check(it: &SpendCheck) -> Value {
    let accuracy = |of: &SpendAccuracy| json!({ "mean": of.mean, "mean_distance": of.distance, "root_mean_square": of.root_square });
    let bins = it.bins.iter().map(|bin| {
        json!({
            "repeats": bin.repeats,
            "customers": bin.customers,
            "forecast": bin.forecast,
            "actual": bin.actual,
        })
    });
    json!({
        "customers": it.customers,
        "actual_mean": it.actual,
        "beats_naive": it.beats_naive(),
        "model": accuracy(&it.model),
        "naive": accuracy(&it.naive),
        "calibration": bins.collect::<Vec<_>>(),
    })
}

fn shares(of: &Shares) -> Value {
    let kinds = KINDS.into_iter().map(|kind| {
        let at = kind as usize;
        json!({
            "kind": kind.id(),
            "customers": of.of_kind[at],
            "measurable": of.measurable[at],
            "share": (of.judged > 0).then(|| of.of_kind[at] as f64 / of.judged as f64),
        })
    });
    json!({
        "judged": of.judged,
        "too_few_purchases": of.too_few,
        "undecided": of.undecided,
        "kinds": kinds.collect::<Vec<_>>(),
    })
}

/// Kinds of loyalty: now with the evidence, and as they were.
pub(super) fn kinds(it: &Kinds) -> Value {
    let mut now = shares(it.now());
    for (value, kind) in now["kinds"].as_array_mut().into_iter().flatten().zip(KINDS) {
        let evidence = it.evidence(kind).into_iter();
        let one = |(feature, speaks): (regulars_metrics::kind_of_loyalty::Feature, f64)| {
            (feature.id().to_owned(), json!(speaks))
        };
        value["evidence"] = evidence.map(one).collect::<serde_json::Map<_, _>>().into();
    }
    let on = it.on.iter().map(|(day, of)| {
        let mut value = shares(of);
        value["on"] = json!(day.to_string());
        value
    });
    now["over_time"] = on.collect();
    now["check"] = it.held().map_or_else(
        |why| refusal(&why),
        |held| json!({ "customers": held.customers, "same": held.same, "by_chance": held.by_chance }),
    );
    now
}

/// Who is likely to leave, or why nothing is said of it.
pub(super) fn leaving(leaving: &Result<Leaving, Refusal>) -> Value {
    let it = match leaving {
        Ok(it) => it,
        Err(why) => return refusal(why),
    };
    let odds = FEATURES.iter().zip(it.model.odds_factors());
    let odds = odds.map(|(name, (factor, (low, high)))| {
        json!({ "feature": name, "odds_factor": factor, "low": low, "high": high })
    });
    json!({
        "window_days": it.window.days,
        "active": it.each.len(),
        "expected": it.expected,
        "fitted_on": it.cuts.0.to_string(),
        "customers": it.model.fitted_to().0,
        "left": it.model.fitted_to().1,
        "odds": odds.collect::<Vec<_>>(),
        "check": it.checked.as_ref().map_or_else(refusal, |of| {
            let mut value = churn_check(of);
            value["on"] = json!(it.cuts.1.to_string());
            value
        }),
    })
}

fn churn_check(of: &ChurnCheck) -> Value {
    let bins = of.reliability.iter().map(
        |bin| json!({ "customers": bin.customers, "forecast": bin.forecast, "actual": bin.actual }),
    );
    json!({
        "customers": of.customers,
        "left": of.left,
        "brier": of.brier,
        "brier_naive": of.brier_naive,
        "area_under_roc": of.area_under_roc,
        "area_under_roc_naive": of.area_under_roc_naive,
        "calibration": bins.collect::<Vec<_>>(),
    })
}

/// The periods to come; revenue in minor units.
pub(super) fn coming(report: &Report, all: &[Coming]) -> Value {
    let one = |it: &Coming| {
        let forecast = it.forecast.as_ref().map_or_else(refusal, |forecast| {
            let ahead = forecast.periods.iter().map(
                |period| json!({ "value": period.value, "low": period.low, "high": period.high }),
            );
            json!({
                "method": forecast.method.id(),
                "level": forecast.level,
                "ahead": ahead.collect::<Vec<_>>(),
                "back_test": {
                    "forecasts": forecast.back_test.forecasts,
                    "mase": forecast.back_test.mase,
                    "coverage": forecast.back_test.coverage,
                },
            })
        });
        json!({
            "what": it.what.id(),
            "category": it.category,
            "first": report.calendar.name(it.first),
            "past": it.past,
            "forecast": forecast,
            "scenarios": it.scenarios.iter().map(|(name, periods)| json!({
                "name": name,
                "ahead": periods.iter().map(
                    |period| json!({ "value": period.value, "low": period.low, "high": period.high }),
                ).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    };
    all.iter().map(one).collect()
}
