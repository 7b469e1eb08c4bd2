//! Files of orders and members: read as they come, rejected row by row, counted once.

use crate::shop::{CAFE, ORDERS, Shop};
use regulars_lake::{Column, Values, write_table};
use serde_json::Value;

/// The totals of a merchant: what must be the same on every road.
fn totals(shop: &Shop) -> Value {
    shop.json(["statement"])
}

fn with_program() -> Shop {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.ok(["apply", "cafe.toml"]);
    shop
}

/// The orders as a Parquet file.
fn parquet(shop: &Shop, name: &str) {
    let mut rows = ORDERS.lines().map(|line| line.split(','));
    let headers: Vec<&str> = rows.next().expect("has a header").collect();
    let rows: Vec<Vec<&str>> = rows.map(Iterator::collect).collect();
    let column = |at: usize| Column {
        name: headers[at].to_owned(),
        values: Values::Text(rows.iter().map(|row| Some(row[at].to_owned())).collect()),
    };
    let columns = (0..headers.len()).map(column).collect();
    write_table(&shop.path(name), columns).expect("the folder takes a file");
}

/// The orders as NDJSON.
fn ndjson() -> String {
    let mut lines = ORDERS.lines();
    let headers: Vec<&str> = lines.next().expect("has a header").split(',').collect();
    let object = |line: &str| {
        let pairs = headers.iter().zip(line.split(','));
        let pairs: Vec<String> = pairs.map(|(h, v)| format!("{h:?}: {v:?}")).collect();
        format!("{{{}}}\n", pairs.join(", "))
    };
    lines.map(object).collect()
}

#[test]
fn csv_ndjson_and_parquet_come_to_the_same() {
    let csv = with_program();
    csv.write("orders.csv", ORDERS);
    let done = csv.json(["import", "orders.csv"]);
    assert_eq!((&done["rows"], &done["events"]), (&4.into(), &4.into()));
    let json = with_program();
    json.write("orders.ndjson", ndjson());
    json.ok(["import", "orders.ndjson"]);
    let columns = with_program();
    parquet(&columns, "orders.parquet");
    columns.ok(["import", "orders.parquet"]);
    assert_eq!(totals(&csv), totals(&json));
    assert_eq!(totals(&csv), totals(&columns));
}

#[test]
fn the_same_file_again_changes_nothing() {
    let shop = Shop::cafe();
    let before = totals(&shop);
    let done = shop.json(["import", "orders.csv"]);
    assert_eq!(done["events"], 0);
    assert_eq!(done["duplicates"], 4);
    assert_eq!(totals(&shop), before);
    let said = shop.ok(["import", "orders.csv"]);
    assert!(said.contains("not counted again"), "{said}");
}

#[test]
fn columns_of_any_name_are_mapped() {
    let shop = with_program();
    let text = ORDERS.replace(
        "customer,order,date,amount,category",
        "who,bill,day,paid,sort",
    );
    shop.write("orders.csv", text);
    let (what, advice) = shop.refuses(["import", "orders.csv"]);
    assert!(what.contains("no column was found for"), "{what}");
    assert!(advice.contains("`who`"), "{advice}");
    let maps = [
        "customer=who",
        "order=bill",
        "time=day",
        "amount=paid",
        "category=#5",
    ];
    let mut args = vec!["import", "orders.csv"];
    for map in maps {
        args.extend(["--map", map]);
    }
    shop.ok(args.iter().copied());
    assert_eq!(totals(&shop), totals(&Shop::cafe()));
    args.extend(["--map", "brand=sortt"]);
    let (what, advice) = shop.refuses(args.iter().copied());
    assert!(
        format!("{what} {advice}").contains("did you mean `sort`?"),
        "{what} {advice}"
    );
}

#[test]
fn a_row_that_is_wrong_is_written_down_and_harms_no_other() {
    let shop = with_program();
    let text = format!(
        "{ORDERS}cat,A-5,2026-02-30,8.00,beans\ncat,A-6,2026-04-30,99999999999999.00,beans\n\
         cat,A-7,2026-04-30,12.345,beans\n"
    );
    shop.write("orders.csv", text);
    let said = shop.ok(["import", "orders.csv", "--rejects", "wrong.csv"]);
    assert!(said.contains("rejected rows"), "{said}");
    let wrong = shop.read("wrong.csv");
    let lines: Vec<&str> = wrong.lines().collect();
    assert_eq!(lines.len(), 4, "{wrong}");
    assert!(lines[0].starts_with("line,order,reason"), "{wrong}");
    for (line, start) in lines[1..].iter().zip(["6,A-5,", "7,A-6,", "8,A-7,"]) {
        assert!(line.starts_with(start), "{wrong}");
    }
    assert_eq!(totals(&shop), totals(&Shop::cafe()));
}

#[test]
fn bytes_that_are_no_text_reject_their_row_only() {
    let shop = with_program();
    let mut bytes = ORDERS.as_bytes().to_vec();
    bytes.extend(b"c\xff\xfet,A-5,2026-04-30,8.00,beans\n");
    shop.write("orders.csv", bytes);
    let done = shop.json(["import", "orders.csv"]);
    assert_eq!((&done["events"], &done["rejected"]), (&4.into(), &1.into()));
}

#[test]
fn letters_of_another_alphabet_are_read_as_it_is_told() {
    let shop = with_program();
    let mut bytes = ORDERS.as_bytes().to_vec();
    bytes.extend(b"m\xfcller,A-5,2026-04-30,8.00,beans\n");
    shop.write("orders.csv", bytes);
    let done = shop.json(["import", "orders.csv", "--encoding", "latin-1"]);
    assert_eq!((&done["events"], &done["rejected"]), (&5.into(), &0.into()));
    shop.ok(["balance", "müller"]);
}

#[test]
fn a_truncated_parquet_file_says_so_and_leaves_nothing() {
    let shop = with_program();
    parquet(&shop, "orders.parquet");
    let whole = std::fs::read(shop.path("orders.parquet")).expect("the file is there");
    for cut in [whole.len() - 1, whole.len() / 2, 5] {
        shop.write("cut.parquet", &whole[..cut]);
        let (what, advice) = shop.refuses(["import", "cut.parquet"]);
        assert!(what.contains("cannot be read as Parquet"), "{cut}: {what}");
        assert!(
            advice.contains("fetch or export it again"),
            "{cut}: {advice}"
        );
    }
    assert_eq!(totals(&shop), totals(&with_program()));
}

#[test]
fn a_file_that_is_not_there_or_empty_is_said_so() {
    let shop = with_program();
    let (what, advice) = shop.refuses(["import", "nowhere.csv"]);
    assert_eq!(what, "there is no file `nowhere.csv`");
    assert_eq!(advice, "check the path");
    shop.write("empty.csv", "");
    let (what, _) = shop.refuses(["import", "empty.csv"]);
    assert!(what.contains("is empty"), "{what}");
    let (what, advice) = shop.refuses(["import", "."]);
    assert!(what.contains("is a folder"), "{what}");
    assert!(advice.contains("name one file"), "{advice}");
}

#[test]
fn an_import_without_a_program_says_what_is_missing() {
    let shop = Shop::new();
    shop.write("orders.csv", ORDERS);
    let (what, advice) = shop.refuses(["import", "orders.csv"]);
    assert!(what.contains("no program"), "{what}");
    assert!(advice.contains("apply"), "{advice}");
}

#[test]
fn members_come_with_their_identities_and_are_recognised_in_orders() {
    let shop = with_program();
    shop.write(
        "members.csv",
        "customer,email,card,staff\nana,ana@example.com,4711,till-7\nben,ben@example.com,4712,\n",
    );
    let done = shop.json(["import", "--members", "members.csv"]);
    assert_eq!(done["events"], 2, "{done:#}");
    shop.write("orders.csv", ORDERS);
    shop.ok(["import", "orders.csv"]);
    for name in [
        "ana",
        "ana@example.com",
        "4711",
        "card:4711",
        "staff:till-7",
    ] {
        let balance = shop.json(["balance", name]);
        assert_eq!(balance["points"][0]["available"], "120", "{name}");
    }
    let again = shop.json(["import", "--members", "members.csv"]);
    assert_eq!(again["events"], 0, "{again:#}");
}

#[test]
fn orders_of_two_sources_with_the_same_numbers_are_two() {
    let shop = Shop::cafe();
    shop.ok(["import", "orders.csv", "--source", "second-shop"]);
    let balance = shop.json(["balance", "ana"]);
    assert_eq!(balance["points"][0]["available"], "240");
}

#[test]
fn tiers_of_another_program_are_taken_over_and_proved() {
    let shop = with_program();
    let file = "memberId,email,levelId\nana,ana@example.org,L2\nbo,bo@example.org,L1\n";
    shop.write("members.csv", file);
    let ask = ["import", "members.csv", "--tiers", "--level", "L2=regular"];
    let (wrong, help) = shop.refuses(ask);
    assert!(
        format!("{wrong} {help}").contains("--until"),
        "{wrong} {help}"
    );
    let ask = [&ask[..], &["--level", "L1=-", "--until", "2199-01-01"]].concat();
    let said = shop.ok(ask.iter().copied());
    assert!(said.contains("proved: all of them stand there"), "{said}");
    let done = shop.json(ask.iter().copied());
    assert_eq!(done["duplicates"], 1);
    let regular = &done["tiers"][1];
    assert_eq!(
        (&regular["tier"], &regular["standing"], &regular["holds"]),
        (&"regular".into(), &1.into(), &true.into())
    );
    assert!(shop.ok(["balance", "ana"]).contains("regular"));
    // Whoever stands lower than the file says makes the answer no.
    shop.ok(["tier", "take", "ana", "--reason", "a mistake"]);
    let done = shop.run(&ask);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.out.contains("NOT PROVED"), "{done:?}");
}
