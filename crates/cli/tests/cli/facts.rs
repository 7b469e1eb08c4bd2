//! Facts of a shop: what its own log says of customers is what the file of its orders says.

use crate::cdnow;
use crate::shop::Shop;
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::Value;

/// What must be the same, to the unit, wherever orders came from.
fn figures(report: &Value) -> [Value; 4] {
    let mut parts = ["figures", "cohorts", "segments", "findings"].map(|part| report[part].clone());
    // A log tells of members and points too; sums of doubles end as customers come.
    let of_orders = |it: &Value| {
        let modelled = ["lifetime_value", "expected_churn"].map(Value::from);
        it["needs_more_than_orders"] == false && !modelled.contains(&it["metric"])
    };
    let all = parts[0].as_array_mut().expect("there are figures");
    all.retain(of_orders);
    assert!(all.len() > 15, "{}", all.len());
    parts
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

const CDNOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programs/cdnow.toml");

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
    shop.ok(["import", "sample.txt", "--program", CDNOW]);
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
    assert_eq!(figures(&file), figures(&live));
    let export = shop.json(["export", "--facts", "facts"]);
    assert_eq!(export["rows"], file["rows"]);
    assert_eq!(months(&export).len(), 18, "{export:#}");
    let facts = shop.json(["report", "facts", "--timezone", "America/New_York"]);
    assert_eq!(figures(&file), figures(&facts));
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
