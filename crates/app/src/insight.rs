//! A report about customers from files of orders: no database, no program.
//!
//! The files are read once and gone over twice: first who the customers are and how far apart their
//! purchases, then everything for which that must be known (who counts as active). Both passes are
//! the same for one machine's files and for any split of them.

mod json;
mod lists;
mod shop;
mod tables;

pub use lists::List;

use crate::rows::parsed;
use crate::{Error, rejects::Rejects};
use regulars_base::{Currency, Period, Zone};
use regulars_lake::facts::{Facts, FactsOptions, FactsProgress, FactsReject};
use regulars_lake::{Field, Options};
use regulars_metrics::Calendar;
use regulars_metrics::coming::{Coming, coming};
use regulars_metrics::kinds::{Grouped, Kinds};
use regulars_metrics::leaving::{Gathered, Leaving};
use regulars_metrics::model::lifetime_value::Terms;
use regulars_metrics::model::{FitOptions, Refusal};
use regulars_metrics::outlook::{Halves, MONTH_DAYS, Outlook};
use regulars_metrics::report::{Report, Source, coming, html, kinds, leaving, outlook};
use regulars_metrics::sums::{Basics, Panel, Window};
use std::path::{Path, PathBuf};

/// What is to be reported on. What is not said is found out from the files.
#[derive(Clone, Debug, Default)]
pub struct InsightOptions {
    /// Files, folders and patterns: CSV, NDJSON or Parquet.
    pub files: Vec<PathBuf>,
    /// Which column is which field, beyond what is guessed: `customer=household_id`.
    pub columns: Vec<String>,
    /// `csv`, `ndjson` or `parquet`.
    pub kind: Option<String>,
    /// Between the columns of a CSV file.
    pub delimiter: Option<String>,
    /// Whether the first row of a CSV file names the columns.
    pub header: Option<bool>,
    /// How dates are written.
    pub dates: Option<String>,
    /// How numbers are written.
    pub numbers: Option<String>,
    /// How letters are written: `utf-8`, `latin-1`, `utf-16le`, `utf-16be`.
    pub encoding: Option<String>,
    /// Whether amounts are in minor units (cents).
    pub minor_units: Option<bool>,
    /// The currency of amounts that name none.
    pub currency: Option<String>,
    /// The time zone of times that name none, and by whose days orders are counted; UTC, if nothing.
    pub timezone: Option<String>,
    /// A field or a header by whose values orders are grouped.
    pub by: Option<String>,
    /// The field that tells kinds of product apart; the category, if nothing.
    pub product: Option<String>,
    /// `day`, `week`, `month`, `quarter` or `year`; the month, if nothing.
    pub period: Option<String>,
    /// How many days after a purchase a customer counts as active; found from the data, if nothing.
    pub window_days: Option<u32>,
    /// On how many threads; 0 for as many as the machine has.
    pub threads: usize,
    /// How many bytes of rows may lie in memory; a gibibyte, if nothing.
    pub memory_bytes: Option<usize>,
    /// How many months ahead is looked; twelve, if nothing.
    pub horizon_months: Option<u32>,
    /// Which share of sales stays, from 0 to 1; all of it, if nothing.
    pub margin: Option<f64>,
    /// By how much money a year later is worth less, 0.1 for a tenth; that, if nothing.
    pub discount_yearly: Option<f64>,
}

/// What was found, and what it is made from: figures can be followed to their customers.
#[derive(Debug)]
pub struct Insight {
    facts: Facts,
    basics: Basics,
    /// The report.
    pub report: Report,
    /// What is to come, or why nothing is said of it.
    pub outlook: Result<Outlook, Refusal>,
    /// Who is likely to leave, or why nothing is said of it.
    pub leaving: Result<Leaving, Refusal>,
    /// Kinds of loyalty.
    pub kinds: Kinds,
    /// The periods to come.
    pub coming: Vec<Coming>,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsightDone {
    /// Files that were written.
    pub files: Vec<PathBuf>,
}

/// What is counted and not modelled: the facts, who the customers are, and the report.
struct Counted {
    facts: Facts,
    basics: Basics,
    report: Report,
}

/// Refuses what options say wrongly, without reading anything.
pub(crate) fn check_options(options: &InsightOptions) -> Result<(), Error> {
    facts_options(options)?;
    terms(options)?;
    period(options.period.as_deref()).map(drop)
}

fn counted(
    options: &InsightOptions,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Counted, Error> {
    let (facts_options, currency) = facts_options(options)?;
    let period = period(options.period.as_deref())?;
    let failed = |error: regulars_lake::Error| Error::File {
        path: options.files.first().cloned().unwrap_or_default(),
        why: error.to_string(),
    };
    let facts = Facts::read(&options.files, &facts_options, progress).map_err(failed)?;
    let mut basics = facts
        .fold(
            Basics::default,
            |sum, it| sum.add(it.history),
            Basics::merge,
        )
        .map_err(failed)?;
    basics.sort();
    let Some((first, last)) = facts.days() else {
        let what = match facts.anonymous().rows {
            0 => "no row could be read as an order",
            _ => "no order names a customer, so there is nothing to say about customers",
        };
        return Err(Error::File {
            path: options.files.first().cloned().unwrap_or_default(),
            why: format!("{what}; map the right columns with --map"),
        });
    };
    let calendar = Calendar::new(period, first, last);
    let window = match options.window_days {
        Some(days) => Window {
            days: i32::try_from(days.clamp(1, 36_525)).unwrap_or(36_525),
        },
        None => Window::of(&basics),
    };
    let panel = facts
        .fold(
            || Panel::new(&calendar, facts.groups().len()),
            |sum, it| sum.add(&calendar, window, it),
            |sum, other| sum.merge(&other),
        )
        .map_err(failed)?;
    let source = source(&facts, options);
    let money = (
        currency.or_else(|| named_currency(&facts)),
        facts.currency().exponent(),
    );
    let report = Report::new(source, money, calendar, window, &basics, panel);
    Ok(Counted {
        facts,
        basics,
        report,
    })
}

/// Reads the files and works everything out; `progress` says whether to go on.
pub fn insight(
    options: &InsightOptions,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Insight, Error> {
    let terms = terms(options)?;
    let Counted {
        facts,
        basics,
        report,
    } = counted(options, progress)?;
    let failed = |error: regulars_lake::Error| Error::File {
        path: options.files.first().cloned().unwrap_or_default(),
        why: error.to_string(),
    };
    let (first, last, window) = (
        report.calendar.first(),
        report.calendar.last(),
        report.window,
    );
    let halves = facts
        .fold(
            || Halves::new(first, last),
            |halves, it| halves.add(it.history),
            Halves::merge,
        )
        .map_err(failed)?;
    let fit = FitOptions {
        threads: match options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        },
    };
    let outlook = Outlook::new(&basics.customers, halves, terms, &fit);
    let gathered = facts
        .fold(
            || Gathered::new(window, last),
            |sum, it| sum.add(it),
            Gathered::merge,
        )
        .map_err(failed)?;
    let mut kinds = facts
        .fold(
            || Kinds::new(grouped(options.by.as_deref()), first, last),
            |sum, it| sum.add(it),
            Kinds::merge,
        )
        .map_err(failed)?;
    kinds.sort();
    let coming = coming(&report, terms.months());
    Ok(Insight {
        facts,
        basics,
        report,
        outlook,
        leaving: Leaving::new(gathered),
        kinds,
        coming,
    })
}

/// How far is looked ahead, and what later money is worth.
fn terms(options: &InsightOptions) -> Result<Terms, Error> {
    let months = options.horizon_months.unwrap_or(12);
    let (margin, discount) = (
        options.margin.unwrap_or(1.0),
        options.discount_yearly.unwrap_or(0.1),
    );
    Terms::new(months, MONTH_DAYS, margin, discount)
        .map_err(|refusal| Error::invalid("/horizon", refusal.to_string()))
}

/// What groups of orders mean to kinds of loyalty.
fn grouped(by: Option<&str>) -> Grouped {
    match by {
        Some("store") => Grouped::Store,
        Some("channel") => Grouped::Channel,
        _ => Grouped::Otherwise,
    }
}

/// The currency of a column of the files.
fn named_currency(facts: &Facts) -> Option<Currency> {
    let named = |file: &regulars_lake::facts::FactsFile| file.found.mapping.has(Field::Currency);
    facts.files().iter().any(named).then(|| facts.currency())
}

fn source(facts: &Facts, options: &InsightOptions) -> Source {
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    Source {
        files: facts
            .files()
            .iter()
            .map(|file| (name(&file.path), file.found.to_string()))
            .collect(),
        rows: facts.rows(),
        rejected: facts.rejected(),
        anonymous_rows: facts.anonymous().rows,
        anonymous_amount: facts.anonymous().amount,
        has_orders: facts.has_orders(),
        groups: facts.groups().iter().map(|name| name.to_string()).collect(),
        grouped_by: options.by.clone(),
    }
}

fn period(name: Option<&str>) -> Result<Period, Error> {
    Ok(match name {
        None | Some("month") => Period::Month,
        Some("day") => Period::Day,
        Some("week") => Period::Week,
        Some("quarter") => Period::Quarter,
        Some("year") => Period::Year,
        Some(other) => {
            let what = format!("`{other}` is no period; write day, week, month, quarter or year");
            return Err(Error::invalid("/period", what));
        }
    })
}

fn facts_options(options: &InsightOptions) -> Result<(FactsOptions, Option<Currency>), Error> {
    let wrong = |at: &str, why: String| Error::invalid(at, why);
    let code = options.currency.as_deref();
    let currency = code
        .map(Currency::new)
        .transpose()
        .map_err(|e| wrong("/currency", e.to_string()))?;
    let zone = match &options.timezone {
        Some(name) => Zone::new(name).map_err(|e| wrong("/timezone", e.to_string()))?,
        None => Zone::UTC,
    };
    // Where nobody says which, amounts have two decimals and are shown without a currency.
    let cents = Currency::new("USD").expect("is a currency");
    let mut files = Options::orders(currency.unwrap_or(cents), zone);
    files.columns.clone_from(&options.columns);
    files.header = options.header;
    files.minor_units = options.minor_units;
    files.kind = parsed("/kind", options.kind.as_deref())?;
    files.delimiter = parsed("/delimiter", options.delimiter.as_deref())?;
    files.dates = parsed("/dates", options.dates.as_deref())?;
    files.numbers = parsed("/numbers", options.numbers.as_deref())?;
    files.encoding = parsed("/encoding", options.encoding.as_deref())?;
    let mut facts = FactsOptions::new(files);
    facts.group.clone_from(&options.by);
    facts.threads = options.threads;
    if let Some(field) = parsed("/product", options.product.as_deref())? {
        facts.kind = field;
    }
    if let Some(bytes) = options.memory_bytes {
        facts.memory_bytes = bytes;
    }
    Ok((facts, currency))
}

impl Insight {
    /// How much was read, for a line of summary: rows, rows left out, bytes that lay in a temporary
    /// file.
    pub fn counts(&self) -> (u64, u64, u64) {
        (
            self.facts.rows(),
            self.facts.rejected(),
            self.facts.spilled_bytes(),
        )
    }

    /// Writes the page.
    pub fn write_html(&self, path: &Path) -> Result<(), Error> {
        let page = html::page(
            &self.report,
            &[
                kinds::section(&self.kinds),
                leaving::section(&self.leaving),
                outlook::section(&self.report, &self.outlook),
                coming::section(&self.report, &self.coming),
            ],
        );
        std::fs::write(path, page).map_err(|error| Error::File {
            path: path.to_owned(),
            why: format!("the report cannot be written there: {error}; name another file"),
        })
    }

    /// All of the report but the customers.
    pub fn json(&self) -> serde_json::Value {
        let mut report = json::report(&self.report);
        report["outlook"] = json::outlook(&self.outlook);
        report["kinds"] = json::kinds(&self.kinds);
        report["leaving"] = json::leaving(&self.leaving);
        report["coming"] = json::coming(&self.report, &self.coming);
        report
    }

    /// Writes `customers`, `figures`, `cohorts` as Parquet into a folder, which is made.
    pub fn write_tables(&self, folder: &Path) -> Result<InsightDone, Error> {
        tables::write(self, folder)
    }

    /// Writes the rows that could not be read, with file, line and reason; nothing where there are
    /// none.
    pub fn write_rejects(&self, path: &Path) -> Result<Option<PathBuf>, Error> {
        let mut rejects = Rejects::new(path.to_owned());
        let several = self.facts.files().len() > 1;
        for FactsReject { path, reject } in self.facts.rejects() {
            let mut reject = reject.clone();
            if several {
                reject.reason = format!("{}: {}", path.display(), reject.reason);
            }
            rejects.write(&reject)?;
        }
        rejects.finish()
    }
}
