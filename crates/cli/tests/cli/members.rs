//! Members: what they have, why, and what they would get.

use crate::shop::Shop;
use serde_json::Value;

fn sum(list: &Value, what: &str) -> i64 {
    let items = list.as_array().expect("is a list").iter();
    let number = |item: &Value| item[what].as_str()?.parse::<i64>().ok();
    items.map(|item| number(item).expect("is a number")).sum()
}

#[test]
fn explain_answers_why_a_member_has_120_beans() {
    let shop = Shop::cafe();
    let said = shop.ok(["explain", "ana"]);
    for part in [
        "member since 2026-03-01, 3 entries",
        "2026-03-01 00:00  order A-1, 12.40 EUR  +32 beans",
        "spend: 12.40 EUR gives 12 beans",
        "more-coffee: 20 beans",
        "120 beans available. They came from:",
        "58  order A-4, 58.00 EUR  of 2026-04-15  lapse 2076-04-15 00:00",
    ] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    assert!(!said.contains("not counted"), "{said}");
    assert!(
        shop.ok(["explain", "ana", "--all"])
            .contains("more-coffee: not counted")
    );
    let short = shop.ok(["explain", "ana", "--last", "1"]);
    assert!(short.contains("… 2 entries before"), "{short}");
    assert!(short.contains("120 beans available"), "{short}");
}

#[test]
fn an_order_that_brought_nothing_says_why() {
    let shop = Shop::cafe();
    shop.write(
        "more.csv",
        "customer,order,date,amount\nana,A-9,2026-04-20,0.50\n",
    );
    shop.ok(["import", "more.csv"]);
    let said = shop.ok(["explain", "ana", "--last", "1"]);
    assert!(
        said.contains("spend: not counted, it comes to less than one"),
        "{said}"
    );
    assert!(said.contains("more-coffee: not counted"), "{said}");
}

#[test]
fn a_refund_takes_off_what_its_order_brought_and_nothing_else() {
    let shop = Shop::cafe();
    shop.write(
        "back.csv",
        "customer,order,date,amount,kind\nana,A-1,2026-04-20,12.40,refund\n",
    );
    shop.ok(["import", "back.csv", "--source", "orders.csv"]);
    let why = shop.json(["explain", "ana"]);
    assert_eq!(why["balance"]["points"][0]["available"], "88");
    let ids: Vec<&Value> = why["came_from"]
        .as_array()
        .expect("is a list")
        .iter()
        .map(|piece| &piece["seq"])
        .collect();
    assert_eq!(ids, [2, 3], "{why:#}");
    assert_eq!(sum(&why["came_from"], "amount"), 88);
}

#[test]
fn what_is_there_is_the_sum_of_what_brought_it() {
    let shop = Shop::cafe();
    let why = shop.json(["explain", "ana"]);
    assert_eq!(why["balance"]["points"][0]["available"], "120");
    assert_eq!(sum(&why["came_from"], "amount"), 120);
    assert_eq!(why["entries"].as_array().map(Vec::len), Some(3));
    let orders: Vec<&str> = why["entries"]
        .as_array()
        .expect("is a list")
        .iter()
        .map(|entry| entry["order"].as_str().expect("is an order"))
        .collect();
    assert_eq!(orders, ["A-1", "A-3", "A-4"]);
}

#[test]
fn a_balance_is_that_of_now_or_of_a_date() {
    let shop = Shop::cafe();
    let now = shop.json(["balance", "ana"]);
    assert_eq!(now["points"][0]["available"], "120");
    assert_eq!(now["tier"]["tier"], "regular");
    let then = shop.json(["balance", "customer:ana", "--at", "2026-03-08"]);
    assert_eq!(then["points"][0]["available"], "62");
    let id = now["member"].as_str().expect("is an id");
    assert_eq!(shop.json(["balance", id])["points"], now["points"]);
    let said = shop.ok(["balance", "ana"]);
    assert!(said.contains("32 on 2076-03-01"), "{said}");
    let (what, advice) = shop.refuses(["balance", "ana", "--at", "yesterday"]);
    assert!(what.contains("--at"), "{what}");
    assert!(advice.contains("2025-03-01"), "{advice}");
}

#[test]
fn nobody_of_that_name_is_said_so() {
    let shop = Shop::cafe();
    for name in [
        "zoe",
        "email:zoe@example.com",
        "mem_00000000000000000000000000000007",
    ] {
        let (what, advice) = shop.refuses(["explain", name]);
        assert!(what.contains(name.trim_start_matches("email:")), "{what}");
        assert!(advice.contains("email:ana@example.com"), "{advice}");
    }
}

#[test]
fn a_preview_says_what_a_basket_would_earn_and_writes_nothing() {
    let shop = Shop::cafe();
    let basket = r#"{"currency": "EUR", "lines": [{"category": "coffee", "amount": 4.50}]}"#;
    let done = shop.run_with(["preview", "--member", "ana", "--json"], basket);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let answer: Value = serde_json::from_str(&done.out).expect("is JSON");
    assert_eq!(answer["points"][0]["amount"], "24");
    assert_eq!(answer["available"][0]["amount"], "144");
    assert_eq!(
        shop.json(["balance", "ana"])["points"][0]["available"],
        "120"
    );

    shop.write("basket.json", basket);
    let said = shop.ok(["preview", "basket.json", "--member", "ana"]);
    assert!(said.contains("more-coffee: 20 beans"), "{said}");
}

#[test]
fn a_preview_that_is_refused_is_a_no_and_a_wrong_basket_names_all_faults() {
    let shop = Shop::cafe();
    let ask = r#"{"type": "reward_request", "reward": "free-coffee"}"#;
    let done = shop.run_with(["preview", "--member", "ana"], ask);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("refused:"), "{done:#?}");
    let wrong = r#"{"currency": "EURO", "total": "12.4x", "colour": 1}"#;
    let done = shop.run_with(["preview", "--member", "ana"], wrong);
    assert_eq!(done.code, Some(2), "{done:#?}");
    for part in ["currency", "total", "colour"] {
        assert!(done.err.contains(part), "{done:#?}");
    }
    let done = shop.run_with(["preview", "--member", "ana"], "[1, 2]");
    assert_eq!(done.code, Some(2), "{done:#?}");
    assert!(done.err.contains("no JSON object"), "{done:#?}");
}

#[test]
fn a_statement_foots() {
    let shop = Shop::cafe();
    let months = shop.json(["statement"]);
    let march = &months["months"][0];
    assert_eq!(march["month"], "2026-03-01");
    assert_eq!(march["issued"], "182");
    assert_eq!(march["closing"], "182");
    assert_eq!(march["liability"], "9.10");
    assert!(shop.ok(["statement"]).contains("2026-04  beans"));
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let shop = Shop::cafe();
    let mut child = shop
        .command(["explain", "ana"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the executable starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("it ends");
    assert_eq!(done.status.code(), Some(0));
    assert!(
        done.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn a_household_shares_what_its_people_earn_until_it_is_closed() {
    let shop = Shop::cafe();
    let program = shop.read("cafe.toml");
    let group = "\n[[group]]\nid = \"family\"\ntitle = \"Family\"\nbring = true\non_leaving = \"brought_in\"\n";
    shop.write("cafe.toml", program + group);
    shop.ok(["apply", "cafe.toml"]);
    let before = shop.ok(["balance", "ana"]);
    assert!(before.contains("120"), "{before}");
    let found = [
        "group",
        "found",
        "family",
        "family:smith",
        "--title",
        "The Smiths",
        "--head",
        "ana",
    ];
    let said = shop.ok(found);
    assert!(said.contains("the group was founded"), "{said}");
    // Sent again it is done once.
    shop.ok(found);
    let said = shop.ok(["balance", "ana"]);
    assert!(said.contains("shared with The Smiths"), "{said}");
    let said = shop.ok(["group", "show", "family:smith"]);
    for part in ["The Smiths (family)", "120", "head"] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    let said = shop.ok(["group", "list", "--sort", "family"]);
    assert!(said.contains("The Smiths"), "{said}");
    let said = shop.ok(["explain", "family:smith"]);
    assert!(said.contains("came into the group as head"), "{said}");
    let said = shop.ok(["group", "close", "family:smith"]);
    assert!(said.contains("the group was closed"), "{said}");
    assert!(!shop.ok(["balance", "ana"]).contains("shared with"));
    let said = shop.ok(["group", "list"]);
    assert!(said.contains("There are no groups."), "{said}");
    assert!(shop.ok(["balance", "ana"]).contains("120"));
}

#[test]
fn a_member_is_exported_and_forgotten_and_the_books_stay() {
    let shop = Shop::cafe();
    let said = shop.ok(["member", "export", "ana", "--reason", "asked by letter"]);
    let all: Value = serde_json::from_str(&said).expect("is JSON");
    assert_eq!(all["me"]["balance"]["points"][0]["available"], "120");
    assert_eq!(all["ledger"].as_array().map(Vec::len), Some(3));
    let id = all["me"]["member"]["id"].as_str().expect("has an id");
    let said = shop.ok(["member", "erase", "ana", "--reason", "asked by letter"]);
    assert!(said.contains(id), "{said}");
    let (what, _) = shop.refuses(["balance", "ana"]);
    assert!(what.contains("nobody"), "{what}");
    assert_eq!(shop.json(["balance", id])["points"][0]["available"], "120");
    let (what, _) = shop.refuses(["member", "export", id, "--reason", "again"]);
    assert!(what.contains("forgotten"), "{what}");
    let proved = shop.json(["verify"]);
    assert_eq!((&proved["ok"], &proved["acts"]), (&true.into(), &2.into()));
}

#[test]
fn advocates_are_listed_the_highest_first_and_told_part_by_part() {
    let shop = Shop::cafe();
    // Orders of today: what lies a year back counts nothing.
    let today = regulars_app::Clock::system().now().to_string();
    let mut rows = String::from("customer,order,date,amount\n");
    for (who, times) in [("ana", 1), ("ben", 4), ("cleo", 2)] {
        for no in 0..times {
            rows.push_str(&format!("{who},{who}-{no},{today},5.00\n"));
        }
    }
    shop.write("lately.csv", rows);
    shop.ok(["import", "lately.csv"]);
    shop.ok(["seal"]);
    let listed = |args: &[&str]| -> Vec<i64> {
        let args = ["advocates", "list"].iter().chain(args).chain(&["--json"]);
        let said = shop.ok(args.copied());
        let score = |line: &str| {
            let own: Value = serde_json::from_str(line).expect("it is JSON");
            own["score"].as_i64().expect("it is a number")
        };
        said.lines().map(score).collect()
    };
    let all = listed(&["--least", "12"]);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.is_sorted_by(|one, next| one > next), "{all:?}");
    assert_eq!(listed(&["--least", "12", "--first", "1"]), all[..1]);
    let mut by_member = listed(&["--least", "12", "--sort", "member"]);
    by_member.sort_unstable_by_key(|score| -score);
    assert_eq!(by_member, all);
    let own = shop.json(["advocates", "of", "ben"]);
    assert_eq!(own["score"], all[0]);
    let said = shop.ok(["advocates", "of", "ben"]);
    assert!(
        said.contains("recency") && said.contains("of 100"),
        "{said}"
    );
    let (what, _) = shop.refuses(["advocates", "of", "nobody"]);
    assert!(what.contains("nobody"), "{what}");
    assert_eq!(
        shop.run(["advocates", "list", "--least", "0"]).code,
        Some(2)
    );
}

#[test]
fn scores_are_asked_listed_with_their_reasons_and_told_of_a_member() {
    let shop = Shop::cafe();
    let said = shop.ok(["scores", "list"]);
    assert!(said.contains("No model was asked yet"), "{said}");
    let said = shop.ok(["scores", "ask"]);
    assert!(said.contains("something new"), "{said}");
    let said = shop.ok(["scores", "list"]);
    assert!(
        said.contains("score(\"churn\")") && said.contains("at least 30"),
        "{said}"
    );
    let all = shop.json(["scores", "list"]);
    assert_eq!(all["scores"][1]["refused"], "too_few");
    let own = shop.json(["scores", "of", "ana"]);
    assert_eq!(own["labels"][0]["name"], "rfm");
    let said = shop.ok(["scores", "of", "ana"]);
    assert!(said.contains("label(\"rfm\")"), "{said}");
    let (what, _) = shop.refuses(["scores", "of", "nobody"]);
    assert!(what.contains("nobody"), "{what}");
}

#[test]
fn contacts_go_out_to_a_crm_and_come_in_from_it() {
    let shop = Shop::cafe();
    let text = "Number,E-Mail,Town,Fax\nana,Ana@Example.com,Bonn,1\nnew,new@example.com,Ulm,2\n";
    shop.write("crm.csv", text);
    let maps = [
        "customer=Number",
        "email=E-Mail",
        "attribute.city=Town",
        "Fax=-",
    ];
    let mut args = vec!["crm", "import", "crm.csv"];
    for map in &maps {
        args.extend(["--map", map]);
    }
    let came = shop.json(args.iter().copied());
    assert_eq!(
        (&came["rows"], &came["new"], &came["rejected"]),
        (&2.into(), &1.into(), &0.into())
    );
    let out = shop.json(["crm", "export", "out.csv"]);
    assert_eq!(out["members"], 3, "{out:#}");
    let written = shop.read("out.csv");
    assert!(written.contains(",ana,ana@example.com,"), "{written}");
    let (what, _) = shop.refuses(["crm", "export", "out.csv"]);
    assert!(what.contains("out.csv"), "{what}");
    let again = shop.json(["crm", "import", "out.csv"]);
    assert_eq!((&again["changed"], &again["new"]), (&0.into(), &0.into()));
    let (what, _) = shop.refuses(["crm", "import", "crm.csv"]);
    assert!(what.contains("Number"), "{what}");
    // What cannot be taken is a no, and said line by line.
    shop.write("wrong.csv", "email\nno address\n");
    let done = shop.run(["crm", "import", "wrong.csv"]);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(shop.read("wrong.csv.rejects.csv").contains("\n2,"));
}

#[test]
fn what_a_member_is_to_confirm_is_shown() {
    let shop = Shop::cafe();
    assert_eq!(
        shop.json(["confirmations", "show", "ana"])["items"],
        Value::Array(Vec::new())
    );
    assert_eq!(shop.json(["confirmations", "send"])["letters"], 0);
    let (what, help) = shop.refuses([
        "confirmations",
        "again",
        "ana",
        "letters",
        "--said",
        "by telephone",
    ]);
    assert!(what.contains("confirmed by no letter"), "{what} {help}");
}

#[test]
fn who_takes_advantage_is_found_shown_and_decided() {
    let shop = Shop::cafe();
    let today = regulars_app::Clock::system().now();
    let mut rows = String::from("customer,order,date,amount\n");
    for minute in 0..9 {
        let at = today.plus_micros(-minute * 60_000_000);
        rows.push_str(&format!("ana,fast-{minute},{at},10.00\n"));
    }
    shop.write("fast.csv", rows);
    shop.ok(["import", "fast.csv"]);
    let looked = shop.json(["suspicions", "find"]);
    assert_eq!((&looked["opened"], &looked["held"]), (&1.into(), &0.into()));
    let listed = shop.json(["suspicions", "list", "--sign", "pace"]);
    let own = &listed["items"][0];
    let id = own["id"].as_str().expect("it has an id");
    let said = shop.ok(["suspicions", "show", id]);
    assert!(
        said.contains("9 purchases in 1 hour per member; at most 5")
            && said.contains("40 of 40 beans"),
        "{said}"
    );
    let (what, advice) = shop.refuses(["suspicions", "list", "--state", "odd"]);
    assert!(
        what.contains("odd") && advice.contains("cleared"),
        "{what} {advice}"
    );
    let before = sum_of_beans(&shop);
    let reverse = [
        "suspicions",
        "reverse",
        id,
        "--reason",
        "picked up",
        "--json",
    ];
    let done: Value = serde_json::from_str(&shop.ok(reverse)).expect("is JSON");
    assert_eq!(done["taken"][0]["state"], "booked");
    assert_eq!(sum_of_beans(&shop), before - 40);
    let (what, _) = shop.refuses(["suspicions", "clear", id, "--reason", "no"]);
    assert!(what.contains("reversed"), "{what}");
    // The rules as they are shown are taken as they are.
    let rules = shop.json(["suspicions", "rules"]);
    shop.write("rules.json", rules.to_string());
    assert_eq!(
        shop.json(["suspicions", "rules", "--set", "rules.json"]),
        rules
    );
    shop.write("rules.json", r#"{"on": true}"#);
    shop.refuses(["suspicions", "rules", "--set", "rules.json"]);
    assert_eq!(shop.json(["verify"])["ok"], true);
}

fn sum_of_beans(shop: &Shop) -> i64 {
    let own = shop.json(["balance", "ana"]);
    let available = own["points"][0]["available"].as_str();
    available
        .and_then(|own| own.parse().ok())
        .expect("a number")
}
