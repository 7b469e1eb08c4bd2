//! What `make bench-insight` measures of ours: `insight_bench make FILE ORDERS CUSTOMERS` writes a
//! Parquet file of orders, the same each time; `insight_bench rfm|cohorts FILE` reads it, works the
//! figures out and prints one line of JSON with the seconds, reading included, and the result.

use arrow_array::{ArrayRef, Date32Array, Int64Array, RecordBatch};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};
use regulars_base::{CivilDay, Currency, Period, Zone};
use regulars_lake::{
    Options,
    facts::{Facts, FactsOptions},
};
use regulars_metrics::{
    Calendar,
    metric::{
        cohorts::Cohorts,
        rfm::{Columns, Rfm},
    },
    summarize,
};
use std::{
    collections::BTreeMap, env, error::Error, fs::File, path::PathBuf, sync::Arc, time::Instant,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", file, orders, customers] => make(file, orders.parse()?, customers.parse()?),
        ["rfm", file] => rfm(file),
        ["cohorts", file] => cohorts(file),
        _ => Err("say: make FILE ORDERS CUSTOMERS, rfm FILE, or cohorts FILE".into()),
    }
}

/// Numbers without a pattern, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Three years of orders by time, as a shop writes them down. Few customers buy much, most little;
/// half of them begin later than the first year.
fn make(file: &str, orders: u64, customers: u64) -> Result<(), Box<dyn Error>> {
    const GROUP: u64 = 1_000_000;
    let first = CivilDay::of(2022, 1, 1).number();
    let days = f64::from(CivilDay::of(2025, 1, 1).number() - first);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP as usize))
        .build();
    let mut random = Random(1);
    let mut writer = None;
    for from in (0..orders).step_by(GROUP as usize) {
        let count = GROUP.min(orders - from);
        let (mut who, mut when, mut what) = (Vec::new(), Vec::new(), Vec::new());
        for at in from..from + count {
            let time = at as f64 / orders as f64;
            // Only those who have begun by now: so many of all.
            let begun = 0.3 + 0.7 * time;
            let rank = (random.unit().powf(1.7) * begun * customers as f64) as u64 % customers;
            // Known numbers, but not in the order of joining.
            who.push((rank.wrapping_mul(2_654_435_761) % customers) as i64 + 1);
            when.push(first + (time * days) as i32);
            what.push(300 + (-(1.0 - random.unit()).ln() * 3_500.0) as i64);
        }
        let columns: [(&str, ArrayRef); 3] = [
            ("customer_id", Arc::new(Int64Array::from(who))),
            ("ordered_on", Arc::new(Date32Array::from(when))),
            ("amount_cents", Arc::new(Int64Array::from(what))),
        ];
        let batch = RecordBatch::try_from_iter(columns)?;
        if writer.is_none() {
            writer = Some(ArrowWriter::try_new(
                File::create(file)?,
                batch.schema(),
                Some(properties.clone()),
            )?);
        }
        writer.as_mut().ok_or("just made")?.write(&batch)?;
    }
    writer.ok_or("no orders were asked for")?.close()?;
    Ok(())
}

fn facts(file: &str) -> Result<Facts, Box<dyn Error>> {
    let mut options = Options::orders(Currency::new("USD")?, Zone::UTC);
    options.columns = vec!["time=ordered_on".to_owned()];
    Ok(Facts::read(
        &[PathBuf::from(file)],
        &FactsOptions::new(options),
        &|_| true,
    )?)
}

fn done(began: Instant, facts: &Facts, read: f64, result: &[String]) {
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{{\"seconds\":{seconds:.4},\"read\":{read:.4},\"rows\":{},\"spilled\":{},\"result\":[{}]}}",
        facts.rows(),
        facts.spilled_bytes(),
        result.join(",")
    );
}

fn rfm(file: &str) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let facts = facts(file)?;
    let read = began.elapsed().as_secs_f64();
    let columns = facts.fold(
        Columns::default,
        |columns, it| {
            if let Some(customer) = summarize(it.history, None) {
                columns.push(&customer);
            }
        },
        |columns, mut other| columns.append(&mut other),
    )?;
    let scale = Rfm::of_columns(columns.clone());
    let mut cells = [[[0_u64; 6]; 6]; 6];
    for ((&last, &orders), &spent) in columns.last.iter().zip(&columns.orders).zip(&columns.spent) {
        let scores = scale.scores(last, orders, spent);
        cells[usize::from(scores.recency)][usize::from(scores.frequency)]
            [usize::from(scores.monetary)] += 1;
    }
    let mut result = Vec::new();
    for (r, f, m) in (1..6).flat_map(|r| (1..6).flat_map(move |f| (1..6).map(move |m| (r, f, m)))) {
        if cells[r][f][m] > 0 {
            result.push(format!("[{r},{f},{m},{}]", cells[r][f][m]));
        }
    }
    done(began, &facts, read, &result);
    Ok(())
}

fn cohorts(file: &str) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let facts = facts(file)?;
    let read = began.elapsed().as_secs_f64();
    let (first, last) = facts.days().ok_or("the file has no orders")?;
    let calendar = Calendar::new(Period::Month, first, last);
    let cohorts = facts.fold(
        Cohorts::default,
        |cohorts, it| cohorts.add(&calendar, it.history),
        |cohorts, other| cohorts.merge(&other),
    )?;
    let mut result = BTreeMap::new();
    for cohort in 0..calendar.len() {
        for age in 0..calendar.len() - cohort {
            let customers = cohorts.cell(cohort, age).customers;
            if customers > 0 {
                result.insert(
                    (cohort, age),
                    format!("[\"{}\",{age},{customers}]", calendar.name(cohort)),
                );
            }
        }
    }
    let result: Vec<String> = result.into_values().collect();
    done(began, &facts, read, &result);
    Ok(())
}
