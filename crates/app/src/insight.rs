//! A report about customers from files of orders: no database, no program.
//!
//! The files are read once and gone over twice: first who the customers are and how far apart their
//! purchases, then everything for which that must be known (who counts as active). Both passes are
//! the same for one machine's files and for any split of them.

mod each;
mod elsewhere;
mod items;
mod json;
mod lists;
mod people;
mod scenarios;
mod shop;
mod tables;

pub(crate) use each::ModelTold;
pub use elsewhere::Elsewhere;
pub use lists::{BehindFigure, List};

use crate::programs::compiled;
use crate::rows::parsed;
use crate::{Error, rejects::Rejects};
use people::{Known, People};
use regulars_base::{CivilDay, Currency, Period, Zone};
use regulars_engine::program::{InsightRules, KindBound, KindRule};
use regulars_lake::facts::{Facts, FactsOptions, FactsProgress, FactsReject};
use regulars_lake::{Field, Options};
use regulars_metrics::Calendar;
use regulars_metrics::catalog::Need;
use regulars_metrics::coming::{Coming, coming, periods_in};
use regulars_metrics::deeds::{NO_GROUP, Person, SpendOn};
use regulars_metrics::kind_of_loyalty::{self, Bound, FEATURES, KINDS};
use regulars_metrics::kinds::{Grouped, Kinds, Told};
use regulars_metrics::leaving::{Gathered, Leaving};
use regulars_metrics::metric::payback;
use regulars_metrics::model::lifetime_value::Terms;
use regulars_metrics::model::{FitOptions, Refusal};
use regulars_metrics::outlook::{Halves, MONTH_DAYS, Outlook};
use regulars_metrics::report::{Beside, Report, Source, coming, html, kinds, leaving, outlook};
use regulars_metrics::sums::{Basics, Panel, Window};
use regulars_metrics::{CustomerSummary, Figure, Interval, Unit, mean_interval};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    /// A field or a header by whose values orders are grouped; several with commas between them.
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
    /// Answers of customers: columns `customer`, `date`, `score` and, if there are several, `question`
    /// (`recommend`, `loyalty`, `attachment`).
    pub scores: Option<PathBuf>,
    /// What was spent on customers: columns `date`, `what` (`acquisition`, `retention`, `program`),
    /// `amount` and, if figures are grouped, `group`.
    pub costs: Option<PathBuf>,
    /// Whether single articles are looked at too: trade-up, discounts, pieces by category. Files are gone
    /// over once more for it.
    pub items: bool,
    /// A file of scenarios of forecasts: `[[scenario]]` with `name` and `change`.
    pub scenarios: Option<PathBuf>,
    /// The text of a program file of which `[insight]` is heeded: window, margin, rules of kinds.
    pub program: Option<String>,
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
    /// Those of whom files tell more than what they bought.
    people: BTreeMap<String, Person>,
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

/// Orders that were read, and who bought: what every figure and model is made of.
struct Orders {
    facts: Facts,
    basics: Basics,
    calendar: Calendar,
    window: Window,
    currency: Option<Currency>,
}

/// What cannot be read, told with the first file.
fn failed(options: &InsightOptions) -> impl Fn(regulars_lake::Error) -> Error {
    let path = options.files.first().cloned().unwrap_or_default();
    move |error| Error::File {
        path: path.clone(),
        why: error.to_string(),
    }
}

fn read_orders(
    options: &InsightOptions,
    elsewhere: Option<&dyn Elsewhere>,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Orders, Error> {
    let (facts_options, currency) = facts_options(options)?;
    let period = period(options.period.as_deref())?;
    let failed = failed(options);
    let facts = Facts::read(&options.files, &facts_options, progress).map_err(&failed)?;
    let mut basics = match elsewhere {
        Some(elsewhere) => elsewhere::basics(elsewhere, &facts)?,
        None => facts
            .fold(
                Basics::default,
                |sum, it| sum.add(it.history),
                Basics::merge,
            )
            .map_err(&failed)?,
    };
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
    Ok(Orders {
        facts,
        basics,
        calendar,
        window,
        currency,
    })
}

fn counted(
    options: &InsightOptions,
    known: &mut Known<'_>,
    elsewhere: Option<&dyn Elsewhere>,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Counted, Error> {
    let failed = failed(options);
    let Orders {
        facts,
        basics,
        calendar,
        window,
        currency,
    } = read_orders(options, elsewhere, progress)?;
    known.spend_in(currency.unwrap_or(facts.currency()))?;
    let mut beside = beside(known, &calendar)?;
    // Where nothing was spent while there were orders, it is not known that customers cost nothing.
    if !known.spends.iter().any(|it| within(&calendar, it.day)) {
        beside.knows.remove(&Need::Spend);
    }
    let mut left_out = left_out(options, known, &facts, &basics, &calendar);
    if options.items {
        beside.items = items::read(options, &facts, &calendar)?;
        beside
            .knows
            .extend(beside.items.is_some().then_some(Need::Items));
        if beside.items.is_none() {
            left_out.push(
                "No line has a category or a discount, so --items adds nothing; name the columns with --map"
                    .to_owned(),
            );
        }
    }
    let mut panel = facts
        .fold(
            || Panel::new(&calendar, facts.groups().len()),
            |sum, it| sum.add(&calendar, window, it),
            |sum, other| sum.merge(&other),
        )
        .map_err(failed)?;
    if let Some(elsewhere) = elsewhere {
        panel.cohorts = elsewhere::cohorts(elsewhere, &calendar)?;
    }
    let mut source = source(&facts, options);
    source.left_out = left_out;
    // Groups in which nobody bought anything are groups all the same.
    for name in beside.groups.iter().filter(|_| options.by.is_some()) {
        if !source.groups.contains(name) {
            source.groups.push(name.clone());
            panel.add_group(&calendar);
        }
    }
    let money = (
        currency.or_else(|| named_currency(&facts)),
        facts.currency().exponent(),
    );
    let report = Report::new(source, money, calendar, window, &basics, panel, beside);
    Ok(Counted {
        facts,
        basics,
        report,
    })
}

/// What is known of customers beside orders, by their numbers.
fn told(known: &Known<'_>, facts: &Facts, basics: &Basics) -> Result<Told, Error> {
    let mut told = Told::new(known.recorded());
    // Of orders alone, of however many customers, nothing has to be looked up.
    if matches!(&known.people, People::Files(people) if people.is_empty()) {
        return Ok(told);
    }
    let numbers = by_name(facts, basics);
    known.each(&mut |name, person| {
        if let Some(number) = numbers.get(name) {
            told.add(*number, person);
        }
    })?;
    Ok(told)
}

/// The numbers of customers by what the files call them.
fn by_name(facts: &Facts, basics: &Basics) -> BTreeMap<String, u64> {
    let named = |it: &CustomerSummary| (facts.name(it.customer).into_owned(), it.customer);
    basics.customers.iter().map(named).collect()
}

/// Whether it is a day of which orders are known.
fn within(calendar: &Calendar, day: CivilDay) -> bool {
    (calendar.first()..=calendar.last()).contains(&day)
}

/// What of the files beside orders is in no figure, or changes what a figure means.
fn left_out(
    options: &InsightOptions,
    known: &Known<'_>,
    facts: &Facts,
    basics: &Basics,
    calendar: &Calendar,
) -> Vec<String> {
    let mut said = Vec::new();
    let (first, last) = (calendar.first(), calendar.last());
    let spends = &known.spends;
    let outside = spends.iter().filter(|it| !within(calendar, it.day)).count();
    if outside > 0 {
        let all = spends.len();
        said.push(format!(
            "{outside} of {all} costs are of days before {first} or after {last}, when orders begin and end, and \
             are left out"
        ));
    }
    let grouped = spends.iter().filter(|it| it.group != NO_GROUP).count();
    if grouped > 0 && options.by.is_none() {
        said.push(format!(
            "{grouped} of {} costs name a group, and figures are not grouped: --by says by what",
            spends.len()
        ));
    }
    if let People::Files(people) = &known.people
        && !people.is_empty()
    {
        let known = by_name(facts, basics);
        let strange = people.keys().filter(|name| !known.contains_key(*name));
        let strange = strange.count();
        if strange > 0 {
            let all = people.len();
            said.push(format!(
                "{strange} of {all} who answered bought nothing in these orders; their answers count all the same"
            ));
        }
        let did = people.values().flat_map(|person| &person.did);
        let late = did.filter(|it| !within(calendar, it.day)).count();
        if late > 0 {
            said.push(format!(
                "{late} answers are of days before {first} or after {last}, and count for the nearest period"
            ));
        }
    }
    said
}

/// What is known beside orders, summed.
fn beside(known: &Known<'_>, calendar: &Calendar) -> Result<Beside, Error> {
    let mut beside = Beside::nothing(calendar);
    beside.groups = known.each(&mut |_, person| beside.deeds.add(calendar, person))?;
    for spend in &known.spends {
        beside.deeds.spend(calendar, spend);
    }
    beside.knows.clone_from(&known.knows);
    beside.point = known.point;
    Ok(beside)
}

/// The settings of a program file, where options do not say otherwise; and its rules of kinds.
fn settled(options: &InsightOptions) -> Result<(InsightOptions, InsightRules), Error> {
    let mut options = options.clone();
    let rules = match &options.program {
        Some(text) => compiled(text)?.insight.clone(),
        None => InsightRules::default(),
    };
    options.window_days = options.window_days.or(rules.active_days);
    let margin = rules.margin.map(|millionths| millionths as f64 / 1e6);
    options.margin = options.margin.or(margin);
    Ok((options, rules))
}

/// Rules of a program file as kinds of loyalty take them.
fn rules_of_kinds(rules: &InsightRules) -> Vec<kind_of_loyalty::Rule> {
    let bound = |it: &KindBound| {
        let value = it.millionths as f64 / 1e6;
        let feature = FEATURES.into_iter().find(|own| own.id() == it.feature)?;
        let (from, to) = match it.at_least {
            true => (value, f64::INFINITY),
            false => (f64::NEG_INFINITY, value),
        };
        Some(Bound { feature, from, to })
    };
    let rule = |it: &KindRule| {
        Some(kind_of_loyalty::Rule {
            name: it.text.clone(),
            kind: KINDS.into_iter().find(|kind| kind.id() == it.kind)?,
            all: it.all.iter().map(bound).collect::<Option<_>>()?,
        })
    };
    rules.kinds.iter().filter_map(rule).collect()
}

/// Reads the files and works everything out; `progress` says whether to go on.
pub fn insight(
    options: &InsightOptions,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Insight, Error> {
    insight_with(options, None, progress)
}

/// The same, with summaries of customers and cohorts that are counted elsewhere over the same rows.
pub fn insight_with(
    options: &InsightOptions,
    elsewhere: Option<&dyn Elsewhere>,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Insight, Error> {
    let known = Known::of_files(options)?;
    insight_of(options, known, elsewhere, progress)
}

fn insight_of(
    options: &InsightOptions,
    mut known: Known<'_>,
    elsewhere: Option<&dyn Elsewhere>,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Insight, Error> {
    let (options, rules) = settled(options)?;
    let options = &options;
    let terms = terms(options)?;
    let ahead = periods_in(terms.months(), period(options.period.as_deref())?);
    let scenarios = options.scenarios.as_deref();
    let what_if = scenarios.map(|path| scenarios::read(path, ahead));
    let what_if = what_if.transpose()?.unwrap_or_default();
    let mut counted = counted(options, &mut known, elsewhere, progress)?;
    let report = &counted.report;
    let coming = coming(report, terms.months(), &what_if)
        .map_err(|refusal| Error::invalid("/scenarios", refusal.to_string()))?;
    if let Some(path) = scenarios {
        scenarios::check(path, &what_if, &coming)?;
    }
    let outlook = modelled(&mut counted, options)?;
    let Counted {
        facts,
        basics,
        report,
    } = counted;
    let (calendar, window) = (&report.calendar, report.window);
    let leaving = leaving_of(&facts, (window, calendar.last()), options)?;
    let told = Arc::new(told(&known, &facts, &basics)?);
    let kinds = kinds_of(&facts, calendar, (&rules, told), options)?;
    let behind = known.few();
    Ok(Insight {
        facts,
        basics,
        report,
        outlook,
        leaving,
        kinds,
        coming,
        people: behind,
    })
}

/// Fits the models of repeat buying and spend, and puts down what they say in the places of their metrics.
fn modelled(
    counted: &mut Counted,
    options: &InsightOptions,
) -> Result<Result<Outlook, Refusal>, Error> {
    let calendar = &counted.report.calendar;
    let outlook = outlook_of(&counted.facts, &counted.basics, calendar, options)?;
    worth(&mut counted.report, &counted.basics, &outlook);
    Ok(outlook)
}

/// What is to come, by the models of repeat buying and spend.
fn outlook_of(
    facts: &Facts,
    basics: &Basics,
    calendar: &Calendar,
    options: &InsightOptions,
) -> Result<Result<Outlook, Refusal>, Error> {
    let (first, last) = (calendar.first(), calendar.last());
    let halves = facts.fold(
        || Halves::new(first, last),
        |halves, it| halves.add(it.history),
        Halves::merge,
    );
    let halves = halves.map_err(failed(options))?;
    let fit = FitOptions {
        threads: match options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        },
    };
    let terms = terms(options)?;
    Ok(Outlook::new(&basics.customers, halves, terms, &fit))
}

/// Who is likely to leave in the window after the last day.
fn leaving_of(
    facts: &Facts,
    (window, last): (Window, CivilDay),
    options: &InsightOptions,
) -> Result<Result<Leaving, Refusal>, Error> {
    let gathered = facts.fold(
        || Gathered::new(window, last),
        |sum, it| sum.add(it),
        Gathered::merge,
    );
    Ok(Leaving::new(gathered.map_err(failed(options))?))
}

/// Why customers come back.
fn kinds_of(
    facts: &Facts,
    calendar: &Calendar,
    (rules, told): (&InsightRules, Arc<Told>),
    options: &InsightOptions,
) -> Result<Kinds, Error> {
    let of_kinds = rules_of_kinds(rules);
    let (first, last) = (calendar.first(), calendar.last());
    let kinds = facts.fold(
        || {
            let kinds = Kinds::new(grouped(options.by.as_deref()), first, last);
            kinds.ruled(&of_kinds).told(Arc::clone(&told))
        },
        |sum, it| sum.add(it),
        Kinds::merge,
    );
    let mut kinds = kinds.map_err(failed(options))?;
    kinds.sort();
    Ok(kinds)
}

/// Puts down what the models say in the places of their metrics.
fn worth(report: &mut Report, basics: &Basics, outlook: &Result<Outlook, Refusal>) {
    let outlook = match outlook {
        Ok(outlook) => outlook,
        Err(refusal) => {
            for (id, unit) in [
                ("lifetime_value", Unit::Money),
                ("expected_churn", Unit::Share),
            ] {
                report.put(
                    id,
                    Figure::none(unit, format!("n/a: {refusal}")),
                    Vec::new(),
                );
            }
            if report.beside.knows.contains(&Need::Spend) {
                let why = format!("n/a: there is no lifetime value: {refusal}");
                report.put("clv_to_cac", Figure::none(Unit::Ratio, why), Vec::new());
            }
            return;
        }
    };
    let customers = outlook.prospects.len() as u64;
    // Millionths, so that the figure is made of whole numbers.
    let gone = (customers as f64 - outlook.active).max(0.0) * 1e6;
    let mut churn = Figure::quotient(
        Unit::Share,
        gone.round() as i128,
        i128::from(customers) * 1_000_000,
        customers,
        "customers who bought, in millionths",
    );
    let chances = outlook
        .prospects
        .iter()
        .map(|it| 1.0 - it.probability_alive);
    churn.interval = mean_of(chances);
    report.put("expected_churn", churn, Vec::new());
    let margin = outlook.terms.margin();
    let values: Option<Vec<f64>> = basics
        .customers
        .iter()
        .map(|it| {
            let ahead = outlook.of(it.customer)?.value?;
            Some(it.spent as f64 * margin + ahead)
        })
        .collect();
    let value = match (&values, &outlook.value) {
        (Some(values), _) => {
            let sum: f64 = values.iter().sum();
            let about = format!(
                "customers who bought; margin {:.1} %, {} months, {:.1} % a year",
                margin * 100.0,
                outlook.terms.months(),
                outlook.terms.discount_yearly() * 100.0,
            );
            let many = values.len() as u64;
            let figure =
                Figure::quotient(Unit::Money, sum.round() as i128, many.into(), many, about);
            figure.within(mean_of(values.iter().copied()))
        }
        (None, Err(refusal)) => Figure::none(Unit::Money, format!("n/a: {refusal}")),
        (None, Ok(_)) => Figure::none(Unit::Money, "customers of whom a value is known"),
    };
    if report.beside.knows.contains(&Need::Spend) {
        let spent = report.beside.deeds.sheet.all.spent[SpendOn::Acquisition as usize];
        let ratio = Figure::quotient(
            Unit::Ratio,
            value.numerator,
            // Both are of the same customers: what they are worth / what was spent on them.
            if value.value.is_some() { spent } else { 0 },
            value.customers,
            "customers who bought, and all acquisition spend",
        );
        let ratio = match &outlook.value {
            Err(refusal) if value.value.is_none() => {
                let why = format!("n/a: there is no lifetime value: {refusal}");
                Figure::none(Unit::Ratio, why)
            }
            _ => ratio,
        };
        report.put("clv_to_cac", ratio, Vec::new());
        let payback =
            payback::of_cohorts(&report.calendar, &report.cohorts, &report.beside, margin);
        report.put("payback", payback, Vec::new());
    }
    report.put("lifetime_value", value, Vec::new());
}

fn mean_of(values: impl Iterator<Item = f64>) -> Option<Interval> {
    let (mut count, mut sum, mut squares) = (0, 0.0, 0.0);
    for value in values {
        count += 1;
        sum += value;
        squares += value * value;
    }
    mean_interval(count, sum, squares)
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
        left_out: Vec::new(),
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

pub(crate) fn facts_options(
    options: &InsightOptions,
) -> Result<(FactsOptions, Option<Currency>), Error> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_engine::program::condition::figure::LABELS;
    use regulars_engine::program::{KIND_FEATURES, KINDS as NAMES, METRICS};
    use regulars_metrics::catalog;
    use regulars_metrics::metric::rfm::Segment;

    #[test]
    fn a_program_file_names_kinds_and_features_as_reports_do() {
        assert_eq!(KINDS.map(|kind| kind.id()), NAMES);
        assert_eq!(FEATURES.map(|feature| feature.id()), KIND_FEATURES);
        // Scores are of each customer by themselves: there is no figure that could cross anything.
        let all = catalog::ALL.iter().map(|metric| metric.id);
        let figures: Vec<&str> = all.filter(|id| *id != "rfm").collect();
        assert_eq!(figures, METRICS);
    }

    #[test]
    fn conditions_call_members_what_the_report_does() {
        let [rfm, loyalty] = LABELS;
        assert_eq!(Segment::ALL.map(Segment::id), rfm.2);
        assert_eq!(KINDS.map(|kind| kind.id()), loyalty.2);
    }

    #[test]
    fn rules_of_a_program_file_say_the_kind() {
        let text = "[program]\nname = \"x\"\ncurrency = \"EUR\"\n[points.p]\n[insight]\n\
                    kinds = [\"advocate if purchases >= 2 and gap_variation <= 0.5\"]\nmargin = \"40%\"\nactive_days = 30\n";
        let options = InsightOptions {
            program: Some(text.to_owned()),
            ..InsightOptions::default()
        };
        let (options, rules) = settled(&options).expect("the file is right");
        assert_eq!((options.window_days, options.margin), (Some(30), Some(0.4)));
        let rules = rules_of_kinds(&rules);
        assert_eq!(rules[0].kind, KINDS[5]);
        assert_eq!((rules[0].all[0].from, rules[0].all[1].to), (2.0, 0.5));
    }
}
