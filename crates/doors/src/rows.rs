//! Files of rows, CSV or NDJSON: what they hold on the first line (`orders`, `members`, `balances`, `tiers`,
//! `contacts`, `products`, `stores`), the file behind it. How many rows are read at once changes nothing, and a
//! row is taken or told, never lost.

use crate::headed;
use regulars_app::{Backtest, ImportOptions, MasterForm, MasterSort, backtest, doors};
use regulars_base::{Currency, Zone};
use regulars_lake::facts::{Facts, FactsOptions};
use regulars_lake::{Field, Grouping, Kind, Options, Orders, Table, open as read};
use std::path::{Path, PathBuf};

pub(crate) fn open(data: &[u8]) {
    let Some((holds, file)) = headed(data) else {
        return;
    };
    let currency = Currency::new("EUR").expect("is one");
    let form = if file.trim_start().starts_with('{') {
        MasterForm::Ndjson
    } else {
        MasterForm::Csv
    };
    let table = match holds {
        "orders" => Table::Orders,
        "members" => Table::Members,
        "balances" => Table::Balances,
        "tiers" => Table::Tiers,
        "contacts" => return told(doors::contacts(file)),
        "products" => {
            return told(doors::master_data(
                MasterSort::Product,
                form,
                (file, currency),
            ));
        }
        "stores" => {
            return told(doors::master_data(
                MasterSort::Store,
                form,
                (file, currency),
            ));
        }
        _ => return,
    };
    let path = written(file.as_bytes(), "rows");
    let mut options = Options::orders(currency, Zone::new("Europe/Berlin").expect("is one"));
    options.table = table;
    files(&path, &options);
}

fn told(came: Result<(usize, usize), String>) {
    if let Err(why) = came {
        assert!(!why.is_empty());
    }
}

/// The bytes as a file of this process and thread. In memory, where the machine has that.
pub(crate) fn written(bytes: &[u8], name: &str) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let thread = format!("{:?}", std::thread::current().id());
    let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
    let path = folder.join(format!("regulars-{}-{thread}.{name}", std::process::id()));
    std::fs::write(&path, bytes).expect("the folder can be written to");
    path
}

/// A file of rows, by all ways on which files are read.
pub(crate) fn files(path: &Path, options: &Options) {
    let few = Options {
        batch_rows: 3,
        ..options.clone()
    };
    let (all, by_three) = (rows(path, options), rows(path, &few));
    // Where bytes of Parquet make no sense depends on how many are asked for at once.
    if options.kind != Some(Kind::Parquet) || (all.is_ok() && by_three.is_ok()) {
        assert_eq!(all, by_three, "read three rows at a time");
    }
    if options.table == Table::Orders && all.is_ok() {
        orders(path, options);
        facts(path, options);
        replayed(path);
    }
    // Nobody else has it, and the next one is written over it.
    let _ = std::fs::remove_file(path);
}

/// Rows and rejects, in words; or why there are none.
type Rows = Result<(Vec<String>, Vec<String>), String>;

fn rows(path: &Path, options: &Options) -> Rows {
    let said = |error: regulars_lake::Error| {
        let said = error.to_string();
        assert!(!said.is_empty());
        said
    };
    let mut reader = read(path, options).map_err(said)?;
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    while let Some(chunk) = reader.next().map_err(said)? {
        for reject in &chunk.rejects {
            assert!(!reject.reason.is_empty() && reject.line >= 1, "{reject:?}");
            rejects.push(format!("{}: {}", reject.line, reject.reason));
        }
        for row in 0..chunk.batch.len() {
            let cell = |field: Field| {
                let number = chunk.batch.number(field, row);
                let text = reader.text(&chunk.batch, field, row);
                match (number, text) {
                    (Some(number), _) => format!("{}={number} ", field.name()),
                    (None, Some(text)) => format!("{}={text} ", field.name()),
                    (None, None) => String::new(),
                }
            };
            let cells: String = Field::ALL.into_iter().map(cell).collect();
            rows.push(format!("{}: {cells}", chunk.batch.line(row)));
        }
    }
    Ok((rows, rejects))
}

fn orders(path: &Path, options: &Options) {
    for grouping in [Grouping::Adjacent, Grouping::Anywhere] {
        let Ok(reader) = read(path, options) else {
            return;
        };
        let mut orders = Orders::new(reader, grouping);
        while let Ok(Some(part)) = orders.next() {
            let mut end = 0;
            for lines in &part.orders {
                assert!(lines.start >= end && lines.start < lines.end, "{lines:?}");
                end = lines.end;
            }
            assert!(end <= part.batch.len());
        }
    }
}

fn facts(path: &Path, options: &Options) {
    let mut facts = FactsOptions::new(options.clone());
    facts.threads = 1;
    let Ok(read) = Facts::read(&[path.to_owned()], &facts, &|_| true) else {
        return;
    };
    let count = read.fold(
        || 0_u64,
        |count, own| *count += own.history.purchases.len() as u64,
        |sum, other| *sum += other,
    );
    let count = count.expect("rows that lie in memory can be read");
    assert!(count <= read.rows(), "{count} of {}", read.rows());
}

/// The same file under a program, as a merchant tries it.
fn replayed(path: &Path) {
    let ask = Backtest {
        program: crate::example::program("cafe.toml").expect("is one of ours"),
        against: None,
        orders: ImportOptions {
            file: path.to_owned(),
            source: Some("file".into()),
            ..ImportOptions::default()
        },
        threads: 1,
        until: None,
        differences: 3,
        assumptions: None,
        joining: None,
    };
    let Ok(report) = backtest(&ask, &mut |_| true) else {
        return;
    };
    for month in &report.months {
        assert!(month.issued >= 0 || month.taken_back > 0, "{month:?}");
    }
}
