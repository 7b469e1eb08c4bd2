//! Proof: what was written is found as it was written, or the row that is not is named.

use crate::shop::Shop;
use rusqlite::Connection;

/// Changes a row as somebody would who has the file, and knows how to get past the guards in it.
fn tamper(shop: &Shop, sql: &str) {
    let database = Connection::open(shop.database()).expect("the database opens");
    database
        .execute_batch("DROP TRIGGER entries_are_never_changed; DROP TRIGGER log_is_never_changed")
        .expect("the guards are there");
    let changed = database.execute(sql, []).expect("the statement runs");
    assert!(changed > 0, "{sql} changed nothing");
}

#[test]
fn a_sound_database_is_proved_and_its_head_is_held() {
    let shop = Shop::cafe();
    let none = shop.run(["head"]);
    assert_eq!(none.code, Some(1), "{none:#?}");
    let seal = shop.json(["seal"]);
    assert_eq!(seal["wallets"], 2);
    let head = shop.json(["head"]);
    assert_eq!(head["hash"], seal["hash"]);
    let hash = head["hash"].as_str().expect("is a hash");
    assert_eq!(hash.len(), 64);
    assert_eq!(shop.ok(["head"]).trim(), hash);
    let proved = shop.json(["verify", "--head", hash]);
    assert_eq!(proved["ok"], true, "{proved:#}");
    assert_eq!(proved["events"], 4);
    assert!(shop.ok(["verify"]).contains("as it was written"));
}

#[test]
fn a_head_of_another_chain_is_a_no() {
    let shop = Shop::cafe();
    shop.ok(["seal"]);
    let other = "ab".repeat(32);
    let done = shop.run(["verify", "--head", &other]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    let err = shop.fails(2, ["verify", "--head", "abc"]);
    assert!(err.contains("64"), "{err}");
}

#[test]
fn a_changed_row_is_named() {
    let shop = Shop::cafe();
    shop.ok(["seal"]);
    tamper(
        &shop,
        "UPDATE entries SET amount = amount + 1 WHERE amount = 120",
    );
    let done = shop.run(["verify"]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("not as it was written"), "{done:#?}");
    assert!(done.out.contains("entries"), "{done:#?}");
}
