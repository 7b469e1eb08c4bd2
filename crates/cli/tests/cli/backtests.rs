//! Programs over order files, without a database.

use crate::shop::{CAFE, ORDERS, Shop};
use serde_json::Value;

/// Asserts that a back-test says by month what the statement of a database says.
pub(crate) fn agree(backtest: &Value, statement: &Value) {
    let months = backtest["months"].as_array().expect("is a list");
    assert!(!months.is_empty(), "{backtest:#}");
    let booked = statement["months"].as_array().expect("is a list");
    for month in months {
        let same =
            |it: &&Value| (&it["month"], &it["points"]) == (&month["month"], &month["points"]);
        let booked = booked.iter().find(same);
        let booked = booked.unwrap_or_else(|| panic!("the statement lacks {month:#}"));
        for (ours, theirs) in [
            ("issued", "issued"),
            ("redeemed", "redeemed"),
            ("expired", "expired"),
            ("outstanding", "closing"),
            ("liability", "liability"),
        ] {
            assert_eq!(
                month[ours], booked[theirs],
                "{ours} of\n{month:#}\n{booked:#}"
            );
        }
    }
    // Nothing may be booked in a month that the back-test does not have.
    for booked in booked {
        let same =
            |it: &Value| (&it["month"], &it["points"]) == (&booked["month"], &booked["points"]);
        let known = months.iter().any(same);
        let still = ["issued", "redeemed", "expired"]
            .iter()
            .all(|what| booked[what] == "0");
        assert!(known || still, "the back-test lacks {booked:#}");
    }
}

#[test]
fn a_back_test_says_what_an_import_would_come_to() {
    let shop = Shop::cafe();
    let report = shop.json(["backtest", "cafe.toml", "orders.csv"]);
    assert_eq!(report["rows"], 4);
    assert_eq!(report["members"], 2);
    assert_eq!(report["tiers"]["regular"], 2);
    assert_eq!(report["totals"][0]["issued"], "240");
    agree(&report, &shop.json(["statement"]));
}

#[test]
fn a_back_test_needs_no_database_and_makes_none() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    let said = shop.ok(["backtest", "cafe.toml", "orders.csv"]);
    assert!(said.contains("2026-03"), "{said}");
    assert!(said.contains("how they would have answered"), "{said}");
    assert!(!shop.database().exists());
}

#[test]
fn two_programs_are_compared_member_by_member() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    let other = CAFE
        .replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\"")
        .replace("beans = 20", "beans = 2");
    shop.write("other.toml", other);
    let report = shop.json([
        "backtest",
        "other.toml",
        "orders.csv",
        "--against",
        "cafe.toml",
    ]);
    assert_eq!(report["totals"][0]["issued"], "442");
    assert_eq!(report["against"]["totals"][0]["issued"], "240");
    let first = &report["differences"][0];
    assert_eq!(first["customer"], "ben");
    assert_eq!(
        (&first["against"], &first["candidate"]),
        (&"120".into(), &"240".into())
    );
    let said = shop.ok([
        "backtest",
        "other.toml",
        "orders.csv",
        "--against",
        "cafe.toml",
    ]);
    assert!(said.contains("More for:"), "{said}");
}

#[test]
fn time_passes_to_the_day_that_is_asked_for() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE.replace("600 months", "12 months"));
    shop.write("orders.csv", ORDERS);
    let report = shop.json([
        "backtest",
        "cafe.toml",
        "orders.csv",
        "--until",
        "2027-12-31",
    ]);
    assert_eq!(report["totals"][0]["expired"], "240");
    assert_eq!(report["totals"][0]["outstanding"], "0");
}

/// What lapses as the next day begins is the next day's.
#[test]
fn time_passes_to_the_end_of_that_day_and_no_further() {
    let shop = Shop::new();
    let to_the_month = r#"{ after = "1 month", to = "end of month" }"#;
    shop.write("cafe.toml", CAFE.replace("\"600 months\"", to_the_month));
    shop.write("orders.csv", ORDERS);
    let expired = |day| {
        let report = shop.json(["backtest", "cafe.toml", "orders.csv", "--until", day]);
        report["totals"][0]["expired"].clone()
    };
    // What was earned in April lapses with the last of May.
    assert_eq!(expired("2026-05-30"), expired("2026-05-31"));
    assert_eq!(expired("2026-06-01"), "240");
    assert_ne!(expired("2026-05-31"), "240");
}

#[test]
fn any_number_of_threads_comes_to_the_same() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    let with = |threads| {
        let mut report = shop.json(["backtest", "cafe.toml", "orders.csv", "--threads", threads]);
        report["seconds"] = Value::Null;
        report
    };
    assert_eq!(with("1"), with("4"));
}

#[test]
fn wrong_files_are_said_so() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    shop.write("faulty.toml", CAFE.replace("EUR", "XXX"));
    let err = shop.fails(1, ["backtest", "faulty.toml", "orders.csv"]);
    assert!(err.contains("faulty.toml:4:12: error"), "{err}");
    let (what, _) = shop.refuses(["backtest", "cafe.toml", "nowhere.csv"]);
    assert!(what.contains("there is no file `nowhere.csv`"), "{what}");
}

#[test]
fn who_wins_and_loses_is_told_with_what_they_bought_and_under_stated_assumptions() {
    let shop = Shop::cafe();
    shop.write(
        "thrift.toml",
        CAFE.replace("1 per 1 EUR", "1 per 2 EUR")
            .replace("\"100 EUR\"", "\"110 EUR\""),
    );
    shop.write(
        "assume.toml",
        "[[assumption]]\nname = \"as hoped\"\nredemption_rate = \"50 %\"\nuplift = \"10 %\"\nmargin = \"40 %\"\n",
    );
    let report = shop.json([
        "backtest",
        "thrift.toml",
        "orders.csv",
        "--against",
        "cafe.toml",
        "--assume",
        "assume.toml",
    ]);
    assert_eq!(report["sides"]["less"], 2);
    // Ana's 100.40 EUR are too little for the tier now.
    let moves = report["tier_moves"].as_array().expect("moves are listed");
    let down = serde_json::json!({"from": "regular", "to": "friend", "members": 1});
    assert!(moves.contains(&down), "{moves:#?}");
    let ana = report["differences"]
        .as_array()
        .expect("differences are listed")
        .iter();
    let ana = ana
        .clone()
        .find(|it| it["customer"] == "ana")
        .expect("ana gets less");
    assert_eq!(
        ana["history"][0],
        serde_json::json!({"day": "2026-03-01", "amount": "12.40"})
    );
    assert_eq!(ana["history"].as_array().map(Vec::len), Some(3));
    // 220.40 EUR of sales: 22.04 more, of which 8.82 stay. 240 beans at 0.05 are 12.00; a tenth more
    // of them, half of it redeemed, costs 6.60.
    let against = &report["against"]["assumed"][0];
    assert_eq!(
        [
            &against["more_sales"],
            &against["more_margin"],
            &against["cost"],
            &against["net"]
        ],
        ["22.04", "8.82", "6.60", "2.22"]
    );
    let (wrong, _) = {
        shop.write("assume.toml", "[[assumption]]\nname = \"x\"\n");
        shop.refuses([
            "backtest",
            "cafe.toml",
            "orders.csv",
            "--assume",
            "assume.toml",
        ])
    };
    assert!(wrong.contains("redemption_rate"), "{wrong}");
}
