//! The models against what their authors published, on the data that they used: CDNOW, a tenth of the
//! customers (Fader, Hardie and Lee 2005; Fader and Hardie 2013). `make data` fetches it.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the data that the papers used; the crate does not"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use regulars_metrics::model::lifetime_value::Terms;
use regulars_metrics::model::{BgNbd, FitOptions, GammaGamma, ParetoNbd, Repeats};
use regulars_metrics::outlook::{Halves, MONTH_DAYS, Outlook};
use regulars_metrics::{History, Purchase, summarize};

/// A published value and by what part ours may differ from it (the papers print three digits).
#[track_caller]
fn near(ours: f64, published: f64, part: f64) {
    assert!(
        (ours - published).abs() <= part * published.abs(),
        "{ours} instead of {published}"
    );
}

fn data(name: &str) -> String {
    let folder = std::env::var_os("REGULARS_DATA").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache/regulars/data"),
        PathBuf::from,
    );
    let file = folder.join(name);
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}. `make data` fetches it.", file.display()))
}

struct Sample {
    repeats: Vec<u32>,
    last: Vec<f64>,
    observed: Vec<f64>,
    spend: Vec<f64>,
}

fn sample() -> Sample {
    let mut sample = Sample {
        repeats: Vec::new(),
        last: Vec::new(),
        observed: Vec::new(),
        spend: Vec::new(),
    };
    for line in data("cdnow_customers_summary_with_transactions.csv")
        .lines()
        .skip(1)
    {
        let fields: Vec<f64> = line
            .split(',')
            .map(|field| field.trim().parse().expect("a number"))
            .collect();
        sample.repeats.push(fields[1] as u32);
        sample.last.push(fields[2]);
        sample.observed.push(fields[3]);
        sample.spend.push(fields[4]);
    }
    assert_eq!(sample.repeats.len(), 2357);
    sample
}

impl Sample {
    fn histories(&self) -> Repeats<'_> {
        Repeats::new(&self.repeats, &self.last, &self.observed).expect("sound rows")
    }
}

#[test]
fn bg_nbd_is_as_published() {
    let sample = sample();
    let fit = BgNbd::fit(&sample.histories(), &FitOptions::default()).expect("a fit");
    near(fit.model.r, 0.243, 0.005);
    near(fit.model.alpha, 4.414, 0.005);
    near(fit.model.a, 0.793, 0.005);
    near(fit.model.b, 2.426, 0.005);
    assert!((fit.log_likelihood + 9582.4).abs() < 0.05, "{fit:?}");
    assert_eq!(fit.repeaters, 946);
}

#[test]
fn pareto_nbd_is_as_published() {
    let sample = sample();
    let fit = ParetoNbd::fit(&sample.histories(), &FitOptions::default()).expect("a fit");
    near(fit.model.r, 0.553, 0.01);
    near(fit.model.alpha, 10.578, 0.01);
    near(fit.model.s, 0.606, 0.01);
    near(fit.model.beta, 11.669, 0.01);
    assert!((fit.log_likelihood + 9595.0).abs() < 0.05, "{fit:?}");
}

#[test]
fn gamma_gamma_is_as_published() {
    let sample = sample();
    let options = FitOptions::default();
    let fit = GammaGamma::fit(&sample.repeats, &sample.spend, &options).expect("a fit");
    assert_eq!(fit.customers, 946);
    near(fit.model.p, 6.25, 0.01);
    near(fit.model.q, 3.74, 0.01);
    near(fit.model.gamma, 15.44, 0.01);
    // Fader and Hardie print 0.11 for the correlation of frequency and spend.
    near(fit.independence.correlation, 0.11, 0.05);
    assert!(fit.independence.holds);
}

/// All 23,570 customers, from the file of their orders.
fn orders() -> BTreeMap<u64, Vec<Purchase>> {
    let mut customers: BTreeMap<u64, Vec<Purchase>> = BTreeMap::new();
    for line in data("CDNOW_master.txt").lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (Ok(customer), Ok(amount)) = (fields[0].parse(), fields[3].parse::<f64>()) else {
            continue;
        };
        let date: String = [&fields[1][..4], &fields[1][4..6], &fields[1][6..]].join("-");
        customers.entry(customer).or_default().push(Purchase {
            day: date.parse().expect("a date"),
            amount: (amount * 100.0).round() as i64,
        });
    }
    for purchases in customers.values_mut() {
        purchases.sort_unstable();
    }
    customers
}

#[test]
fn the_outlook_of_all_of_cdnow_holds_on_its_last_third() {
    let customers = orders();
    let days = || customers.values().flatten().map(|purchase| purchase.day);
    let (first, end) = (days().min().expect("orders"), days().max().expect("orders"));
    let mut halves = Halves::new(first, end);
    let mut summaries = Vec::new();
    for (&customer, purchases) in &customers {
        let history = History {
            customer,
            purchases,
        };
        halves.add(history);
        summaries.extend(summarize(history, None));
    }
    assert_eq!(summaries.len(), 23_570);
    let one = FitOptions { threads: 1 };
    let terms = Terms::new(12, MONTH_DAYS, 1.0, 0.1).expect("sound terms");
    let outlook = Outlook::new(&summaries, halves.clone(), terms, &one).expect("enough customers");
    let checked = outlook
        .checked
        .as_ref()
        .expect("enough customers before the cut");
    assert!(checked.holdout.beats_naive(), "{checked:?}");
    let last = checked.tracked.last().expect("points");
    near(last.forecast, last.actual as f64, 0.05);
    let made: usize = customers
        .values()
        .map(|purchases| days_of(purchases) - 1)
        .sum();
    assert_eq!(last.actual, made as u64);
    // Nobody began after the first twelve weeks, so all are known at the cut.
    assert_eq!(checked.holdout.customers, 23_570);

    // What it says of the next months is what the tenths add up to.
    let value = outlook.value.as_ref().expect("enough spend");
    let sum: f64 = value.tenths.iter().map(|tenth| tenth * 2_357.0).sum();
    near(sum, value.total, 1e-9);
    assert!(value.tenths.is_sorted_by(|a, b| a >= b));
    assert!(outlook.active < 23_570.0 && outlook.purchases > 0.0);

    // Customer 1 bought once, on the first day; the best customer is worth the most and still active.
    let total: f64 = outlook.prospects.iter().filter_map(|it| it.value).sum();
    near(total, value.total, 1e-9);
    let one = outlook.of(1).expect("customer 1");
    assert_eq!(one.probability_alive, 1.0);
    assert!(one.purchases < 0.2, "{one:?}");
    let best = outlook
        .prospects
        .iter()
        .max_by(|a, b| a.value.partial_cmp(&b.value).expect("numbers"));
    assert!(best.expect("customers").probability_alive > 0.9, "{best:?}");
    assert!(outlook.of(0).is_none());

    // The order of the customers and the number of threads change nothing.
    summaries.reverse();
    let again =
        Outlook::new(&summaries, halves, terms, &FitOptions { threads: 3 }).expect("the same");
    assert_eq!(again.buying.model, outlook.buying.model);
    assert_eq!(again.value.expect("the same").tenths, value.tenths);
}

fn days_of(purchases: &[Purchase]) -> usize {
    let days: BTreeSet<_> = purchases.iter().map(|purchase| purchase.day).collect();
    days.len()
}
