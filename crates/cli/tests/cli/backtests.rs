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

/// Orders of so many customers over a year, some of them given back.
fn many_orders(customers: u32) -> String {
    let mut text = ORDERS
        .lines()
        .next()
        .map(str::to_owned)
        .expect("has a head");
    for n in 0..customers * 5 {
        let (customer, month, day) = (n * 7919 % customers, n % 12 + 1, n % 28 + 1);
        let (euros, category) = (n % 70 + 1, ["coffee", "beans"][(n % 2) as usize]);
        text += &format!("\nc{customer},M-{n},2026-{month:02}-{day:02},{euros}.50,{category}");
    }
    text + "\n"
}

fn without_seconds(mut report: Value) -> Value {
    report["seconds"].take();
    if report["against"].is_object() {
        report["against"]["seconds"].take();
    }
    report
}

#[test]
fn parts_come_together_to_what_one_pass_comes_to() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write(
        "other.toml",
        CAFE.replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\""),
    );
    shop.write("orders.csv", many_orders(40));
    let ask = [
        "backtest",
        "other.toml",
        "orders.csv",
        "--against",
        "cafe.toml",
        "--until",
        "2027-06-30",
    ];
    for (part, file) in [("1/3", "one"), ("2/3", "two"), ("3/3", "three")] {
        let part = ["--part", part, "--into", file, "--threads", "2"];
        shop.json(ask.into_iter().chain(part));
        let size = shop.path(file).metadata().expect("was written").len();
        assert!(size > 200, "{file} holds {size} bytes");
    }
    let whole = shop.json(ask);
    assert_eq!(whole["members"], 40);
    assert_eq!(whole["in_one_piece"], Value::Null);
    assert!(
        whole["differences"]
            .as_array()
            .is_some_and(|it| it.len() == 10)
    );
    let together = shop.json(ask.into_iter().chain(["--parts", "two", "three", "one"]));
    assert_eq!(without_seconds(together), without_seconds(whole));
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write(
        "other.toml",
        CAFE.replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\""),
    );
    shop.write("orders.csv", many_orders(20));
    shop.write("fewer.csv", many_orders(10));
    let part = |orders, part, into| {
        shop.ok([
            "backtest",
            "cafe.toml",
            orders,
            "--part",
            part,
            "--into",
            into,
        ]);
    };
    part("orders.csv", "1/2", "one");
    part("orders.csv", "2/2", "two");
    part("fewer.csv", "2/2", "fewer");
    part("orders.csv", "2/3", "third");
    let refusal = |program, parts: &[&str]| {
        let ask = ["backtest", program, "orders.csv", "--parts"];
        shop.refuses(ask.into_iter().chain(parts.iter().copied())).0
    };
    for (program, parts, why) in [
        ("cafe.toml", &["one"][..], "part 2/2 is missing"),
        ("cafe.toml", &["one", "one"], "there already"),
        (
            "cafe.toml",
            &["one", "third"],
            "there already, or of another split",
        ),
        ("cafe.toml", &["one", "fewer"], "other orders"),
        ("other.toml", &["one", "two"], "another program"),
        (
            "cafe.toml",
            &["one", "orders.csv"],
            "no part of a back-test",
        ),
        ("cafe.toml", &["one", "nowhere"], "there is no file"),
    ] {
        let what = refusal(program, parts);
        assert!(what.contains(why), "{what}");
    }
}

#[test]
fn what_wallets_share_is_decided_in_one_piece_and_said() {
    let shop = Shop::new();
    let limit = "give = { beans = 20 }\nlimit = [{ beans = 300, per = \"program\" }]";
    let budget = CAFE.replace("give = { beans = 20 }", limit);
    assert_ne!(budget, CAFE);
    shop.write("budget.toml", budget);
    shop.write("orders.csv", many_orders(20));
    let ask = ["backtest", "budget.toml", "orders.csv", "--threads", "2"];
    let report = shop.json(ask);
    let why = report["in_one_piece"].as_str().expect("it says why");
    assert!(why.contains("used up"), "{why}");
    assert!(shop.ok(ask).contains("Decided in one piece"));
    for (part, file) in [("1/2", "one"), ("2/2", "two")] {
        let ask = ["backtest", "budget.toml", "orders.csv"];
        let part = ["--part", part, "--into", file, "--threads"];
        // One thread alone finds enough; two do not, and nor do both parts together.
        shop.ok(ask.into_iter().chain(part).chain(["1"]));
        let (what, _) = shop.refuses(ask.into_iter().chain(part).chain(["2"]));
        assert!(what.contains("cannot be split by wallet"), "{what}");
    }
    let (what, help) = shop.refuses([
        "backtest",
        "budget.toml",
        "orders.csv",
        "--parts",
        "one",
        "two",
    ]);
    assert!(what.contains("used up"), "{what}");
    assert!(help.contains("without parts"), "{help}");
}
