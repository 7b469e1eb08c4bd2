//! What the program offers, and who is on a plan.

use crate::testapp::TestApp;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

const PROGRAM: &str = r#"
[program]
name = "Offers"
currency = "EUR"

[points.beans]

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[[reward]]
id = "mug"
title = "A mug"
price = { beans = 10 }
cost = "2.40 EUR"
sent = true
stock = 5
limit = [{ times = 3, per = "program" }]

[[reward]]
id = "hug"
from = "2025-01-01"
price = { beans = 1 }

[[coupon]]
id = "sorry"
kind = "money off"
off = "5.00 EUR"
pattern = "SORRY-####-####"

[[coupon]]
id = "welcome"
kind = "percent off"
off = "10%"
code = "WELCOME10"

[[plan]]
id = "club"
title = "The Club"
price = "5.90 EUR"
every = "1 month"

[[plan]]
id = "gold"
price = "9.90 EUR"
every = "1 month"

[[game]]
id = "wheel"
price = { beans = 1 }
prize = [{ id = "cup", odds = "1 in 1", stock = 3, gives = { beans = 1 } }]

[[draw]]
id = "spring"
closes = "2025-01-31"
price = { beans = 1 }
winners = 1
gives = "hug"
"#;

regulars_testkit::on_both! {
    offers_are_listed_with_how_far_they_have_come,
    who_is_on_a_plan_is_listed_by_how_they_stand,
}

fn offers_are_listed_with_how_far_they_have_come(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let ana = app.member_with("ana@example.com", "100.00");
    let redeem = json!({"reward": "mug", "quantity": 2, "commit": true});
    app.post_once(&format!("/v1/members/{ana}/redemptions"), "m-1", &redeem)
        .with(201);
    let rewards = app.get("/v1/rewards").with(200);
    let mug = &rewards["items"][0];
    assert_eq!(
        (&mug["id"], &mug["title"]),
        (&json!("mug"), &json!("A mug"))
    );
    assert_eq!(mug["price"], json!([{"points": "beans", "amount": "10"}]));
    assert_eq!((&mug["cost"], &mug["left"]), (&json!("2.40"), &json!(3)));
    assert_eq!(mug["sent"], true);
    let limit = json!({"kind": "reward", "id": "mug", "used": "2", "most": "3"});
    assert_eq!(mug["limits"], json!([limit]));
    let hug = &rewards["items"][1];
    assert_eq!((hug.get("left"), &hug["limits"]), (None, &json!([])));
    assert_eq!(hug["from"], "2025-01-01T00:00:00Z");

    app.post("/v1/coupons/sorry/codes", &json!({"count": 7}))
        .with(201);
    let coupons = app.get("/v1/coupons").with(200);
    let sorry = &coupons["items"][0];
    assert_eq!((&sorry["made"], &sorry["uses"]), (&json!(7), &json!(1)));
    assert_eq!(sorry["batches"][0]["made"], 7);
    let welcome = &coupons["items"][1];
    assert_eq!(
        (&welcome["word"], &welcome["made"]),
        (&json!("WELCOME10"), &json!(0))
    );

    let play =
        json!({"type": "play", "source": "app", "id": "p-1", "member": ana, "game": "wheel"});
    app.post("/v1/events", &play).with(201);
    let games = app.get("/v1/games").with(200);
    let prize = &games["games"][0]["prizes"][0];
    assert_eq!((&prize["stock"], &prize["left"]), (&json!(3), &json!(2)));
    assert_eq!(games["draws"][0]["closed"], true);
    let plans = app.get("/v1/plans").with(200);
    assert_eq!(
        (&plans["items"][0]["price"], &plans["items"][0]["pause"]),
        (&json!("5.90"), &json!(false))
    );
    let says = plans["items"][0]["says"]
        .as_array()
        .expect("says something");
    assert!(says.iter().any(|line| line == "costs 5.90 EUR"), "{says:?}");
}

fn who_is_on_a_plan_is_listed_by_how_they_stand(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let names = ["ana", "bo", "cy", "dee"];
    let ids = names.map(|name| app.member(&format!("{name}@example.com")));
    let join = |id: &str, plan: &str| {
        let body = json!({"action": "join", "plan": plan});
        app.post(&format!("/v1/members/{id}/membership"), &body)
            .with(201);
    };
    join(&ids[0], "club");
    join(&ids[1], "club");
    join(&ids[2], "gold");
    let paid = json!({"result": "succeeded"});
    app.post(
        &format!("/v1/members/{}/invoices/1/payments", ids[1]),
        &paid,
    )
    .with(201);
    let listed = |query: &str| -> Vec<Value> {
        let page = app.get(&format!("/v1/memberships{query}")).with(200);
        let items = page["items"].as_array().expect("a page has items");
        items.iter().map(|own| own["member"].clone()).collect()
    };
    assert_eq!(listed(""), ids[..3]);
    assert_eq!(listed("?plan=gold"), [ids[2].as_str()]);
    assert_eq!(listed("?status=active"), [ids[1].as_str()]);
    assert_eq!(listed("?status=waiting&plan=club"), [ids[0].as_str()]);
    let first = app.get("/v1/memberships?limit=2").with(200);
    let next = first["next"].as_str().expect("there is another page");
    assert_eq!(listed(&format!("?limit=2&after={next}")), [ids[2].as_str()]);
    app.get("/v1/memberships?status=lost")
        .problem("invalid_input");

    // Who ends is listed no more.
    let cancel = json!({"action": "cancel"});
    app.post(&format!("/v1/members/{}/membership", ids[0]), &cancel)
        .with(201);
    let left = listed("?plan=club&status=active");
    assert_eq!(left, [ids[1].as_str()]);

    app.db.execute("DELETE FROM subscribers");
    assert_eq!(listed(""), Vec::<Value>::new());
    let mut store = app.db.connect();
    let proof = store.verify(app.tenant, None, &mut |_| {});
    let wrong = proof
        .expect("it can be read")
        .wrong
        .expect("a row is missing");
    assert_eq!(wrong.table, "subscribers");
}
