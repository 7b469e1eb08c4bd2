//! `regulars report`: what a merchant's own orders say about customers. No database, no program.

use crate::Answer;
#[cfg(feature = "cluster")]
use crate::command::cluster::Counting;
#[cfg(not(feature = "cluster"))]
use crate::failure::Failure;
use crate::flags::{Shop, read_text};
use crate::print::{Print, Style, Table, count, counted};
use crate::progress::Progress;
use clap::Args;
use regulars_app::{Elsewhere, FactsProgress, Insight, InsightOptions, List, insight_with};
use regulars_metrics::forecast::Expected;
use regulars_metrics::report::{Mood, coming, words};
use std::path::PathBuf;
use std::time::Instant;

/// Say what order files tell about customers: loyalty, cohorts, RFM, churn, what to do
///
/// Takes CSV, NDJSON and Parquet files as shops and tills write them; finds out how they are written
/// and shows it. Writes one HTML page that needs no network. No database and no program are needed.
/// With --shop (or without a file) it is about the purchases and refunds of a shop's database.
#[derive(Args)]
pub(crate) struct Report {
    /// The orders: files, folders, or patterns in quotes.
    files: Vec<PathBuf>,
    /// Of the shop's own database instead of files.
    #[arg(long = "shop", conflicts_with = "files")]
    live: bool,
    #[command(flatten)]
    shop: Shop,
    /// Where the page is written.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// Write the customers with their scores, all figures and all cohorts as Parquet into this
    /// folder.
    #[arg(long, value_name = "FOLDER")]
    parquet: Option<PathBuf>,
    /// Print the customers behind a figure and write nothing: segment=at_risk, cohort=2025-03,
    /// lost=2025-03, or a metric of a period or of all time: nps=2025-03, repurchase_rate=all.
    #[arg(long, value_name = "WHICH")]
    list: Option<String>,
    /// Show figures by the values of this field or column, or of several: channel, store,category, tier,
    /// partner, group, campaign.
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// Which field tells kinds of product apart, for the upsell ratio: category, brand or sku.
    #[arg(long, value_name = "FIELD")]
    product: Option<String>,
    /// By day, week, month, quarter or year.
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    period: String,
    /// How many days after a purchase a customer counts as active. The days within which nine of ten
    /// returns come, if left out.
    #[arg(long, value_name = "DAYS")]
    window: Option<u32>,
    /// How many months ahead is looked: lifetime value and forecasts.
    #[arg(long, value_name = "MONTHS", default_value_t = 12)]
    horizon: u32,
    /// Which share of sales stays, for lifetime value: 0.4 for 40 %. What the program file says, or all of
    /// it, if left out.
    #[arg(long, value_name = "SHARE")]
    margin: Option<f64>,
    /// By how much money a year later is worth less: 0.1 for a tenth.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    discount_rate: f64,
    /// Answers of customers: a CSV file with customer, date, score (0 to 10) and, if there are several
    /// questions, question: recommend, loyalty (1 to 6) or attachment (0 to 100). Of a shop they are
    /// activities of its log instead.
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// What was spent on customers: a CSV file with date, what (acquisition, retention or program), amount
    /// in the currency of the orders and, if figures are grouped, group.
    #[arg(long, value_name = "FILE")]
    costs: Option<PathBuf>,
    /// Look at single articles too, for which files are gone over once more: trade-up rate, forecasts of
    /// discounts and of pieces by category.
    #[arg(long)]
    items: bool,
    /// A TOML file of scenarios of the periods to come: each a `scenario` with name and change, a list of
    /// { of = "revenue", from = 1, to = 3, factor = "110%" }.
    #[arg(long, value_name = "FILE")]
    scenarios: Option<PathBuf>,
    /// A program file of which `insight` is heeded: active_days, margin and rules of kinds. Of a shop it is
    /// the program in force.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Which column is which field, where it is not guessed: customer=household_id, amount=#4 (the
    /// fourth), category=- (none). Once for each field.
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The kind of file: csv, ndjson or parquet.
    #[arg(long, value_name = "KIND")]
    format: Option<String>,
    /// Between the columns of a CSV file: `,` `;` `|` tab blanks.
    #[arg(long, value_name = "MARK")]
    delimiter: Option<String>,
    /// The first row of a CSV file names the columns (true), or does not (false).
    #[arg(long, value_name = "BOOL")]
    header: Option<bool>,
    /// How dates are written, as in YYYY-MM-DD or 31/12/2025.
    #[arg(long, value_name = "FORM")]
    dates: Option<String>,
    /// How numbers are written, as in 1,234.50 or 1.234,50.
    #[arg(long, value_name = "FORM")]
    numbers: Option<String>,
    /// How letters are written: utf-8, latin-1, utf-16le or utf-16be.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Amounts are in minor units, as cents (true), or not (false). A column that is called so, as
    /// amount_cents, says it itself.
    #[arg(long, value_name = "BOOL")]
    cents: Option<bool>,
    /// The currency of amounts that name none.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// By whose days orders are counted, and the time zone of times that name none. UTC if left out.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Where rows that cannot be read are written, with line and reason (the first 10,000). The
    /// page's name with .rejects.csv if left out.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Have summaries of customers and cohorts counted by the cluster whose scheduler listens there, over the
    /// one folder of facts that is named. For builds with the feature `cluster`.
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["live", "map", "list"])]
    cluster: Option<String>,
    /// On how many threads; as many as the machine has if left out.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// How many mebibytes of rows may lie in memory; what is more goes to a temporary file.
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    memory: usize,
}

pub(crate) fn run(ask: &Report, print: &Print) -> anyhow::Result<Answer> {
    let list: Option<List> = ask.list.as_deref().map(str::parse).transpose()?;
    let began = Instant::now();
    let bar = Progress::new(print, "reading");
    let at = |at: FactsProgress| {
        bar.at(at.done, at.total, format!("{} rows", count(at.rows)));
        true
    };
    let options = options(ask)?;
    let elsewhere = elsewhere(ask)?;
    let found = if ask.live || (ask.files.is_empty() && elsewhere.is_none()) {
        let open = ask.shop.open()?;
        if let Some(list) = list {
            bar.clear();
            return listed(&open.app.list_customers(open.id(), &options, &list)?, print);
        }
        open.app.insight(open.id(), &options, &at)
    } else {
        insight_with(&options, elsewhere.as_deref(), &at)
    };
    bar.clear();
    let found = found?;
    if let Some(list) = list {
        return listed(&found.list(&list)?, print);
    }
    found.write_html(&ask.out)?;
    let tables = ask
        .parquet
        .as_deref()
        .map(|folder| found.write_tables(folder))
        .transpose()?;
    let rejects = ask.rejects.clone().unwrap_or_else(|| {
        let mut name = ask.out.file_name().unwrap_or_default().to_owned();
        name.push(".rejects.csv");
        ask.out.with_file_name(name)
    });
    let rejects = found.write_rejects(&rejects)?;
    let seconds = began.elapsed().as_secs_f64();
    let mut json = found.json();
    json["page"] = serde_json::json!(ask.out);
    json["tables"] = serde_json::json!(tables.map(|done| done.files));
    json["rejects"] = serde_json::json!(rejects);
    json["seconds"] = serde_json::json!(seconds);
    json["counted_by"] = serde_json::json!(ask.cluster);
    print.json(&json)?;
    people(ask, &found, rejects.as_ref(), seconds, print);
    Ok(Answer::Yes)
}

/// Who counts instead of this process, where a cluster is named.
#[cfg(feature = "cluster")]
fn elsewhere(ask: &Report) -> anyhow::Result<Option<Box<dyn Elsewhere>>> {
    let on = |address: &String| -> anyhow::Result<Box<dyn Elsewhere>> {
        let zone = ask.timezone.as_deref();
        Ok(Box::new(Counting::on(address, &ask.files, zone)?))
    };
    ask.cluster.as_ref().map(on).transpose()
}

#[cfg(not(feature = "cluster"))]
fn elsewhere(ask: &Report) -> anyhow::Result<Option<Box<dyn Elsewhere>>> {
    match ask.cluster {
        None => Ok(None),
        Some(_) => Err(Failure::new(
            "this build of regulars asks no cluster",
            "build one that does: cargo build --release --package regulars-cli --features cluster",
        )
        .into()),
    }
}

fn options(ask: &Report) -> anyhow::Result<InsightOptions> {
    Ok(InsightOptions {
        files: ask.files.clone(),
        columns: ask.map.clone(),
        kind: ask.format.clone(),
        delimiter: ask.delimiter.clone(),
        header: ask.header,
        dates: ask.dates.clone(),
        numbers: ask.numbers.clone(),
        encoding: ask.encoding.clone(),
        minor_units: ask.cents,
        currency: ask.currency.clone(),
        timezone: ask.timezone.clone(),
        by: ask.by.clone(),
        product: ask.product.clone(),
        period: Some(ask.period.clone()),
        window_days: ask.window,
        threads: ask.threads,
        memory_bytes: Some(ask.memory.saturating_mul(1 << 20)),
        horizon_months: Some(ask.horizon),
        margin: ask.margin,
        discount_yearly: Some(ask.discount_rate),
        scores: ask.scores.clone(),
        costs: ask.costs.clone(),
        items: ask.items,
        scenarios: ask.scenarios.clone(),
        program: ask.program.as_deref().map(read_text).transpose()?,
    })
}

fn listed(customers: &[String], print: &Print) -> anyhow::Result<Answer> {
    for customer in customers {
        print.line(customer);
    }
    print.json(&serde_json::json!({ "customers": customers }))?;
    Ok(Answer::Yes)
}

fn people(ask: &Report, found: &Insight, rejects: Option<&PathBuf>, seconds: f64, print: &Print) {
    let report = &found.report;
    for (name, how) in report.source.files.iter().take(3) {
        print.line(print.style(Style::Bold, name));
        for line in how.lines() {
            print.line(format!("  {line}"));
        }
    }
    if report.source.files.len() > 3 {
        print.line(format!(
            "  and {} more files",
            report.source.files.len() - 3
        ));
    }
    print.line("");
    let mut table = Table::new(&["FIGURE", ">VALUE", "95 %", ">CUSTOMERS"]);
    // Reasons in the order in which they come up, each with the figures that it keeps from being had.
    let mut missing: Vec<(String, Vec<&str>)> = Vec::new();
    for it in &report.measured {
        let figure = &it.figure;
        if figure.value.is_none() {
            let why = match figure.population.strip_prefix("n/a: ") {
                Some(why) => why.to_owned(),
                None => format!("counts {}, and there are none", figure.population),
            };
            match missing.iter_mut().find(|(known, _)| *known == why) {
                Some((_, names)) => names.push(it.metric.name),
                None => missing.push((why, vec![it.metric.name])),
            }
            continue;
        }
        table.row(vec![
            it.metric.name.to_owned(),
            words::figure(figure, report.decimals, report.currency),
            words::interval(figure, report.decimals, report.currency),
            count(figure.customers),
        ]);
    }
    print.table(&table);
    for (why, names) in &missing {
        let line = format!("n/a: {} ({why})", names.join(", "));
        print.line(print.style(Style::Faint, line));
    }
    scenarios(found, print);
    for finding in &report.findings {
        let (style, word) = match finding.mood {
            Mood::Worrying => (Style::Bad, "worrying"),
            Mood::Good => (Style::Good, "good"),
            Mood::Note => (Style::Faint, "note"),
        };
        print.line(format!(
            "{} {}",
            print.style(style, format!("{word}:")),
            finding.what
        ));
    }
    for sentence in &report.source.left_out {
        print.line(format!("{} {sentence}", print.style(Style::Faint, "note:")));
    }
    print.line("");
    let (rows, rejected, spilled) = found.counts();
    if let Some(path) = rejects {
        let left_out = counted(rejected, "row");
        print.line(format!(
            "{left_out} could not be read: see {}",
            path.display()
        ));
    }
    if spilled > 0 {
        print.line(format!(
            "{} MiB of rows went through a temporary file",
            count(spilled >> 20)
        ));
    }
    if let Some(address) = &ask.cluster {
        print.line(format!(
            "summaries of customers and cohorts were counted by the cluster at {address}"
        ));
    }
    print.line(format!(
        "{} written: {} in {seconds:.2} s",
        ask.out.display(),
        counted(rows, "row")
    ));
}

/// What each scenario makes of the forecasts that it changes.
fn scenarios(found: &Insight, print: &Print) {
    let mut table = Table::new(&["SCENARIO", "A PERIOD, ON AVERAGE", ">FORECAST", ">THEN"]);
    for it in &found.coming {
        let Ok(forecast) = &it.forecast else {
            continue;
        };
        let mean = |periods: &[Expected]| {
            let sum: f64 = periods.iter().map(|it| it.value).sum();
            coming::shown(&found.report, it.what, sum / periods.len().max(1) as f64)
        };
        let series = match &it.category {
            Some(category) => format!("{} of {category}", it.what.name()),
            None => it.what.name().to_owned(),
        };
        for (name, then) in it.scenarios.iter().filter(|it| it.1 != forecast.periods) {
            let row = [name, &series, &mean(&forecast.periods), &mean(then)];
            table.row(row.map(Clone::clone).to_vec());
        }
    }
    if !table.is_empty() {
        print.line("");
        print.table(&table);
    }
}
