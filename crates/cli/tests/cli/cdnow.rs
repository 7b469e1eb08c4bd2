//! Real orders: 69,659 of 23,570 customers of an online shop for music, 1997 and 1998. Both
//! databases and the back-test must come to the same figures, to the unit, also the second time. All
//! points lapsed by 1999, so what is booked by month does not depend on the day of the test.

use crate::backtests::agree;
use crate::shop::{Shop, checkout};
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::Value;
use std::path::PathBuf;

const ORDERS: u64 = 69_659;
const CUSTOMERS: u64 = 23_570;

/// Where `make data` puts it.
pub(crate) fn file() -> String {
    let folder = std::env::var_os("REGULARS_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| {
            let home = std::env::var_os("HOME").unwrap_or_default();
            PathBuf::from(home).join(".cache/regulars/data")
        });
    let file = folder.join("CDNOW_master.txt");
    assert!(
        file.exists(),
        "{} is missing: run `make data`, which fetches it",
        file.display()
    );
    file.to_string_lossy().into_owned()
}

fn program() -> String {
    checkout("programs/cdnow.toml")
}

/// Imports twice, proves, and gives the totals.
fn imported(shop: &Shop) -> Value {
    let file = file();
    let args = ["import", &file, "--program", &program()];
    let first = shop.json(args);
    assert_eq!(first["events"], ORDERS, "{first:#}");
    let totals = shop.json(["statement"]);
    let second = shop.json(args);
    assert_eq!(second["events"], 0, "{second:#}");
    assert_eq!(second["duplicates"], ORDERS, "{second:#}");
    assert_eq!(
        shop.json(["statement"]),
        totals,
        "the second import moved something"
    );
    shop.ok(["tick"]);
    let proved = shop.json(["verify"]);
    assert_eq!(proved["ok"], true, "{proved:#}");
    assert_eq!(proved["wallets"], CUSTOMERS);
    let ticks = proved["events"].as_u64().map(|events| events - ORDERS);
    assert!(ticks > Some(0), "nothing fell due: {proved:#}");
    shop.json(["statement"])
}

fn backtest() -> Value {
    let report = Shop::new().json(["backtest", &program(), &file(), "--until", "2000-12-31"]);
    assert_eq!(report["events"], ORDERS, "{report:#}");
    assert_eq!(report["members"], CUSTOMERS);
    assert_eq!(report["rejected"], 0);
    report
}

#[test]
fn sqlite_comes_to_what_the_back_test_says() {
    agree(&backtest(), &imported(&Shop::new()));
}

#[test]
fn postgres_comes_to_what_the_back_test_says() {
    let db = TestDb::postgres_empty();
    let Database::Postgres(address) = &db.database else {
        unreachable!("the test's database is PostgreSQL");
    };
    agree(&backtest(), &imported(&Shop::on(address)));
}
