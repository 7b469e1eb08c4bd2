//! `regulars report`: files as merchants have them, and as nobody should have them.

use crate::cdnow;
use crate::shop::{ORDERS, Shop};
use serde_json::Value;

/// A figure of all time.
fn figure<'a>(report: &'a Value, metric: &str) -> &'a Value {
    let figures = report["figures"].as_array().expect("there are figures");
    let found = figures.iter().find(|it| it["metric"] == metric);
    &found.unwrap_or_else(|| panic!("no {metric} in {report:#}"))["figure"]
}

/// The page, after what must hold for each: it needs nothing from outside, and no figure is broken.
fn page(shop: &Shop, name: &str) -> String {
    let page = shop.read(name);
    for outside in ["http:", "https:", "<script", "<link", "url(", "src="] {
        assert!(!page.contains(outside), "{outside} in the page");
    }
    for broken in ["NaN", "inf", ">-0.0 %"] {
        let text = page.replace("information", "").replace("info", "");
        assert!(!text.contains(broken), "{broken} in the page");
    }
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    page
}

#[test]
fn real_orders_give_a_page_with_every_picture() {
    let shop = Shop::new();
    let report = shop.json(["report", &cdnow::file(), "--currency", "USD"]);
    assert_eq!(report["rows"], 69_659);
    assert_eq!(figure(&report, "customers")["value"], 23_570.0);
    assert_eq!(figure(&report, "revenue")["numerator"], 250_031_563);
    // Fader and Hardie count 11,660 customers who came back within the 18 months.
    assert_eq!(figure(&report, "repurchase_rate")["denominator"], 23_570);
    let page = page(&shop, "report.html");
    assert!(
        page.matches("<svg").count() >= 8,
        "{}",
        page.matches("<svg").count()
    );
    for anchor in [
        "findings",
        "cohorts",
        "rfm",
        "churn",
        "returns",
        "concentration",
        "kinds",
        "leaving",
        "outlook",
        "coming",
        "figures",
        "source",
    ] {
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    let churned = report["figures"]
        .as_array()
        .expect("figures")
        .iter()
        .find(|it| it["metric"] == "churn_rate");
    let periods = churned.expect("is measured")["periods"]
        .as_array()
        .expect("by month")
        .clone();
    let measured: Vec<&str> = periods
        .iter()
        .filter(|it| !it["value"].is_null())
        .filter_map(|it| it["name"].as_str())
        .collect();
    // A figure can be followed to its customers, and the list is as long as the figure says.
    let month = measured.last().expect("some months are measured");
    let lost = periods
        .iter()
        .find(|it| it["name"] == **month)
        .expect("is there");
    let list = shop.json(["report", &cdnow::file(), "--list", &format!("lost={month}")]);
    assert_eq!(
        list["customers"].as_array().map(Vec::len),
        lost["numerator"].as_u64().map(|n| n as usize)
    );
}

#[test]
fn what_is_asked_for_is_written() {
    let shop = Shop::new();
    shop.write(
        "orders.csv",
        format!("{ORDERS}cleo,A-5,2026-13-01,1.00,beans\n"),
    );
    let report = shop.json([
        "report",
        "orders.csv",
        "--by",
        "category",
        "--parquet",
        "tables",
        "--out",
        "page.html",
    ]);
    assert_eq!(
        (&report["rows"], &report["rejected"]),
        (&4.into(), &1.into())
    );
    assert_eq!(figure(&report, "upsell_ratio")["value"], 1.0);
    let page = page(&shop, "page.html");
    assert!(page.contains("By category") && page.contains("coffee"));
    assert!(shop.read("page.html.rejects.csv").contains("6,A-5,"));
    for table in ["customers", "figures", "cohorts"] {
        assert!(shop.path(&format!("tables/{table}.parquet")).exists());
    }
    let listed = shop.ok(["report", "orders.csv", "--list", "cohort=2026-03"]);
    assert_eq!(listed, "ana\nben\n");
    let done = shop.run(["report", "orders.csv", "--list", "segment=nobody"]);
    assert!(
        done.code == Some(2) && done.err.contains("there are champions"),
        "{done:#?}"
    );
    // The tables are orders for whoever reads them next; the customers are no orders and say so.
    let done = shop.run(["report", "tables/customers.parquet"]);
    assert!(done.code == Some(2), "{done:#?}");
}

#[test]
fn odd_files_give_an_answer_or_a_clear_refusal() {
    let shop = Shop::new();
    for (name, rows, customers) in [
        ("one order", "ana,2026-03-01,12.40\n", 1.0),
        (
            "one customer",
            "ana,2026-03-01,12.40\nana,2026-04-01,1.00\n",
            1.0,
        ),
        (
            "one day",
            "ana,2026-03-01,12.40\nben,2026-03-01,1.00\n",
            2.0,
        ),
        (
            "all refunds",
            "ana,2026-03-01,-12.40\nben,2026-05-01,-1.00\n",
            0.0,
        ),
        ("all free", "ana,2026-03-01,0.00\nben,2026-05-01,0\n", 2.0),
        (
            "two ends of time",
            "ana,1900-01-01,1.00\nana,2199-12-31,1.00\n",
            1.0,
        ),
        ("a name that is markup", "<script>,2026-03-01,1.00\n", 1.0),
    ] {
        shop.write("orders.csv", format!("customer,date,amount\n{rows}"));
        let report = shop.json(["report", "orders.csv", "--by", "customer"]);
        assert_eq!(figure(&report, "customers")["value"], customers, "{name}");
        page(&shop, "report.html");
        if name == "all refunds" {
            assert!(figure(&report, "average_order_value")["value"].is_null());
            assert!(page(&shop, "report.html").contains("n/a"));
        }
    }
    let wide: String = (0..1_000_000).map(|number| format!("c{number},")).collect();
    for (name, text, said) in [
        (
            "mixed.csv",
            "customer,date,amount,currency\na,2026-03-01,1.00,EUR\nb,2026-03-01,1.00,USD\n",
            "several currencies (EUR, USD)",
        ),
        (
            "nobody.csv",
            "customer,date,amount\n,2026-03-01,1.00\n",
            "names a customer",
        ),
        (
            "bad.csv",
            "customer,date,amount\na,2026-03-01,x\nb,2026-03-01,y\n",
            "no row could be read",
        ),
        ("empty.csv", "", "is empty"),
        ("wide.csv", &*wide, "no column was found"),
    ] {
        shop.write(name, text);
        let done = shop.run(["report", name]);
        assert!(
            done.code == Some(2) && done.err.contains(said),
            "{name}: {done:#?}"
        );
    }
    let done = shop.run(["report", "nothing-*.csv"]);
    assert!(done.err.contains("no file is of the form"), "{done:#?}");
}

#[test]
fn answers_and_costs_fill_the_figures_that_need_them() {
    let shop = Shop::new();
    shop.write("orders.csv", ORDERS);
    let bare = shop.json(["report", "orders.csv"]);
    for metric in ["nps", "acquisition_cost", "participation", "trade_up"] {
        let figure = figure(&bare, metric);
        let population = figure["population"].as_str().expect("is said");
        assert!(
            figure["value"].is_null() && population.starts_with("n/a: needs"),
            "{metric}: {figure}"
        );
    }
    shop.write(
        "scores.csv",
        "customer,date,score,question\nana,2026-03-05,10,recommend\nben,2026-03-06,3,\n\
         ana,2026-03-05,2,loyalty\n",
    );
    shop.write(
        "costs.csv",
        "date,what,amount\n2026-03-01,acquisition,30.00\n2026-03-02,program,5.00\n",
    );
    let ask = [
        "report",
        "orders.csv",
        "--scores",
        "scores.csv",
        "--costs",
        "costs.csv",
    ];
    let report = shop.json(ask);
    assert_eq!(figure(&report, "nps")["value"], 0.0);
    assert_eq!(figure(&report, "nps")["customers"], 2);
    assert_eq!(figure(&report, "loyalty_index")["value"], 80.0);
    assert_eq!(figure(&report, "acquisition_cost")["numerator"], 3000);
    let listed = shop.ok(ask.into_iter().chain(["--list", "nps=all"]));
    assert_eq!(listed, "ana\n");
    shop.write("scores.csv", "customer,date,score\nana,2026-03-05,11\n");
    let done = shop.run(ask);
    assert!(
        done.code == Some(2) && done.err.contains("no answer from 0 to 10"),
        "{done:#?}"
    );
}

#[test]
fn orders_are_grouped_by_several_columns_at_once() {
    let shop = Shop::new();
    shop.write(
        "orders.csv",
        "customer,date,amount,store,till\nana,2026-03-01,1.00,north,1\nben,2026-03-01,2.00,north,2\n\
         ben,2026-04-01,4.00,south,1\n",
    );
    let report = shop.json(["report", "orders.csv", "--by", "store,till"]);
    let figures = report["figures"].as_array().expect("figures");
    let revenue = figures.iter().find(|it| it["metric"] == "revenue");
    let groups = revenue.expect("is measured")["groups"]
        .as_array()
        .expect("by group")
        .clone();
    let mut found: Vec<(&str, i64)> = groups
        .iter()
        .filter_map(|it| Some((it["name"].as_str()?, it["numerator"].as_i64()?)))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("north / 1", 100), ("north / 2", 200), ("south / 1", 400)]
    );
}

#[test]
fn what_is_to_come_is_said_where_the_customers_can_carry_it() {
    let shop = Shop::new();
    let report = shop.json(["report", &cdnow::file(), "--currency", "USD"]);
    let outlook = &report["outlook"];
    assert_eq!(outlook["customers"], 23_570);
    assert_eq!(outlook["check"]["beats_naive"], true);
    // The last purchases of the check's tracking plot are those that were made.
    let tracked = outlook["check"]["tracking"].as_array().expect("points");
    let last = tracked.last().expect("a last one");
    let forecast = last["forecast"].as_f64().expect("a number");
    let actual = last["actual"].as_f64().expect("a number");
    assert!((forecast / actual - 1.0).abs() < 0.05, "{last}");
    let page = page(&shop, "report.html");
    assert!(page.contains("id=\"outlook\""));
    assert!(page.contains("The model came closer than the guess"));

    // A handful of customers carry nothing, and the page says why.
    shop.write("orders.csv", ORDERS);
    let report = shop.json(["report", "orders.csv", "--out", "few.html"]);
    assert_eq!(report["outlook"]["refused"], "too_few");
    assert!(
        shop.read("few.html")
            .contains("Nothing is said of what is to come")
    );
}

/// Two years of tea for forty people, with a category, a price and sometimes a discount.
fn tea() -> String {
    let mut rows = "customer,date,order,amount,category,quantity,discount\n".to_owned();
    for month in 0..24 {
        for who in 0..40 {
            let (year, month, day) = (2024 + month / 12, month % 12 + 1, who % 28 + 1);
            let (category, euros) = if who % 2 == 0 {
                ("tea", 4)
            } else {
                ("mugs", 12 + month)
            };
            let off = who % 4;
            rows += &format!(
                "c{who},{year}-{month:02}-{day:02},{who}-{year}-{month},{euros}.00,{category},2,{off}.50\n"
            );
        }
    }
    rows
}

#[test]
fn costs_are_set_beside_orders_and_what_is_left_out_is_said() {
    let shop = Shop::new();
    shop.write("orders.csv", tea());
    shop.write(
        "costs.csv",
        "date,what,amount,group\n2024-01-05,acquisition,80.00,mugs\n2024-02-01,retention,8.00,\n\
         2023-12-31,program,99.00,\n",
    );
    let ask = ["report", "orders.csv", "--costs", "costs.csv"];
    let report = shop.json(ask);
    assert_eq!(figure(&report, "acquisition_cost")["value"], 200.0);
    let said = report["left_out"].to_string();
    assert!(
        said.contains("1 of 3 costs are of days before 2024-01-01"),
        "{said}"
    );
    assert!(said.contains("--by says by what"), "{said}");
    assert!(page(&shop, "report.html").contains("1 of 3 costs are of days before"));
    let shown = shop.ok(ask);
    assert!(shown.contains("note: 1 of 3 costs"), "{shown}");
    // What cannot be had is said once for each reason, not in a row of n/a each.
    assert!(
        shown.contains("n/a: ") && shown.contains("(--scores)"),
        "{shown}"
    );
    let grouped = shop.json(ask.into_iter().chain(["--by", "category"]));
    assert_eq!(grouped["left_out"].as_array().map(Vec::len), Some(1));
    // A cost in the years before the orders is no reason to believe that customers cost nothing.
    shop.write(
        "costs.csv",
        "date,what,amount\n2020-01-05,acquisition,80.00\n",
    );
    let report = shop.json(ask);
    assert!(figure(&report, "acquisition_cost")["value"].is_null());
    // Amounts are in the currency of the orders, whether or not it has cents.
    shop.write(
        "yen.csv",
        "customer,date,amount,currency\nana,2024-05-01,1000,JPY\n",
    );
    shop.write(
        "costs.csv",
        "date,what,amount\n2024-05-01,acquisition,600\n",
    );
    let report = shop.json(["report", "yen.csv", "--costs", "costs.csv"]);
    assert_eq!(figure(&report, "acquisition_cost")["value"], 600.0);
}

#[test]
fn files_beside_orders_that_cannot_be_taken_are_refused_with_their_line() {
    let shop = Shop::new();
    shop.write("orders.csv", tea());
    for (flag, text, said) in [
        ("--costs", "date,what,amount\n", "it has no rows"),
        (
            "--costs",
            "date,what,amount\n2024-01-05,luck,1.00\n",
            "line 2: nothing is spent on `luck`",
        ),
        (
            "--costs",
            "date,what,amount\n\n2024-01-05,program,x\n",
            "line 3: amount: `x` is no amount",
        ),
        (
            "--costs",
            "day,what,amount\n2024-01-05,program,1\n",
            "did you mean `day`",
        ),
        (
            "--costs",
            "date,what,amount,currency\n2024-01-05,program,1,SEK\n",
            "it is in SEK, and the orders are in",
        ),
        (
            "--scores",
            "customer,date,score\n,2024-01-05,9\n",
            "line 2: it names no customer",
        ),
        (
            "--scores",
            "customer,date,score\nc1,2024-01-05,9.5\n",
            "no whole number",
        ),
        (
            "--scores",
            "customer,date,score,question\nc1,2024-01-05,9,smile\n",
            "`smile` is no question",
        ),
        ("--scenarios", "x = [", "line 1: it is no TOML"),
        (
            "--scenarios",
            "[scenario]\nname = \"a\"\n",
            "there is no [[scenario]]",
        ),
        (
            "--scenarios",
            "[[scenario]]\nname = \"a\"\nchange = [{ of = \"units\", factor = \"90%\" }]\n",
            "it needs a category on lines, read with --items",
        ),
        (
            "--scenarios",
            "[[scenario]]\nname = \"a\"\nchange = [{ from = 13, factor = \"90%\" }]\n",
            "only 12 are looked ahead",
        ),
    ] {
        shop.write("beside", text);
        let done = shop.run(["report", "orders.csv", "--currency", "EUR", flag, "beside"]);
        assert!(
            done.code == Some(2) && done.err.contains(said) && done.err.contains("beside"),
            "{text}: {done:#?}"
        );
    }
    for flag in ["--costs", "--scores", "--scenarios"] {
        let done = shop.run(["report", "orders.csv", flag, "nothing"]);
        assert!(
            done.code == Some(2) && done.err.contains("check the path"),
            "{done:#?}"
        );
    }
    // Who answered and bought nothing is told of, and so are days without orders.
    shop.write(
        "scores.csv",
        "customer,date,score\nc1,2024-01-05,9\nzed,2029-01-05,9\n",
    );
    let report = shop.json(["report", "orders.csv", "--scores", "scores.csv"]);
    let said = report["left_out"].to_string();
    assert!(
        said.contains("1 of 2 who answered bought nothing"),
        "{said}"
    );
    assert!(said.contains("1 answers are of days before"), "{said}");
}

#[test]
fn articles_and_scenarios_show_in_the_forecasts_that_they_are_about() {
    let shop = Shop::new();
    shop.write("orders.csv", tea());
    shop.write(
        "what-if.toml",
        "[[scenario]]\nname = \"spring\"\nchange = [\n\
         { of = \"revenue\", from = 1, to = 12, factor = \"150%\" },\n\
         { of = \"units\", factor = \"50%\" },\n]\n",
    );
    let ask = [
        "report",
        "orders.csv",
        "--items",
        "--scenarios",
        "what-if.toml",
    ];
    let report = shop.json(ask);
    // Of forty, the twenty who buy mugs pay a euro more each month.
    let up = figure(&report, "trade_up");
    assert_eq!(
        (&up["numerator"], &up["denominator"]),
        (&20.into(), &40.into())
    );
    let coming = report["coming"].as_array().expect("series");
    let of = |what: &str, category: Option<&str>| {
        let found = coming
            .iter()
            .find(|it| it["what"] == what && it["category"].as_str() == category);
        found.unwrap_or_else(|| panic!("no {what}")).clone()
    };
    for (what, category, factor) in [
        ("revenue", None, 1.5),
        ("units", Some("tea"), 0.5),
        ("units", Some("mugs"), 0.5),
        ("discounts", None, 1.0),
    ] {
        let it = of(what, category);
        let at = |value: &Value| value["ahead"][3]["value"].as_f64().expect("a number");
        let (plain, then) = (at(&it["forecast"]), at(&it["scenarios"][0]));
        assert!(
            plain > 0.0 && (then / plain - factor).abs() < 1e-9,
            "{what}: {plain}, {then}"
        );
    }
    let shown = shop.ok(ask);
    assert!(
        shown.contains("spring") && shown.contains("Pieces of tea"),
        "{shown}"
    );
    assert!(page(&shop, "report.html").contains("spring"));
    // Where lines have neither category nor discount, that is said.
    shop.write("orders.csv", "customer,date,amount\nana,2024-01-05,4.00\n");
    let report = shop.json(["report", "orders.csv", "--items"]);
    assert!(figure(&report, "trade_up")["value"].is_null());
    assert!(
        report["left_out"]
            .to_string()
            .contains("--items adds nothing")
    );
}
