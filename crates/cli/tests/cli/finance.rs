//! `regulars finance`: the books foot, stay as they were closed, and reach the accountant.

use crate::shop::Shop;
use serde_json::{Value, json};

/// A line of a month of the books.
fn line<'a>(books: &'a Value, period: &str) -> &'a Value {
    let periods = books["periods"].as_array().expect("months are listed");
    let found = periods.iter().find(|it| it["period"] == period);
    let found = found.unwrap_or_else(|| panic!("no {period} in {books:#}"));
    &found["lines"][0]
}

#[test]
fn what_is_told_late_counts_for_the_next_month() {
    let shop = Shop::cafe();
    let before = shop.json(["finance", "--books"]);
    // 12 + 20, 120 and 30 beans in March.
    assert_eq!(line(&before, "2026-03")["issued"], "182");
    let (_, help) = shop.refuses(["finance", "--close", "2026-04"]);
    assert!(help.contains("2026-03"), "{help}");
    let march = shop.json(["finance", "--close", "2026-03"]);
    assert_eq!(
        (&march["closed"], &march["lines"][0]["closing"]),
        (&json!(true), &json!("182"))
    );
    shop.write(
        "late.csv",
        "customer,order,date,amount,category\nben,A-9,2026-03-20,7.00,beans\n",
    );
    shop.ok(["import", "late.csv"]);
    assert_eq!(
        shop.json(["finance", "--close", "2026-03"]),
        march,
        "closing again changes nothing"
    );
    let april = shop.json(["finance", "--close", "2026-04"]);
    let april = &april["lines"][0];
    // 58 of April, and 7 that were told late.
    assert_eq!(
        [&april["opening"], &april["issued"], &april["closing"]],
        ["182", "65", "247"]
    );
    let books = shop.json(["finance", "--books"]);
    assert_eq!(line(&books, "2026-03"), &march["lines"][0]);
    assert_eq!(line(&books, "2026-05")["opening"], "247");
    let proved = shop.json(["verify"]);
    assert_eq!(proved["ok"], true, "{proved:#}");
}

#[test]
fn the_accountant_gets_tables_that_add_up() {
    let shop = Shop::cafe();
    let finance = shop.json(["finance", "--tables", "books"]);
    let beans = &finance["points"][0];
    assert_eq!(
        (&beans["points"], &beans["open"]),
        (&json!("beans"), &json!("240"))
    );
    let liability = &beans["liability"];
    // Nobody has redeemed anything: nothing is taken off, and it is said why.
    assert_eq!(
        (&liability["cost"], &liability["in_full"]),
        (&json!("12.00"), &json!("12.00"))
    );
    assert!(beans["breakage"]["refused"].is_string(), "{beans:#}");
    let ages = liability["by_age"].as_array().expect("ages are listed");
    let cents = |it: &Value| -> i64 {
        let text = it["cost"]
            .as_str()
            .expect("an amount is a text")
            .replace('.', "");
        text.parse().expect("an amount has digits")
    };
    assert_eq!(ages.iter().map(cents).sum::<i64>(), 12_00);
    // IFRS 15: of 162.40 in March, 182 beans at 0.05 are put off: 9.10 of 171.50.
    let march = &beans["cohorts"][0];
    assert_eq!(march["deferred"]["sales"], "162.40");
    assert_eq!(march["deferred"]["deferred"], "8.62");
    for name in ["books", "cohorts", "liability", "cost"] {
        let csv = shop.read(&format!("books/{name}.csv"));
        assert!(
            csv.lines()
                .next()
                .is_some_and(|line| line.contains("points")),
            "{csv}"
        );
        assert!(shop.path(&format!("books/{name}.parquet")).exists());
    }
    assert!(
        shop.read("books/cohorts.csv")
            .contains("beans,2026-03-01,0,182,0,0,182")
    );
}
