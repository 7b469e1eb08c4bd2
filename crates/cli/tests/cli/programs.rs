//! Program files: checked, planned, applied, rolled back.

use crate::shop::{CAFE, ORDERS, Shop, checkout};
use serde_json::json;

#[test]
fn check_says_everything_that_is_wrong_at_once() {
    let shop = Shop::new();
    let faulty = CAFE
        .replace("currency = \"EUR\"", "currency = \"EURO\"")
        .replace("[[earn]]\nid   = \"spend\"", "[[earn]]\nidd   = \"spend\"")
        .replace("line.category ==", "line.categroy ==");
    shop.write("faulty.toml", &faulty);
    let err = shop.fails(1, ["check", "faulty.toml"]);
    for part in [
        "faulty.toml:4:12: error:",
        "faulty.toml:13:1: error: unknown field `idd`",
        "did you mean `id`?",
        "categroy",
        "did you mean",
        " 4 | currency = \"EURO\"\n   |            ^",
    ] {
        assert!(err.contains(part), "`{part}` is not in: {err}");
    }
    let done = shop.run(["check", "faulty.toml", "--json"]);
    assert_eq!(done.code, Some(1));
    let answer: serde_json::Value = serde_json::from_str(&done.out).expect("is JSON");
    assert_eq!(answer["ok"], false);
    let findings = answer["findings"].as_array().expect("is a list");
    assert!(findings.len() >= 3, "{answer:#}");
}

#[test]
fn check_takes_a_right_program_from_a_file_and_from_standard_input() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    let said = shop.ok(["check", "cafe.toml"]);
    assert!(said.contains("cafe.toml is right"), "{said}");
    assert!(said.contains("2 rules; 2 tiers; 1 reward"), "{said}");
    assert_eq!(shop.run_with(["check", "-"], CAFE).code, Some(0));
}

#[test]
fn the_schema_is_that_of_the_example_programs() {
    let shop = Shop::new();
    let printed = shop.ok(["check", "--schema"]);
    let kept = "../../programs/program.schema.json";
    let kept = std::fs::read_to_string(kept).expect("the schema is kept");
    assert!(printed == kept, "the schema is another; run `make docs`");
}

#[test]
fn every_example_program_is_right() {
    let shop = Shop::new();
    let files = std::fs::read_dir(checkout("programs")).expect("the examples are there");
    let files: Vec<_> = files
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        shop.ok(["check", &file.to_string_lossy()]);
    }
}

#[test]
fn a_program_of_the_library_is_written_once_and_is_right() {
    let shop = Shop::new();
    let listed = shop.json(["new"]);
    let items = listed["items"].as_array().expect("a list");
    assert!(items.len() >= 8, "{listed:#}");
    for item in items {
        let name = item["name"].as_str().expect("a name");
        let file = format!("{name}.toml");
        shop.ok(["new", "--from", name, &file]);
        shop.ok(["check", &file]);
    }
    let told = shop.json(["new", "--from", "airline", "-"]);
    assert_eq!(told["text"], shop.ok(["new", "--from", "airline", "-"]));
    let (what, advice) = shop.refuses(["new", "--from", "airline", "airline.toml"]);
    assert!(what.contains("airline.toml") && advice.contains("another file"));
}

#[test]
fn a_wrong_file_is_neither_applied_nor_leaves_a_database_behind() {
    let shop = Shop::new();
    shop.write("faulty.toml", CAFE.replace("EUR", "XXX"));
    shop.fails(1, ["apply", "faulty.toml"]);
    assert!(!shop.database().exists());
    let (what, advice) = shop.refuses(["apply", "nowhere.toml"]);
    assert_eq!(what, "there is no file `nowhere.toml`");
    assert_eq!(advice, "check the path");
}

#[test]
fn versions_are_applied_listed_printed_and_rolled_back() {
    let shop = Shop::new();
    shop.write("one.toml", CAFE);
    shop.write(
        "two.toml",
        CAFE.replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\""),
    );
    shop.ok(["apply", "one.toml"]);
    let again = shop.ok(["apply", "one.toml"]);
    assert!(again.starts_with("Nothing to do: version 1"), "{again}");
    let two = shop.json(["apply", "two.toml", "--note", "twice"]);
    assert_eq!(
        (&two["version"], &two["note"]),
        (&2.into(), &"twice".into())
    );
    let versions = shop.json(["versions"]);
    let items = versions["items"].as_array().expect("is a list").iter();
    let numbers: Vec<Option<i64>> = items.map(|it| it["version"].as_i64()).collect();
    assert_eq!(numbers, [Some(2), Some(1)]);
    let listed = shop.ok(["versions"]);
    let in_force = listed.lines().find(|line| line.contains("in force"));
    assert!(
        in_force.is_some_and(|line| line.trim_start().starts_with("2 ")),
        "{listed}"
    );
    assert_eq!(shop.ok(["versions", "--text", "1"]), CAFE);

    let back = shop.json(["rollback", "1", "--note", "too much"]);
    assert_eq!(back["version"], 3);
    assert_eq!(shop.ok(["versions", "--text", "3"]), CAFE);
    let (what, advice) = shop.refuses(["rollback", "9"]);
    assert!(what.contains("9"), "{what}");
    assert!(advice.contains("regulars versions"), "{advice}");
}

#[test]
fn a_version_comes_into_force_on_the_day_that_is_asked_for() {
    let shop = Shop::new();
    shop.write("one.toml", CAFE);
    shop.write(
        "two.toml",
        CAFE.replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\""),
    );
    shop.ok(["apply", "one.toml"]);
    let two = shop.json(["apply", "two.toml", "--from", "2190-01-01"]);
    assert_eq!(two["in_force_from"], "2189-12-31T23:00:00Z");
    let listed = shop.ok(["versions"]);
    let in_force = listed.lines().find(|line| line.contains("in force"));
    assert!(
        in_force.is_some_and(|line| line.trim_start().starts_with("1 ")),
        "{listed}"
    );
    let (what, advice) = shop.refuses(["apply", "two.toml", "--from", "soon"]);
    assert!(what.contains("--from"), "{what}");
    assert!(advice.contains("2025-03-01"), "{advice}");
}

#[test]
fn a_plan_says_the_difference_and_its_effect_and_changes_nothing() {
    let shop = Shop::cafe();
    shop.write(
        "two.toml",
        CAFE.replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\""),
    );
    let plan = shop.json(["plan", "two.toml"]);
    assert_eq!(plan["against"], 1);
    assert_eq!(
        plan["differences"].as_array().map(Vec::len),
        Some(1),
        "{plan:#}"
    );
    assert_eq!(plan["effect"]["purchases"], 4);
    assert_eq!(plan["effect"]["changed"], 4);
    assert_eq!(plan["effect"]["members_better"], 2);
    // 12 + 20 for coffee, 120, 30, 58 beans; and twice that but for the 20.
    assert_eq!(plan["effect"]["points"][0]["before"], "240");
    assert_eq!(plan["effect"]["points"][0]["after"], "460");
    let same = shop.ok(["plan", "cafe.toml"]);
    assert!(same.contains("Nothing would change"), "{same}");
    let versions = shop.json(["versions"]);
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_plan_says_what_orders_of_a_file_and_the_shop_s_own_come_to_apart() {
    let shop = Shop::cafe();
    let twice = CAFE.replace("\"1 per 1 EUR\"", "\"2 per 1 EUR\"");
    shop.write("two.toml", twice);
    shop.write(
        "half.csv",
        ORDERS.lines().take(3).collect::<Vec<_>>().join("\n"),
    );
    let plan = shop.json(["plan", "two.toml", "--history", "--orders", "half.csv"]);
    let figures = plan["figures"].as_array().expect("a list");
    let shown: Vec<_> = figures
        .iter()
        .map(|own| {
            let issued = &own["points"][0]["issued"];
            let after = (&issued["before"], &issued["after"]);
            (&own["over"], &own["of_log"], &own["events"], after)
        })
        .collect();
    let (log, file) = (json!("the shop's own log"), json!("half.csv"));
    let (all, half) = ((json!("240"), json!("460")), (json!("152"), json!("284")));
    assert_eq!(
        shown,
        [
            (&log, &json!(true), &json!(4), (&all.0, &all.1)),
            (&file, &json!(false), &json!(2), (&half.0, &half.1)),
        ]
    );
}

#[test]
fn a_program_comes_into_force_with_an_import_once() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    for _ in 0..2 {
        shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    }
    let versions = shop.json(["versions"]);
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(1));
}
