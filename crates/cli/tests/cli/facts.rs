//! Facts of a shop: what its own log says of customers is what the file of its orders says.

use crate::cdnow;
use crate::shop::{Shop, checkout};
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::Value;

/// Figures with doubles behind them, whose sums end as customers come.
const MODELLED: [&str; 2] = ["lifetime_value", "expected_churn"];

fn is_modelled(it: &Value) -> bool {
    MODELLED.iter().any(|metric| it["metric"] == *metric)
}

fn is_of_orders(it: &Value) -> bool {
    it["needs_more_than_orders"] == false
}

/// That two reports say the same, to the unit; modelled figures but for the last digits. `figures` says
/// which are looked at.
fn assert_same(one: &Value, other: &Value, figures: fn(&Value) -> bool) {
    for part in ["cohorts", "segments", "findings"] {
        assert_eq!(one[part], other[part], "{part}");
    }
    let figures = |report: &Value| -> Vec<Value> {
        let all = report["figures"].as_array().expect("there are figures");
        all.iter().filter(|it| figures(it)).cloned().collect()
    };
    let (one, other) = (figures(one), figures(other));
    assert_eq!(one.len(), other.len());
    assert!(one.len() > 15, "{}", one.len());
    for (one, other) in one.iter().zip(&other) {
        match is_modelled(one) {
            true => assert!(is_close(one, other), "{one:#} {other:#}"),
            false => assert_eq!(one, other),
        }
    }
}

fn is_close(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (
                a.as_f64().expect("is finite"),
                b.as_f64().expect("is finite"),
            );
            (a - b).abs() <= 1e-9 * a.abs().max(1.0)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_close(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| is_close(a, b)))
        }
        _ => one == other,
    }
}

/// The months that an export wrote.
fn months(export: &Value) -> Vec<String> {
    let file = |it: &Value| {
        let path = it["file"].as_str().expect("a file has a name").to_owned();
        let from = path.find("month=").expect("a file stands in its month");
        path[from + 6..from + 13].to_owned()
    };
    let written = export["written"].as_array().expect("files are listed");
    written.iter().map(file).collect()
}

/// The first orders of the file: enough of both years, and quick.
fn sample() -> String {
    let all = std::fs::read_to_string(cdnow::file()).expect("the file is text");
    let tenth = |line: &&str| {
        let customer: u32 = line.split_whitespace().next()?.parse().ok()?;
        Some(customer.is_multiple_of(10))
    };
    let lines = all.lines().filter(|line| tenth(line) == Some(true));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn the_log_says_what_the_file_says(shop: &Shop) {
    shop.write("sample.txt", sample());
    let program = checkout("programs/cdnow.toml");
    shop.ok(["import", "sample.txt", "--program", &program]);
    let file = shop.json([
        "report",
        "sample.txt",
        "--currency",
        "USD",
        "--timezone",
        "America/New_York",
    ]);
    let live = shop.json(["report", "--shop"]);
    assert_eq!(file["rows"], live["rows"]);
    // A log tells of members and points, which a file of orders does not.
    assert_same(&file, &live, is_of_orders);
    let export = shop.json(["export", "--facts", "facts"]);
    assert_eq!(export["rows"], file["rows"]);
    assert_eq!(months(&export).len(), 18, "{export:#}");
    let facts = shop.json(["report", "facts", "--timezone", "America/New_York"]);
    assert_same(&file, &facts, |_| true);
    let again = shop.json(["export", "--facts", "facts"]);
    assert_eq!((months(&again).len(), &again["unchanged"]), (0, &18.into()));
}

#[test]
fn sqlite_says_what_the_file_says() {
    the_log_says_what_the_file_says(&Shop::new());
}

#[test]
fn postgres_says_what_the_file_says() {
    let db = TestDb::postgres_empty();
    let Database::Postgres(address) = &db.database else {
        unreachable!("the test's database is PostgreSQL");
    };
    the_log_says_what_the_file_says(&Shop::on(address));
}

#[test]
fn only_months_that_changed_are_written_again() {
    let shop = Shop::cafe();
    let first = shop.json(["export", "--facts", "facts"]);
    assert_eq!(months(&first), ["2026-03", "2026-04"]);
    let march = shop.path("facts/month=2026-03/orders.parquet");
    let written = |path| {
        std::fs::metadata(path)
            .and_then(|it| it.modified())
            .expect("is there")
    };
    let before = written(&march);
    shop.write(
        "more.csv",
        "customer,order,date,amount,category\nana,A-5,2026-05-02,9.00,coffee\n\
         ana,A-4,2026-04-20,-18.00,beans\n",
    );
    shop.ok(["import", "more.csv", "--source", "orders.csv"]);
    let second = shop.json(["export", "--facts", "facts"]);
    assert_eq!(months(&second), ["2026-04", "2026-05"], "{second:#}");
    assert_eq!(second["unchanged"], 1);
    assert_eq!(written(&march), before);
    // What came back is a refund of its day, and its order stays a purchase.
    let report = shop.json(["report", "--shop"]);
    let figure = |metric: &str| {
        let all = report["figures"].as_array().expect("there are figures");
        let found = all.iter().find(|it| it["metric"] == metric);
        found.expect("is measured")["figure"]["numerator"].clone()
    };
    assert_eq!(figure("revenue"), 21_140);
    assert_eq!(figure("purchase_frequency"), 5);
}
