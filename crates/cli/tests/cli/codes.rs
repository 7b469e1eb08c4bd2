//! Codes and money: coupons and gift cards on the command line.

use crate::shop::Shop;
use serde_json::Value;
use std::collections::BTreeSet;

const PROGRAM: &str = r#"
[program]
name = "Codes"
currency = "EUR"

[points.beans]

[[coupon]]
id = "sorry"
kind = "money off"
off = "5.00 EUR"
pattern = "SORRY-####-####-####"

[[coupon]]
id = "welcome"
kind = "points"
points = { beans = 10 }
code = "WELCOME"
limit = [{ times = 1, per = "member" }]

[store_credit]

[gift_card]
pattern = "GIFT-####-####-####-####"
least = "5.00 EUR"
"#;

fn shop() -> Shop {
    let shop = Shop::new();
    shop.write("codes.toml", PROGRAM);
    shop.ok(["apply", "codes.toml"]);
    shop
}

#[test]
fn codes_of_a_coupon_are_made_written_shown_and_ended() {
    let shop = shop();
    let made = shop.ok([
        "coupons", "make", "sorry", "--count", "25", "--batch", "may",
    ]);
    assert!(made.contains("25 codes of sorry"), "{made}");
    // The same batch again makes none twice.
    shop.ok([
        "coupons", "make", "sorry", "--count", "25", "--batch", "may",
    ]);
    shop.ok(["coupons", "export", "sorry", "--out", "codes.csv"]);
    let written = shop.read("codes.csv");
    let codes: BTreeSet<&str> = written
        .lines()
        .filter_map(|line| {
            line.split(',')
                .map(|part| part.trim_matches('"'))
                .find(|part| part.starts_with("SORRY-"))
        })
        .collect();
    assert_eq!(codes.len(), 25, "{written}");
    let code = codes.first().expect("there are some");
    let shown = shop.json(["coupons", "show", code]);
    assert_eq!(shown["coupon"], "sorry");
    let voided = shop.json(["coupons", "void", code]);
    assert_eq!(voided["status"], "void", "{voided:#}");
}

#[test]
fn codes_are_brought_along_and_what_is_no_code_is_told_by_its_line() {
    let shop = shop();
    shop.write("old.txt", "OLD-1\nold-2\nOLD-1\n-\nWELCOME\n");
    let brought = || {
        // That something could not be taken is told by the status too.
        let done = shop.run(["coupons", "import", "sorry", "old.txt", "--json"]);
        assert_ne!(done.code, Some(0), "{done:?}");
        serde_json::from_str::<Value>(&done.out).expect("is JSON")
    };
    let (brought, again) = (brought(), brought());
    assert_eq!(brought["added"], 2, "{brought:#}");
    assert_eq!(
        brought["wrong"].as_array().map(Vec::len),
        Some(2),
        "{brought:#}"
    );
    assert_eq!(
        (&again["added"], &again["again"]),
        (&0.into(), &3.into()),
        "each of its three lines is there already: {again:#}"
    );
    let none = shop.run(["coupons", "make", "nothing", "--count", "1"]);
    assert_ne!(none.code, Some(0), "{none:?}");
    let word = shop.run(["coupons", "make", "welcome", "--count", "1"]);
    assert!(word.err.contains("everybody uses"), "{word:?}");
    let gone = shop.run(["coupons", "show", "OLD-9"]);
    assert_ne!(gone.code, Some(0), "{gone:?}");
}

#[test]
fn gift_cards_are_made_shown_blocked_and_replaced() {
    let shop = shop();
    shop.ok([
        "gift-cards",
        "make",
        "20.00 EUR",
        "--count",
        "3",
        "--id",
        "shelf",
        "--out",
        "cards.csv",
    ]);
    let written = shop.read("cards.csv");
    let cards: Vec<Vec<&str>> = written
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(cards.len(), 3, "{written}");
    let (card, code) = (cards[0][0], cards[0][1]);
    let shown = shop.json(["gift-cards", "show", code]);
    assert_eq!(
        (&shown["card"], &shown["available"]),
        (&card.into(), &"20.00".into())
    );
    let again = shop.json([
        "gift-cards",
        "make",
        "20.00 EUR",
        "--count",
        "3",
        "--id",
        "shelf",
    ]);
    assert_eq!(again[0]["card"], card);
    assert!(again[0]["code"].is_null(), "codes are told once: {again:#}");
    shop.ok(["gift-cards", "block", card, "--reason", "stolen"]);
    assert_eq!(shop.json(["gift-cards", "show", card])["status"], "blocked");
    shop.ok(["gift-cards", "block", card, "--reason", "found", "--lift"]);
    let new = shop.json(["gift-cards", "replace", card, "--reason", "lost"]);
    let new = new["code"].as_str().expect("is told once");
    assert_eq!(shop.json(["gift-cards", "show", new])["available"], "20.00");
    assert_eq!(
        shop.json(["gift-cards", "show", card])["status"],
        "replaced"
    );
    let few = shop.run(["gift-cards", "make", "4.99 EUR"]);
    assert!(few.err.contains("at least 5.00 EUR"), "{few:?}");
    let odd = shop.run(["gift-cards", "make", "5.00 USD"]);
    assert!(odd.err.contains("is no amount"), "{odd:?}");
    // What is owed stands in the statement, apart from points.
    let statement = shop.json(["statement"]);
    let rows = statement["months"].as_array().expect("is a list");
    let own = rows.iter().find(|row| row["points"] == "gift card EUR");
    assert_eq!(
        own.expect("has the money")["closing"],
        "60",
        "{statement:#}"
    );
    shop.ok(["verify"]);
}

#[test]
fn store_credit_is_given_and_taken() {
    let shop = shop();
    shop.write(
        "orders.csv",
        "customer,order,date,amount\nana,A-1,2026-03-01,12.40\n",
    );
    shop.ok(["import", "orders.csv"]);
    let give = [
        "credit",
        "ana",
        "12.40 EUR",
        "--reason",
        "broken kettle",
        "--id",
        "c-1",
    ];
    assert!(
        shop.ok(give)
            .contains("12.40 EUR of store credit given by hand")
    );
    shop.ok(give);
    let credit = || shop.json(["balance", "ana"])["money"][0]["available"].clone();
    assert_eq!(credit(), "12.40");
    shop.ok(["credit", "ana", "-2.40 EUR", "--reason", "too much"]);
    assert_eq!(credit(), "10.00");
    let more = shop.run(["credit", "ana", "-10.01 EUR", "--reason", "too much"]);
    assert!(more.err.contains("10.00 EUR are there"), "{more:?}");
}
