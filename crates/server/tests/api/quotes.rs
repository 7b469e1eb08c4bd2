//! Quotes: the best of rewards and codes, what it earns, and the commit of exactly that.

use crate::client::Request;
use crate::testapp::{TestApp, at, but};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

const PROGRAM: &str = r#"
[program]
name     = "Bean and Leaf"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }
except = { paid_by = [] }

[[coupon]]
id    = "tenth"
kind  = "percent off"
off   = "10%"
code  = "TENTH"
limit = [{ times = 9, per = "member" }]

[[reward]]
id    = "five-off"
kind  = "money off"
off   = "5 EUR"
price = { beans = 100 }
limit = [{ times = 2, per = "member" }]

[[reward]]
id    = "two-off"
kind  = "money off"
off   = "2 EUR"
price = { beans = 60 }

[[reward]]
id    = "dear"
kind  = "money off"
off   = "50 EUR"
price = { beans = 9000 }

[[reward]]
id    = "coffee"
price = { beans = 10 }

[[reward]]
id    = "pay"
kind  = "points as payment"
off   = "0.10 EUR"
price = { beans = 1 }
share = "50%"

[[reward]]
id    = "paid"
kind  = "points as payment"
off   = "0.10 EUR"
price = { beans = 1 }
told_as = "payment"
"#;

fn basket() -> Value {
    json!({
        "customer": {"kind": "email", "value": "ana@example.com"},
        "currency": "EUR",
        "lines": [
            {"sku": "beans", "price": "30.00", "tax_rate": "7"},
            {"sku": "mug", "price": "10.00", "tax_rate": "19"},
        ],
        "delivery": "4.00",
    })
}

fn reason<'a>(quote: &'a Value, reward: &str) -> &'a Value {
    let all = quote["rewards"].as_array().expect("has rewards");
    let own = all.iter().find(|own| own["reward"] == reward);
    own.map_or(&Value::Null, |own| &own["reason"])
}

fn committed(asked: &Value, quote: &Value, order: &str) -> Value {
    let mut commit = asked.clone();
    for field in ["codes", "rewards", "reserve", "minutes"] {
        commit.as_object_mut().expect("is an object").remove(field);
    }
    but(
        commit,
        &json!({"token": quote["token"], "order": order, "source": "shop"}),
    )
}

regulars_testkit::on_both! {
    a_quote_is_the_best_of_rewards_and_codes_and_is_committed_as_it_was_told,
    a_quote_that_holds_no_more_is_refused_and_nothing_is_used,
    a_quote_that_reserves_keeps_the_rewards_until_it_is_committed,
    points_pay_a_part_of_the_order,
    what_is_wrong_with_a_question_is_told_at_once,
}

fn a_quote_is_the_best_of_rewards_and_codes_and_is_committed_as_it_was_told(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = app.member_with("ana@example.com", "120.00");
    let asked = but(basket(), &json!({"codes": ["tenth", "none-of-ours"]}));
    let quote = app.post("/v1/quote", &asked).with(200);
    assert_eq!(quote["member"], id.as_str());
    // A tenth off 40 EUR, then 5 EUR: 120 beans are enough for one of the two.
    assert_eq!(
        (&quote["off"], &quote["total"], &quote["proved"]),
        (&json!("9.00"), &json!("35.00"), &json!(true)),
        "{quote:#}"
    );
    assert_eq!(reason(&quote, "five-off"), &Value::Null);
    assert_eq!(reason(&quote, "two-off"), "points_spent");
    assert_eq!(reason(&quote, "dear"), "insufficient_points");
    assert_eq!(reason(&quote, "coffee"), "not_of_basket");
    assert_eq!(quote["codes"][0]["applies"], true);
    assert_eq!(quote["codes"][1]["reason"], "unknown");
    assert_eq!(
        quote["earned"],
        json!([{"points": "beans", "amount": "31"}])
    );
    assert_eq!(quote["left"], json!([{"points": "beans", "amount": "20"}]));
    assert_eq!(app.beans(&id), "120");

    let commit = committed(&asked, &quote, "o-1");
    let bought = app.post("/v1/quote/commit", &commit).with(201);
    assert_eq!(app.beans(&id), "51");
    let again = app.post("/v1/quote/commit", &commit);
    assert_eq!(again.with(200), bought);
    assert_eq!(app.beans(&id), "51");
    let other = but(commit, &json!({"order": "o-2"}));
    app.post("/v1/quote/commit", &other)
        .problem("quote_outdated");
    let nobody = json!({"currency": "EUR", "codes": ["tenth"], "lines": [{"price": "20.00"}]});
    let quote = app.post("/v1/quote", &nobody).with(200);
    assert_eq!(
        (&quote["total"], &quote["earned"][0]["amount"]),
        (&json!("18.00"), &json!("18"))
    );
}

fn a_quote_that_holds_no_more_is_refused_and_nothing_is_used(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = app.member_with("ana@example.com", "120.00");
    let quote = app.post("/v1/quote", &basket()).with(200);
    let commit = committed(&basket(), &quote, "o-1");
    let cheaper = but(
        commit.clone(),
        &json!({"lines": [{"sku": "beans", "price": "3.00"}]}),
    );
    app.post("/v1/quote/commit", &cheaper)
        .problem("quote_outdated");
    app.post(
        "/v1/quote/commit",
        &but(commit.clone(), &json!({"token": "none"})),
    )
    .problem("invalid_input");
    app.apply(&PROGRAM.replace("price = { beans = 100 }", "price = { beans = 90 }"));
    app.post("/v1/quote/commit", &commit)
        .problem("quote_outdated");
    assert_eq!(app.beans(&id), "120");
    let quote = app
        .post("/v1/quote", &but(basket(), &json!({"minutes": 1})))
        .with(200);
    app.set_clock(at(quote["expires_at"].as_str().expect("is said")));
    app.post("/v1/quote/commit", &committed(&basket(), &quote, "o-1"))
        .problem("quote_expired");
    assert_eq!(app.beans(&id), "120");
}

fn a_quote_that_reserves_keeps_the_rewards_until_it_is_committed(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = app.member_with("ana@example.com", "120.00");
    let asked = but(
        basket(),
        &json!({"reserve": true, "rewards": [{"reward": "five-off"}]}),
    );
    let quote = app.post("/v1/quote", &asked).with(200);
    assert_eq!(
        (&quote["reserved"], &quote["off"]),
        (&json!(true), &json!("5.00"))
    );
    assert_eq!(app.beans(&id), "20");
    app.post("/v1/quote/commit", &committed(&asked, &quote, "o-1"))
        .with(201);
    assert_eq!(app.beans(&id), "55");
    let listed = app.get(&format!("/v1/members/{id}/redemptions")).with(200);
    assert_eq!(listed["items"][0]["status"], "committed");
    assert_eq!(listed["items"][0]["order"], "o-1");
}

fn points_pay_a_part_of_the_order(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let id = app.member_with("ana@example.com", "500.00");
    let pay = |reward: &str, steps: i64| {
        but(
            basket(),
            &json!({"rewards": [{"reward": reward, "quantity": steps}]}),
        )
    };
    // Half of the goods: 20 EUR, for 200 beans; the rest earns.
    let quote = app.post("/v1/quote", &pay("pay", 0)).with(200);
    assert_eq!(quote["rewards"][0]["quantity"], 200);
    assert_eq!(
        (&quote["off"], &quote["earned"][0]["amount"]),
        (&json!("20.00"), &json!("20"))
    );
    let quote = app.post("/v1/quote", &pay("pay", 201)).with(200);
    assert_eq!(reason(&quote, "pay"), "reward_share_too_large");
    // Where the program says so, what points pay earns too.
    let quote = app.post("/v1/quote", &pay("paid", 100)).with(200);
    assert_eq!(
        (&quote["off"], &quote["earned"][0]["amount"]),
        (&json!("10.00"), &json!("40"))
    );
    app.post("/v1/quote/commit", &committed(&basket(), &quote, "o-1"))
        .with(201);
    assert_eq!(app.beans(&id), "440");
}

fn what_is_wrong_with_a_question_is_told_at_once(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let wrong = json!({
        "currency": "EUR",
        "lines": [{"price": "1.234"}],
        "rewards": [{"reward": "pay", "quantity": -1}, {"reward": "pay"}, {}],
        "minutes": 0,
        "surprise": 1,
    });
    let told = app.post("/v1/quote", &wrong).problem("invalid_input");
    let places: Vec<&str> = told["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|fault| fault["at"].as_str())
        .collect();
    for place in [
        "/rewards/0/quantity",
        "/rewards/1/reward",
        "/rewards/2/reward",
        "/lines/0/price",
        "/minutes",
        "/surprise",
    ] {
        assert!(places.contains(&place), "{place}: {told:#}");
    }
    let foreign = json!({"currency": "USD", "lines": [{"price": "1.23"}]});
    app.post("/v1/quote", &foreign).problem("invalid_input");
    let commit = app.post("/v1/quote/commit", &foreign);
    commit.problem("invalid_input");
    let reader = app.key(&[regulars_app::Scope::Read]);
    let reserve = but(basket(), &json!({"reserve": true}));
    let asked = Request::new("POST", "/v1/quote").key(&reader);
    let answer = asked.json(&reserve).send(app.address);
    answer.problem("forbidden");
}
