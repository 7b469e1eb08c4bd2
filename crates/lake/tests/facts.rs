//! Facts over files: one pass comes to what a naive model in memory comes to, whatever the format,
//! the order of rows, the split into files, the threads and the memory.

use arrow_array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch};
use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};
use proptest::prelude::*;
use regulars_base::{CivilDay, Currency, Period, Zone};
use regulars_lake::{Error, Field, Options, facts::*};
use regulars_metrics::{
    Calendar, CustomerFacts, History, Purchase,
    metric::rfm::Rfm,
    sums::{Basics, Panel, Window},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

fn options() -> FactsOptions {
    FactsOptions::new(Options::orders(
        Currency::new("USD").expect("is one"),
        Zone::UTC,
    ))
}

fn read(paths: &[PathBuf], options: &FactsOptions) -> Result<Facts, Error> {
    Facts::read(paths, options, &|_| true)
}

fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("the folder can be written to");
    path
}

fn all(facts: &Facts) -> (Basics, Panel) {
    let mut basics = facts
        .fold(
            Basics::default,
            |sum, it| sum.add(it.history),
            Basics::merge,
        )
        .expect("rows can be read again");
    basics.sort();
    let Some((first, last)) = facts.days() else {
        return (basics, Panel::default());
    };
    let calendar = Calendar::new(Period::Month, first, last);
    let window = Window::of(&basics);
    let panel = facts
        .fold(
            || Panel::new(&calendar, facts.groups().len()),
            |sum, it| sum.add(&calendar, window, it),
            |sum, other| sum.merge(&other),
        )
        .expect("rows can be read again");
    (basics, panel)
}

/// A row as tests make it.
#[derive(Clone, Debug)]
struct Made {
    customer: i64,
    order: Option<i64>,
    day: i32,
    cents: i64,
    kind: Option<u8>,
}

fn made(with_orders: bool) -> impl Strategy<Value = Vec<Made>> {
    let row = (
        0..12_i64,
        0..25_i64,
        9_000..9_400_i32,
        -300..900_i64,
        proptest::option::of(0..3_u8),
    )
        .prop_map(move |(customer, order, day, cents, kind)| Made {
            // An order is of one customer, on one day.
            customer: if with_orders { order % 7 } else { customer },
            order: with_orders.then_some(order),
            day: if with_orders {
                9_000 + i32::try_from(order * 13).unwrap_or(0)
            } else {
                day
            },
            cents,
            kind,
        });
    proptest::collection::vec(row, 1..120)
}

/// The same figures by maps in memory, straight from the definition.
fn naive(rows: &[Made]) -> (Basics, Panel) {
    let mut orders: BTreeMap<(i64, Option<i64>, usize), (i32, i64)> = BTreeMap::new();
    let mut kinds: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let own = if row.order.is_some() { 0 } else { at };
        let order = orders
            .entry((row.customer, row.order, own))
            .or_insert((row.day, 0));
        order.1 += row.cents;
        if let Some(kind) = row.kind.filter(|_| row.cents >= 0) {
            kinds.entry(row.customer).or_default().insert(kind.into());
        }
    }
    let mut by_customer: BTreeMap<i64, Vec<Purchase>> = BTreeMap::new();
    for ((customer, ..), (day, amount)) in orders {
        let day = CivilDay::from_number(day);
        by_customer
            .entry(customer)
            .or_default()
            .push(Purchase { day, amount });
    }
    let days = || rows.iter().map(|row| row.day);
    let day = CivilDay::from_number;
    let (first, last) = (
        day(days().min().expect("a row")),
        day(days().max().expect("a row")),
    );
    let calendar = Calendar::new(Period::Month, first, last);
    let mut basics = Basics::default();
    for (customer, purchases) in &mut by_customer {
        purchases.sort();
        basics.add(History {
            customer: customer.cast_unsigned(),
            purchases,
        });
    }
    let window = Window::of(&basics);
    let mut panel = Panel::new(&calendar, 0);
    for (customer, purchases) in &by_customer {
        let kinds: Vec<u32> = kinds.get(customer).into_iter().flatten().copied().collect();
        let history = History {
            customer: customer.cast_unsigned(),
            purchases,
        };
        panel.add(
            &calendar,
            window,
            CustomerFacts {
                history,
                groups: &[],
                kinds: &kinds,
            },
        );
    }
    (basics, panel)
}

fn money(cents: i64) -> String {
    format!(
        "{}{}.{:02}",
        if cents < 0 { "-" } else { "" },
        cents.abs() / 100,
        cents.abs() % 100
    )
}

fn csv(rows: &[Made]) -> String {
    let mut text = "customer,order,date,amount,category\n".to_owned();
    for row in rows {
        let order = row.order.map_or(String::new(), |order| order.to_string());
        let kind = row.kind.map_or(String::new(), |kind| format!("k{kind}"));
        let day = CivilDay::from_number(row.day);
        text += &format!(
            "{},{order},{day},{},{kind}\n",
            row.customer,
            money(row.cents)
        );
    }
    text
}

fn parquet(path: &Path, rows: &[Made], with_orders: bool) {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "customer",
            Arc::new(
                rows.iter()
                    .map(|r| Some(r.customer))
                    .collect::<Int64Array>(),
            ),
        ),
        (
            "date",
            Arc::new(rows.iter().map(|r| Some(r.day)).collect::<Date32Array>()),
        ),
        (
            "amount",
            Arc::new(
                rows.iter()
                    .map(|r| Some(r.cents as f64 / 100.0))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "category",
            Arc::new(
                rows.iter()
                    .map(|r| r.kind.map(i64::from))
                    .collect::<Int64Array>(),
            ),
        ),
        (
            "order",
            Arc::new(rows.iter().map(|r| r.order).collect::<Int64Array>()),
        ),
    ];
    let columns = columns
        .into_iter()
        .filter(|(name, _)| with_orders || *name != "order");
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(n, c)| (n, c, true)))
        .expect("columns fit");
    let small = WriterProperties::builder()
        .set_max_row_group_row_count(Some(7))
        .build();
    let file = File::create(path).expect("can be written");
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), Some(small)).expect("schema is fine");
    writer.write(&batch).expect("batch is fine");
    writer.close().expect("can be written");
}

/// The same with customers by name: text files number them in the order of appearance.
fn renamed(facts: &Facts, mut basics: Basics) -> Basics {
    for customer in &mut basics.customers {
        let name: i64 = facts.name(customer.customer).parse().expect("is a number");
        customer.customer = name.cast_unsigned();
    }
    basics.sort();
    basics
}

fn agree(found: (Basics, Panel), wanted: &(Basics, Panel)) {
    assert_eq!(found.0.customers, wanted.0.customers);
    assert_eq!(found.0.only_refunds, wanted.0.only_refunds);
    assert_eq!(found.0.gaps, wanted.0.gaps);
    assert_eq!(found.1, wanted.1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn each_pass_is_what_a_naive_model_says(
        (with_orders, rows) in any::<bool>().prop_flat_map(|with| (Just(with), made(with))),
        cut in 0_usize..120,
        threads in 1_usize..4,
        memory_bytes in prop_oneof![Just(0_usize), Just(200), Just(1 << 20)],
        seed: u64,
    ) {
        let wanted = naive(&rows);
        let mut options = options();
        (options.threads, options.memory_bytes) = (threads, memory_bytes);
        // Another order of rows, in two files.
        let mut mixed = rows.clone();
        mixed.sort_by_key(|row| (row.cents as u64 ^ row.customer as u64).wrapping_mul(seed | 1));
        let (one, other) = mixed.split_at(cut.min(mixed.len()));
        let folder = TempDir::new().expect("a temporary folder");
        options.folder = folder.path().to_owned();
        for (format, number) in [("csv", 0), ("parquet", 1)] {
            let inside = folder.path().join(format);
            std::fs::create_dir(&inside).expect("is new");
            for (part, rows) in [one, other].into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
                let path = inside.join(format!("{part}.{format}"));
                match number {
                    0 => std::fs::write(path, csv(rows)).expect("can be written"),
                    _ => parquet(&path, rows, with_orders),
                }
            }
            let facts = read(&[inside], &options).expect("can be read");
            prop_assert_eq!(facts.rows(), rows.len() as u64);
            prop_assert_eq!(facts.amount(), rows.iter().map(|row| i128::from(row.cents)).sum::<i128>());
            // Whoever asks again is told the same, also where orders were put together meanwhile.
            for _ in 0..2 {
                let (basics, panel) = all(&facts);
                agree((renamed(&facts, basics), panel), &wanted);
            }
            if memory_bytes == 0 {
                prop_assert!(facts.spilled_bytes() > 0);
            }
        }
        // What lay beside the files is gone.
        let left = std::fs::read_dir(folder.path()).expect("is there").count();
        prop_assert_eq!(left, 2);
    }
}

fn cdnow() -> PathBuf {
    let folder = std::env::var_os("REGULARS_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| {
            PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/regulars/data")
        });
    let file = folder.join("CDNOW_master.txt");
    assert!(
        file.exists(),
        "{} is missing: run `make data`, which fetches it",
        file.display()
    );
    file
}

#[test]
fn cdnow_is_read_as_it_is() {
    let facts = read(&[cdnow()], &options()).expect("can be read");
    assert_eq!((facts.rows(), facts.rejected()), (69_659, 0));
    let (basics, panel) = all(&facts);
    assert_eq!(basics.customers.len(), 23_570);
    // Fader and Hardie, "Forecasting repeat sales at CDNOW" (2001): all first bought in the first
    // quarter of 1997.
    assert_eq!(panel.sheet.all.orders, 69_659);
    let first_quarter: u64 = (0..3).map(|month| panel.cohorts.size(month)).sum();
    assert_eq!(first_quarter, 23_570);
    assert_eq!(panel.sheet.all.revenue(), 250_031_563);
    let rfm = Rfm::of(&basics.customers);
    let best = basics
        .customers
        .iter()
        .map(|it| rfm.of_customer(it))
        .filter(|s| s.recency == 5);
    assert!(best.count() <= 23_570 / 5);
    let groups: BTreeSet<u8> = basics
        .customers
        .iter()
        .map(|it| rfm.of_customer(it).frequency)
        .collect();
    // Half bought once: they share the score 1.
    assert!(
        groups.contains(&1) && groups.contains(&5) && !groups.contains(&2),
        "{groups:?}"
    );
}

#[test]
fn whatever_a_spreadsheet_wrote_is_read() {
    let folder = TempDir::new().expect("a temporary folder");
    let text = "Kunde;Datum;Betrag\nMüller;31.12.2024;1.234,50\nMüller;15.01.2025;-4,50\nJosé;01.02.2025;7,00\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin1: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("is Latin-1"))
        .collect();
    for (name, bytes, encoding) in [
        ("a.csv", text.as_bytes().to_vec(), "utf-8"),
        ("b.csv", utf16, "utf-16le"),
        ("c.csv", latin1, "latin-1"),
    ] {
        let facts = read(&[write(&folder, name, bytes)], &options()).expect(name);
        assert_eq!(facts.files()[0].found.encoding.to_string(), encoding);
        let (basics, panel) = all(&facts);
        let names: BTreeSet<String> = basics
            .customers
            .iter()
            .map(|c| facts.name(c.customer).into_owned())
            .collect();
        assert_eq!(
            names,
            BTreeSet::from(["José".to_owned(), "Müller".to_owned()]),
            "{name}"
        );
        assert_eq!(
            (panel.sheet.all.sales, panel.sheet.all.given_back),
            (124_150, 450)
        );
    }
}

#[test]
fn files_are_found_by_folder_and_pattern_and_grouped() {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("2025")).expect("is new");
    write(
        &folder,
        "2025/01.csv",
        "customer,date,amount,shop_name\na,2025-01-01,1.00,north\n",
    );
    write(
        &folder,
        "2025/02.csv",
        "customer,date,amount,shop_name\nb,2025-02-01,2.00,south\na,2025-02-02,4.00,south\n",
    );
    write(&folder, "2025/readme.md", "no orders");
    let mut options = options();
    options.group = Some("shop_name".to_owned());
    for paths in [
        vec![folder.path().to_owned()],
        vec![folder.path().join("2025/*.csv")],
        vec![
            folder.path().join("20??/0?.csv"),
            folder.path().join("2025/01.csv"),
        ],
    ] {
        let facts = read(&paths, &options).expect("can be read");
        let (_, panel) = all(&facts);
        let groups: Vec<(&str, u64, i128)> = facts
            .groups()
            .iter()
            .zip(&panel.groups)
            .map(|(name, sheet)| (&**name, sheet.all.buyers, sheet.all.sales))
            .collect();
        assert_eq!(groups, [("north", 1, 100), ("south", 2, 600)], "{paths:?}");
    }
    let none = read(&[folder.path().join("*.tsv")], &options).expect_err("no such file");
    assert!(matches!(none, Error::NoMatch(_)), "{none}");
}

#[test]
fn rows_that_cannot_be_read_cost_their_neighbours_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    let text = "customer,date,amount\na,2025-01-01,1.00\nb,2025-13-01,2.00\n,2025-01-03,3.00\nc,2025-01-04,x\nd,2025-01-05,5.00\n";
    let mut options = options();
    let facts = read(&[write(&folder, "a.csv", text)], &options).expect("can be read");
    assert_eq!((facts.rows(), facts.rejected()), (3, 2));
    assert_eq!(
        facts.anonymous(),
        Anonymous {
            rows: 1,
            amount: 300
        }
    );
    let lines: Vec<u64> = facts.rejects().iter().map(|it| it.reject.line).collect();
    assert_eq!(lines, [3, 5]);
    options.rejects = 1;
    let facts = read(&[write(&folder, "a.csv", text)], &options).expect("can be read");
    assert_eq!((facts.rejects().len(), facts.rejected()), (1, 2));
    // The same for Parquet, that has gaps in every column.
    let path = folder.path().join("a.parquet");
    let columns: [(&str, ArrayRef); 3] = [
        (
            "customer",
            Arc::new(Int64Array::from(vec![
                Some(1),
                None,
                Some(3),
                Some(4),
                Some(-5),
            ])),
        ),
        (
            "date",
            Arc::new(Date32Array::from(vec![
                Some(20_000),
                Some(20_001),
                None,
                Some(900_000),
                Some(20_004),
            ])),
        ),
        (
            "amount",
            Arc::new(Float64Array::from(vec![
                Some(1.0),
                Some(3.0),
                Some(1.0),
                Some(1.0),
                Some(f64::NAN),
            ])),
        ),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(n, c)| (n, c, true))).expect("fits");
    let mut writer = ArrowWriter::try_new(File::create(&path).expect("new"), batch.schema(), None)
        .expect("fine");
    writer.write(&batch).expect("fine");
    writer.close().expect("fine");
    let facts = {
        let defaults = self::options();
        read(&[path], &defaults)
    }
    .expect("can be read");
    assert_eq!((facts.rows(), facts.rejected()), (2, 3));
    assert_eq!(
        facts.anonymous(),
        Anonymous {
            rows: 1,
            amount: 300
        }
    );
    let lines: Vec<u64> = facts.rejects().iter().map(|it| it.reject.line).collect();
    assert_eq!(lines, [3, 4, 5]);
}

#[test]
fn odd_files_give_an_answer_or_a_clear_refusal() {
    let folder = TempDir::new().expect("a temporary folder");
    let panel = |name: &str, text: &str| {
        let facts = read(&[write(&folder, name, text)], &options())
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        all(&facts)
    };
    let (basics, one) = panel("one.csv", "customer,date,amount\na,2025-01-01,1.00\n");
    assert_eq!((basics.customers.len(), one.sheet.all.orders), (1, 1));
    assert_eq!(Window::of(&basics).days, 90);
    let (basics, refunds) = panel(
        "refunds.csv",
        "customer,date,amount\na,2025-01-01,-1.00\nb,2025-02-01,-2.00\n",
    );
    assert_eq!((basics.customers.len(), basics.only_refunds), (0, 2));
    assert_eq!(refunds.sheet.all.revenue(), -300);
    let (_, day) = panel(
        "day.csv",
        "customer,date,amount\na,2025-01-01,1.00\nb,2025-01-01,2.00\n",
    );
    assert_eq!(day.sheet.all.buyers, 2);
    let refused = |name: &str, text: &str| {
        let error = read(&[write(&folder, name, text)], &options()).expect_err(name);
        error.to_string()
    };
    let mixed = refused(
        "mixed.csv",
        "customer,date,amount,currency\na,2025-01-01,1.00,EUR\nb,2025-01-01,2.00,USD\n",
    );
    assert!(mixed.contains("several currencies (EUR, USD)"), "{mixed}");
    assert!(refused("empty.csv", " \n").contains("is empty"));
    let wide: String = (0..1_000_000).map(|n| format!("c{n},")).collect();
    assert!(refused("wide.csv", &format!("{wide}\n{wide}\n")).contains("no column was found"));
    assert!(
        refused("words.csv", "customer,date,amount\na,yesterday,1.00\n")
            .contains("cannot be read as a date")
    );
}

#[test]
fn amounts_in_cents_and_who_says_stop() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = write(
        &folder,
        "a.csv",
        "customer,date,amount_cents\na,2025-01-01,1250\n",
    );
    let facts = read(std::slice::from_ref(&path), &options()).expect("can be read");
    assert_eq!(facts.amount(), 1250);
    assert!(
        facts.files()[0].found.minor_units && facts.files()[0].found.mapping.has(Field::Amount)
    );
    let stopped = Facts::read(&[path], &options(), &|_| false).expect_err("was stopped");
    assert!(matches!(stopped, Error::Interrupted));
}
