//! An import that is killed in the middle and started again comes to the same.

use crate::shop::{CAFE, Shop};
use regulars_app::{App, Config, Database};
use serde_json::Value;
use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::time::Duration;

const ORDERS: u64 = 20_000;

/// Orders of a thousand customers over two years. All that they bring has lapsed long ago.
fn orders() -> String {
    let mut text = "customer,order,date,amount,category\n".to_owned();
    for n in 0..ORDERS {
        let (year, month, day) = (2020 + n / 10_000, n / 834 % 12 + 1, n % 28 + 1);
        let category = if n % 3 == 0 { "coffee" } else { "beans" };
        let (customer, euros, cents) = (n * 7919 % 1000, n % 90, n % 100);
        let _ = writeln!(
            text,
            "c{customer},o{n},{year}-{month:02}-{day:02},{euros}.{cents:02},{category}"
        );
    }
    text
}

/// Waits until the import has written more than there was, and says how many there are; nothing if
/// it ended before.
fn until_more(shop: &Shop, import: &mut Child, before: u64) -> Option<u64> {
    // Two minutes at most: a machine that needs longer to write the first batch has other troubles.
    for _ in 0..12_000 {
        if import.try_wait().expect("it can be asked").is_some() {
            return None;
        }
        if let Some(events) = events(shop).filter(|events| *events > before) {
            return Some(events);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the import wrote nothing");
}

/// How many events the database has, if there is one already.
fn events(shop: &Shop) -> Option<u64> {
    if !shop.database().exists() {
        return None;
    }
    let app = App::open(Config::new(Database::Sqlite(shop.database()))).ok()?;
    let tenant = app.tenants().ok()?.first()?.id;
    let counts = app.counts(tenant).ok();
    app.close();
    counts.map(|counts| counts.events)
}

fn totals(shop: &Shop) -> Value {
    shop.json(["statement"])
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_stopped() {
    let text = orders();
    let program = CAFE.replace("600 months", "12 months");
    let whole = Shop::new();
    whole.write("cafe.toml", &program);
    whole.write("orders.csv", &text);
    whole.ok(["import", "orders.csv", "--program", "cafe.toml"]);

    let broken = Shop::new();
    broken.write("cafe.toml", &program);
    broken.write("orders.csv", &text);
    broken.ok(["apply", "cafe.toml"]);
    let mut kills = 0;
    for _ in 0..2 {
        let so_far = events(&broken).unwrap_or(0);
        let mut import = broken
            .command(["import", "orders.csv", "--program", "cafe.toml"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable starts");
        let seen = until_more(&broken, &mut import, so_far);
        import.kill().expect("it can be killed");
        let ended = import.wait().expect("it ends");
        if seen.is_some() && !ended.success() {
            kills += 1;
            let after = events(&broken).expect("the database is there");
            assert!(after > so_far, "{after} after {so_far}");
        }
    }
    assert!(kills > 0, "every import was over before it could be killed");
    let before = events(&broken).expect("the database is there");
    assert!(before < ORDERS, "nothing was left to do");

    let done = broken.json(["import", "orders.csv"]);
    assert_eq!(done["events"], ORDERS - before, "{done:#}");
    assert_eq!(events(&broken), Some(ORDERS));
    assert_eq!(totals(&broken), totals(&whole));
    let verified = broken.json(["verify"]);
    assert_eq!(verified["ok"], true, "{verified:#}");

    for shop in [&broken, &whole] {
        shop.ok(["tick"]);
    }
    assert_eq!(totals(&broken), totals(&whole));
    let args = [
        "backtest",
        "cafe.toml",
        "orders.csv",
        "--until",
        "2024-12-31",
    ];
    let replayed = broken.json(args);
    assert_eq!(replayed["events"], ORDERS);
    crate::backtests::agree(&replayed, &totals(&broken));
}
