//! `docs/metrics.md` says what the code says.

#![allow(
    clippy::disallowed_methods,
    reason = "a test looks at the repository that it is part of; the crate itself does not"
)]

use regulars_metrics::{Unit, catalog};
use std::fmt::Write as _;

fn page() -> String {
    let mut page = String::from(
        "# Metrics\n\nWhat each figure means, word for word as it is printed beside it. This page is written by \
         `make docs` out of\nthe definitions in `crates/metrics/src/metric/`. A figure without a denominator is \
         \"n/a\", never 0.\n\nBy period and by group are had those that are sums over orders or over what customers do \
         beside; the others are of\nall time. What needs more than orders says so where it is missing.\n\n\
         | name | in files | in | by period and group | definition |\n|---|---|---|---|---|\n",
    );
    for metric in catalog::ALL {
        let unit = match metric.unit {
            Unit::Share => "%",
            Unit::Ratio => "ratio",
            Unit::Money => "money",
            Unit::Days => "days",
            Unit::Months => "months",
            Unit::Count => "count",
            Unit::Score => "score",
        };
        let by = if (metric.of_sums.is_some() || metric.of_deeds.is_some())
            && metric.id != "upsell_ratio"
        {
            "yes"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "| {} | `{}` | {unit} | {by} | {} |",
            metric.name, metric.id, metric.definition
        );
    }
    page
}

#[test]
fn the_page_of_metrics_is_generated() {
    let path = "../../docs/metrics.md";
    let wanted = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &wanted).expect("docs can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        found, wanted,
        "docs/metrics.md is old; run this test with UPDATE=1"
    );
}

#[test]
fn each_metric_has_a_name_of_its_own_and_a_sentence() {
    for (at, metric) in catalog::ALL.iter().enumerate() {
        assert!(
            catalog::ALL[..at].iter().all(|other| other.id != metric.id),
            "{}",
            metric.id
        );
        assert!(
            metric.definition.ends_with('.') && !metric.definition.contains("  "),
            "{}",
            metric.id
        );
        assert_eq!(
            catalog::find(metric.id).map(|it| it.name),
            Some(metric.name)
        );
    }
}
