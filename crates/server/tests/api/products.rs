//! Products and stores: put in bulk, found, compared; and what is recommended by what was bought.

use crate::client::{Answer, Request};
use crate::testapp::{NOW, PROGRAM, TestApp, at};
use regulars_app::Scope;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

regulars_testkit::on_both! {
    products_are_put_from_files_listed_and_taken_away,
    what_is_bought_together_and_after_is_recommended_and_noted,
    what_their_kind_buys_these_days_comes_first_and_what_they_bought_where_it_is_asked_for,
}

const FILE: &str = "id,name,category,price,brand,size,colour\n\
    tea,Green tea,Tea,8.90,Leaf,250 g,green\n\
    finest,First flush,Tea,19.00,Leaf,100 g,\n\
    honey,\"Honey, of lime\",Spreads,6,,,\n\
    bad,,Tea,1,,,\n\
    dear,Odd,Tea,1.234,,,\n\
    cup,A cup,Ware,12.00,,,\n\
    milk,Milk,Dairy,1.20,,,\n";

fn put(app: &TestApp, path: &str, kind: &str, text: &str) -> Answer {
    let request = Request::new("PUT", path).key(&app.admin);
    request
        .header("Content-Type", kind)
        .body(text)
        .send(app.address)
}

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a list");
    items
        .iter()
        .map(|own| own["id"].as_str().expect("an id"))
        .collect()
}

fn products_are_put_from_files_listed_and_taken_away(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let taken = put(&app, "/v1/products", "text/csv; charset=utf-8", FILE).with(200);
    assert_eq!(
        (&taken["taken"], &taken["rejected"]),
        (&json!(5), &json!(2))
    );
    assert_eq!(taken["rejects"][0]["line"], 5);
    assert_eq!(taken["rejects"][1]["line"], 6);
    let more = r#"{"id":"milk","name":"Oat milk","price":2.1,"attributes":{"vegan":"yes"}}"#;
    let taken = put(&app, "/v1/products", "application/x-ndjson", more).with(200);
    assert_eq!(taken, json!({"taken": 1, "rejected": 0, "rejects": []}));

    let first = app.get("/v1/products?limit=2").with(200);
    assert_eq!(ids(&first), ["cup", "finest"]);
    let next = first["next"].as_str().expect("there is more");
    let rest = app.get(&format!("/v1/products?limit=9&after={next}"));
    let rest = rest.with(200);
    assert_eq!(ids(&rest), ["honey", "milk", "tea"]);
    assert_eq!(rest["next"], Value::Null);
    assert_eq!(
        ids(&app.get("/v1/products?category=Tea").with(200)),
        ["finest", "tea"]
    );
    assert_eq!(
        ids(&app.get("/v1/products?find=LEAF").with(200)),
        ["finest", "tea"]
    );
    let milk = app.get("/v1/products/milk").with(200);
    assert_eq!(
        (
            &milk["name"],
            &milk["price"],
            &milk["category"],
            &milk["attributes"]["vegan"]
        ),
        (
            &json!("Oat milk"),
            &json!("2.10"),
            &Value::Null,
            &json!("yes")
        )
    );

    let gone = |path: &str| {
        Request::new("DELETE", path)
            .key(&app.admin)
            .send(app.address)
    };
    assert_eq!(gone("/v1/products/milk").with(200)["name"], "Oat milk");
    gone("/v1/products/milk").with(404);
    app.get("/v1/products/milk").with(404);

    put(
        &app,
        "/v1/stores",
        "text/csv",
        "id,name,city\n3,Main street,Bonn\n",
    )
    .with(200);
    let stores = app.get("/v1/stores?find=main").with(200);
    assert_eq!(stores["items"][0]["attributes"]["city"], "Bonn");
    assert_eq!(gone("/v1/stores/3").with(200)["id"], "3");

    let wrong = put(&app, "/v1/products", "text/csv", "sku,title\n1,a\n").with(422);
    assert_eq!(wrong["code"], "invalid_input");
    put(&app, "/v1/products", "application/xml", "<a/>").with(415);
    let reader = app.key(&[Scope::Read]);
    let request = Request::new("PUT", "/v1/products").key(&reader);
    let request = request.header("Content-Type", "text/csv").body(FILE);
    request.send(app.address).with(403);
}

/// Somebody buys one of each on a day of February or March.
fn buys(app: &TestApp, email: &str, day: &str, skus: &[&str]) {
    let lines: Vec<Value> = skus
        .iter()
        .map(|sku| json!({"sku": sku, "quantity": "1", "amount": "5.00"}))
        .collect();
    let total = format!("{}.00", 5 * skus.len());
    let order = format!("{email}-{day}");
    let event = json!({
        "type": "purchase", "source": "till-1", "id": order, "at": format!("{day}T09:00:00Z"),
        "customer": {"kind": "email", "value": email},
        "order": order, "currency": "EUR", "total": total, "lines": lines,
    });
    app.post("/v1/events", &event).with(201);
}

/// Twenty who bought tea: ten with honey, seven of all went on to the finest and a cup; and ten others.
fn history(app: &TestApp) {
    for number in 0..30 {
        let email = format!("m{number}@example.com");
        app.member(&email);
        match number {
            0..=9 => buys(app, &email, "2025-01-02", &["tea", "honey"]),
            10..=19 => buys(app, &email, "2025-01-02", &["tea"]),
            _ => buys(app, &email, "2025-01-02", &["milk"]),
        }
        if (3..10).contains(&number) {
            buys(app, &email, "2025-01-20", &["finest", "cup"]);
        }
    }
    buys(app, "m29@example.com", "2025-02-28", &["milk"]);
}

fn work_out(app: &TestApp) {
    let begun = app
        .post("/v1/jobs", &json!({"what": "recommendations"}))
        .with(202);
    let path = format!("/v1/jobs/{}", begun["id"].as_str().expect("an id"));
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let job = app.get(&path).with(200);
        match job["state"].as_str() {
            Some("done") => return,
            Some("running") if Instant::now() < until => std::thread::yield_now(),
            _ => panic!("{job}"),
        }
    }
}

fn products(list: &Value) -> Vec<&str> {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|own| own["product"]["id"].as_str().expect("an id"))
        .collect()
}

fn what_is_bought_together_and_after_is_recommended_and_noted(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app.set_clock(at(NOW));
    put(&app, "/v1/products", "text/csv", FILE).with(200);
    history(&app);
    let settings = |percent: u8| {
        let request = Request::new("PUT", "/v1/recommendations").key(&app.admin);
        let body = json!({"hold_out": percent});
        request.json(&body).send(app.address)
    };
    settings(51).with(422);
    settings(0).with(200);
    let path = "/v1/members/email:m15@example.com/recommendations";
    let before = app.get(path).with(200);
    assert_eq!(
        (&before["items"], &before["built_at"]),
        (&json!([]), &Value::Null)
    );
    work_out(&app);

    // Who bought tea alone: honey was in 10 of the 20 baskets with tea; after it, 7 of 20 came for two others.
    let found = app.get(&format!("{path}?place=web&limit=3")).with(200);
    assert_eq!(
        products(&found["items"]),
        ["honey", "cup", "finest"],
        "{found}"
    );
    let honey = &found["items"][0];
    assert_eq!(
        (&honey["kind"], &honey["bought"], &honey["bought_name"]),
        (&json!("together"), &json!("tea"), &json!("Green tea"))
    );
    assert_eq!((&honey["both"], &honey["of"]), (&json!(10), &json!(20)));
    let cup = &found["items"][1];
    assert_eq!(
        (&cup["kind"], &cup["both"], &cup["of"]),
        (&json!("after"), &json!(7), &json!(20))
    );
    assert_eq!(cup["product"]["price"], "12.00");

    // What the shop no longer sells is named to nobody.
    let gone = Request::new("DELETE", "/v1/products/honey").key(&app.admin);
    gone.send(app.address).with(200);
    let found = app.get(&format!("{path}?limit=2")).with(200);
    assert_eq!(products(&found["items"]), ["cup", "finest"]);
    put(&app, "/v1/products", "text/csv", FILE).with(200);

    // In a quote only where it is asked for.
    let mut basket = json!({
        "customer": {"kind": "email", "value": "m15@example.com"}, "currency": "EUR",
        "lines": [{"sku": "tea", "quantity": "1", "price": "8.90"}],
    });
    let plain = app.post("/v1/quote", &basket).with(200);
    assert_eq!(plain["goes_with"], Value::Null);
    basket["recommend"] = json!(2);
    let quote = app.post("/v1/quote", &basket).with(200);
    assert_eq!(products(&quote["goes_with"]), ["honey"], "{quote}");
    basket["recommend"] = json!(11);
    app.post("/v1/quote", &basket).with(422);

    // In a message, with something else for whoever is held out.
    let words = "{recommended_1|something} and {recommended_2|more}";
    let words = json!({"en": {"subject": "For you", "text": words}});
    let body = json!({"name": "For you", "language": "en", "words": words});
    let request = Request::new("PUT", "/v1/templates/for-you").key(&app.admin);
    request.json(&body).send(app.address).with(200);
    let inbox = |email: &str| {
        let who = app.get(&format!("/v1/members/email:{email}")).with(200);
        let body = json!({"template": "for-you", "channel": "inbox", "member": who["id"]});
        app.post("/v1/sends", &body).with(201);
        app.app.plan_sends(app.tenant).expect("is planned");
        let all = app
            .get(&format!("/v1/members/email:{email}/messages"))
            .with(200);
        all["items"][0]["says"]["text"].clone()
    };
    assert_eq!(inbox("m15@example.com"), "Honey, of lime and A cup");

    // Seven of twenty went on to the dearer tea.
    let table = app
        .get("/v1/recommendations/comparison?category=Tea")
        .with(200);
    let tea = &table["items"][0];
    assert_eq!(
        (&tea["product"]["id"], &tea["customers"]),
        (&json!("tea"), &json!(20))
    );
    assert_eq!(
        tea["step_up"],
        json!({"product": "finest", "moved": 7, "of": 20})
    );

    // Who is held out is shown nothing, anywhere; it is noted what they would have been shown.
    settings(50).with(200);
    let held: Vec<String> = (0..30)
        .map(|number| format!("m{number}@example.com"))
        .filter(|email| {
            let path = format!("/v1/members/email:{email}/recommendations?place=app");
            let found = app.get(&path).with(200);
            let none = found["items"].as_array().is_some_and(Vec::is_empty);
            assert_eq!(found["held_out"], none, "{found}");
            none
        })
        .collect();
    // Half of thirty: that it is none or all happens once in 500 million times.
    assert!((1..30).contains(&held.len()), "{held:?}");
    let other = held.iter().find(|own| !own.starts_with("m15@"));
    basket["recommend"] = json!(2);
    basket["customer"]["value"] = json!(other);
    let quote = app.post("/v1/quote", &basket).with(200);
    assert_eq!(quote["goes_with"], Value::Null);
    assert_eq!(inbox(other.expect("there is one")), "something and more");
    let status = app.get("/v1/recommendations").with(200);
    let shown = status["shown"].as_array().expect("a list");
    let of = |place: &str, held_out: bool| {
        let own = shown
            .iter()
            .find(|own| own["place"] == place && own["held_out"] == held_out);
        own.map_or(0, |own| own["members"].as_u64().expect("a number"))
    };
    let count = u64::try_from(held.len()).expect("is small");
    assert_eq!(of("app", true), count, "{status}");
    assert_eq!(of("app", false), 30 - count, "{status}");
    for place in ["quote", "message"] {
        assert_eq!(
            (of(place, true), of(place, false)),
            (1, 1),
            "{place}: {status}"
        );
    }
}

fn what_their_kind_buys_these_days_comes_first_and_what_they_bought_where_it_is_asked_for(
    db: TestDb,
) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app.set_clock(at(NOW));
    put(&app, "/v1/products", "text/csv", FILE).with(200);
    for number in 0..30 {
        let email = format!("m{number}@example.com");
        app.member(&email);
        // Of twenty who buy tea five had honey with it long ago, and ten buy the finest these days.
        match number {
            0..=4 => buys(&app, &email, "2024-11-02", &["tea", "honey"]),
            5..=19 => buys(&app, &email, "2024-11-02", &["tea"]),
            _ => buys(&app, &email, "2025-02-01", &["milk"]),
        }
        if number < 10 {
            buys(&app, &email, "2025-02-20", &["finest"]);
        }
    }
    buys(&app, "m15@example.com", "2024-12-02", &["tea"]);
    let request = Request::new("PUT", "/v1/recommendations").key(&app.admin);
    request
        .json(&json!({"hold_out": 0}))
        .send(app.address)
        .with(200);
    work_out(&app);
    let path = "/v1/members/email:m15@example.com/recommendations";
    let found = app.get(path).with(200);
    let finest = &found["items"][0];
    assert_eq!(finest["product"]["id"], "finest", "{found:#}");
    assert_eq!(
        (
            &finest["kind"],
            &finest["both"],
            &finest["of"],
            &finest["bought"]
        ),
        (&json!("also"), &json!(10), &json!(20), &json!("tea"))
    );
    // Honey is bought no more: it comes by its baskets, behind.
    assert_eq!(
        products(&found["items"])[..2],
        ["finest", "honey"],
        "{found:#}"
    );
    assert_eq!(found["items"][1]["kind"], "together");
    let again = app.get(&format!("{path}?again=true")).with(200);
    let tea = &again["items"][0];
    assert_eq!(
        (&tea["product"]["id"], &tea["kind"], &tea["times"]),
        (&json!("tea"), &json!("again"), &json!(2)),
        "{again:#}"
    );
    assert_eq!(
        products(&again["items"])[..2],
        ["tea", "finest"],
        "{again:#}"
    );
}
