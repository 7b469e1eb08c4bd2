//! Rewards, quotes, merges that were a mistake, and what resellers sold on, on the command line.

use crate::serving::Server;
use crate::shop::{CAFE, ORDERS, Shop};
use serde_json::{Value, json};

const MORE: &str = r#"
[[reward]]
id    = "mug"
title = "A mug"
price = { beans = 40 }
stock = 3
sent  = true

[[reward]]
id    = "cinema"
title = "A ticket"
price = { beans = 50 }
codes = true

[[reward]]
id    = "treats"
title = "A treat"
kind  = "menu"
picks = ["tea", "cake"]
price = { beans = 10 }

[[reward]]
id = "tea"

[[reward]]
id = "cake"

[[reward]]
id    = "five"
title = "Five off"
kind  = "money off"
off   = "5.00 EUR"
price = { beans = 50 }

[attribute.group]
values = ["trade", "retail"]

[sell_through]
approval = "above 100 EUR"
window   = "600 months"

[[earn]]
id   = "sold-on"
on   = "sell_through"
give = { beans = "1 per 1 EUR" }
"#;

/// Ana and Ben have 120 and 120 beans.
fn shop() -> Shop {
    let shop = Shop::new();
    shop.write("cafe.toml", format!("{CAFE}{MORE}"));
    shop.write("orders.csv", ORDERS);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    shop
}

/// A "no" that says why.
fn says_no<'a>(shop: &Shop, args: impl IntoIterator<Item = &'a str>, why: &str) {
    let args: Vec<&str> = args.into_iter().collect();
    let done = shop.run(&args);
    assert_ne!(done.code, Some(0), "{args:?}: {done:#?}");
    let said = format!("{}{}", done.out, done.err);
    assert!(said.contains(why), "`{why}` is not in: {said}");
}

#[test]
fn stock_is_shown_changed_and_never_below_nothing() {
    let shop = shop();
    let left = |shop: &Shop| shop.json(["rewards", "stock"])["items"][0].clone();
    assert_eq!(
        (&left(&shop)["reward"], &left(&shop)["left"]),
        (&"mug".into(), &3.into())
    );
    let restock = |how: &'static str, n: &'static str| {
        ["rewards", "restock", "mug", how, n, "--reason", "counted"]
    };
    shop.ok(restock("--up", "4"));
    shop.ok(restock("--down", "2"));
    assert_eq!(left(&shop)["left"], 5);
    says_no(&shop, restock("--down", "6"), "only 5 are there");
    assert_eq!(left(&shop)["left"], 5);
    shop.ok(restock("--set", "0"));
    assert_eq!(left(&shop)["left"], 0);
    let of_five = [
        "rewards", "restock", "five", "--up", "1", "--reason", "found",
    ];
    says_no(&shop, of_five, "counts no stock");
    shop.fails(2, ["rewards", "restock", "mug", "--reason", "nothing said"]);
    assert_eq!(shop.json(["verify"])["ok"], true);
}

#[test]
fn codes_of_a_supplier_come_in_once() {
    let shop = shop();
    shop.write("may.txt", "K-1\nK-2\n\nK-3\n");
    let bring = ["rewards", "codes", "cinema", "may.txt"];
    let said = shop.ok(bring);
    assert!(said.contains("3 of 3 codes are new"), "{said}");
    let said = shop.ok(bring);
    assert!(said.contains("0 of 3 codes are new"), "{said}");
    says_no(&shop, ["rewards", "codes", "mug", "may.txt"], "codes");
    says_no(&shop, ["rewards", "code", "ana", "none"], "code");
}

#[test]
fn what_is_not_there_is_neither_taken_back_nor_sent_nor_picked() {
    let shop = shop();
    says_no(
        &shop,
        ["rewards", "return", "ana", "none"],
        "no such redemption",
    );
    says_no(
        &shop,
        ["rewards", "fulfil", "ana", "none", "delivered"],
        "not sent",
    );
    says_no(
        &shop,
        ["rewards", "pick", "ana", "treats", "tea"],
        "nothing to pick",
    );
    says_no(&shop, ["rewards", "return", "nobody", "none"], "nobody");
    let said = shop.ok(["rewards", "fulfilments"]);
    assert!(!said.is_empty());
    let said = shop.ok(["rewards", "open", "ana"]);
    assert!(said.contains("Nothing is open"), "{said}");
}

#[test]
fn what_sort_of_member_it_is_and_what_they_want_is_said_by_its_names() {
    let shop = shop();
    let said = shop.ok(["rewards", "attributes", "ana", "group=trade"]);
    assert!(said.contains("group is set"), "{said}");
    says_no(
        &shop,
        ["rewards", "attributes", "ana", "group=pirates"],
        "`group` has no such value",
    );
    says_no(
        &shop,
        ["rewards", "attributes", "ana", "colour=red"],
        "no attribute `colour`",
    );
    let (what, help) = shop.refuses(["rewards", "attributes", "ana", "trade"]);
    assert!(
        what.contains("`trade`") && help.contains("group=trade"),
        "{what} {help}"
    );
    let said = shop.ok(["rewards", "automatic", "ana", "off"]);
    assert!(!said.trim().is_empty());
}

#[test]
fn what_was_redeemed_is_sent_on_its_way_and_comes_back_in_part() {
    let shop = shop();
    let mut server = Server::start(&shop, &[]);
    let key = server.text("key").to_owned();
    let ask = json!({"reward": "mug", "quantity": 2, "commit": true});
    let (status, body) = server.post("/v1/members/customer:ana/redemptions", (&key, "m-1"), &ask);
    assert!(matches!(status, 200 | 201), "{status} {body}");
    assert!(server.stop().success());
    assert!(shop.ok(["balance", "ana"]).contains("40"));
    shop.ok(["rewards", "address", "ana", "m-1", "1 High Street"]);
    let said = shop.ok(["rewards", "fulfilments", "--csv"]);
    assert!(
        said.contains("m-1") && said.contains("1 High Street"),
        "{said}"
    );
    says_no(
        &shop,
        ["rewards", "fulfil", "ana", "m-1", "delivered"],
        "already",
    );
    let back = [
        "rewards",
        "return",
        "ana",
        "m-1",
        "--quantity",
        "1",
        "--reason",
        "chipped",
    ];
    shop.ok(back);
    assert!(shop.ok(["balance", "ana"]).contains("80"));
    assert_eq!(shop.json(["rewards", "stock"])["items"][0]["left"], 2);
    shop.ok([
        "rewards",
        "fulfil",
        "ana",
        "m-1",
        "dispatched",
        "--carrier",
        "post",
        "--tracking",
        "4711",
    ]);
    says_no(&shop, ["rewards", "return", "ana", "m-1"], "");
    shop.ok(["rewards", "fulfil", "ana", "m-1", "delivered"]);
    assert_eq!(shop.json(["verify"])["ok"], true);
}

#[test]
fn a_quote_takes_the_best_and_writes_nothing() {
    let shop = shop();
    let basket = r#"{"currency": "EUR", "lines": [{"sku": "tea", "price": "20.00"}], "rewards": [{"reward": "five", "quantity": 1}]}"#;
    shop.write("basket.json", basket);
    let quote = shop.json(["quote", "basket.json", "--member", "ana"]);
    assert_eq!(
        (&quote["off"], &quote["total"]),
        (&"5.00".into(), &"15.00".into()),
        "{quote:#}"
    );
    assert_eq!(quote["earned"][0]["amount"], "15", "{quote:#}");
    let said = shop.ok(["quote", "basket.json", "--member", "ana"]);
    for part in ["five", "to be paid", "15.00"] {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
    assert!(shop.ok(["balance", "ana"]).contains("120"));
    // The same on standard input.
    let done = shop.run_with(["quote", "--member", "ana", "--json"], basket);
    let again: Value = serde_json::from_str(&done.out).expect("is JSON");
    assert_eq!(again["total"], quote["total"]);
    let wrong = r#"{"currency": "EUR", "lines": [{"sku": "tea", "price": "x"}], "code": []}"#;
    let done = shop.run_with(["quote", "--member", "ana"], wrong);
    assert_eq!(done.code, Some(2), "{done:#?}");
    assert!(
        done.err.contains("lines/0/price") && done.err.contains("code"),
        "{done:#?}"
    );
    let hold = basket.replacen('{', r#"{"reserve": true, "#, 1);
    let done = shop.run_with(["quote", "--member", "ana"], &hold);
    assert!(done.err.contains("sets nothing aside"), "{done:#?}");
    says_no(&shop, ["quote", "none.json"], "none.json");
}

#[test]
fn only_who_was_merged_is_parted_again() {
    let shop = shop();
    let (what, help) = shop.refuses(["unmerge", "ana"]);
    assert!(
        what.contains("`ana`") && help.contains("by id"),
        "{what} {help}"
    );
    let id = |who: &str| {
        let member = shop.json(["balance", who])["member"].clone();
        member.as_str().expect("is an id").to_owned()
    };
    let (ana, ben) = (id("ana"), id("ben"));
    says_no(&shop, ["unmerge", &ana], "");
    let mut server = Server::start(&shop, &[]);
    let key = server.text("key").to_owned();
    let path = format!("/v1/members/{ana}/merge");
    let (status, body) = server.post(&path, (&key, "merge-1"), &json!({ "into": ben }));
    assert_eq!(status, 201, "{body}");
    assert!(server.stop().success());
    assert!(shop.ok(["balance", "ben"]).contains("240"));
    shop.ok(["unmerge", &ana, "--id", "mistake"]);
    // Sent again it is done once.
    shop.ok(["unmerge", &ana, "--id", "mistake"]);
    for who in [&ana, &ben] {
        assert!(shop.ok(["balance", who]).contains("120"));
    }
    assert_eq!(shop.json(["verify"])["ok"], true);
}

#[test]
fn a_report_of_what_was_sold_on_is_filed_decided_and_withdrawn() {
    let shop = shop();
    let file = |number: &'static str, total: &'static str| {
        let args = [
            "sell-through",
            "file",
            "ana",
            "--order",
            number,
            "--on",
            "2026-04-20",
            "--total",
            total,
            "--sku",
            "X100",
        ];
        shop.json(args)
    };
    let small = file("S-1", "40.00");
    assert_eq!(small["state"], "approved", "{small:#}");
    assert!(shop.ok(["balance", "ana"]).contains("160"));
    let large = file("S-2", "500.00");
    assert_eq!(large["state"], "open", "{large:#}");
    assert!(shop.ok(["balance", "ana"]).contains("160"));
    let (small, large) = (
        small["id"].as_str().expect("an id").to_owned(),
        large["id"].as_str().expect("an id").to_owned(),
    );
    let said = shop.ok(["sell-through", "list"]);
    assert!(said.contains(&large) && !said.contains(&small), "{said}");
    let said = shop.ok(["sell-through", "list", "--all"]);
    assert!(said.contains(&large) && said.contains(&small), "{said}");
    let decide =
        |what: &'static str, id: &str| shop.ok(["sell-through", what, id, "--reason", "seen"]);
    assert!(decide("approve", &large).contains("approved"));
    assert!(shop.ok(["balance", "ana"]).contains("660"));
    assert!(decide("withdraw", &large).contains("withdrawn"));
    assert!(shop.ok(["balance", "ana"]).contains("160"));
    let again = ["sell-through", "reject", &large, "--reason", "twice"];
    says_no(&shop, again, "withdrawn");
    let rejected = file("S-3", "200.00")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert!(decide("reject", &rejected).contains("rejected"));
    says_no(
        &shop,
        ["sell-through", "approve", "slt_none", "--reason", "x"],
        "report",
    );
    assert_eq!(shop.json(["verify"])["ok"], true);
}
