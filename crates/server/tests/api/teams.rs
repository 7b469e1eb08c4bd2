//! What teams do together, over HTTP, on both databases.

use crate::client::Request;
use crate::testapp::{TestApp, at};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

const TEAMS: &str = r#"
[program]
name     = "Teams"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[[group]]
id   = "crew"
kind = "team"
join = "open"

[[challenge]]
id    = "coffees"
title = "Coffees in May"
every = "month"
step  = [{ title = "coffees", when = 'line.category == "coffee"', each = "item", count = 20 }]
team  = { of = "crew", least = 2 }
gives = { beans = 100 }
"#;

#[test]
fn teams_do_it_on_sqlite() {
    together(TestDb::sqlite());
}

#[test]
fn teams_do_it_on_postgresql() {
    together(TestDb::postgres());
}

fn buys(who: &str, order: &str, coffees: u64) -> Value {
    json!({"type": "purchase", "source": "till", "id": order, "order": order,
        "customer": {"kind": "customer", "value": who}, "currency": "EUR", "total": "1.00",
        "lines": [{"category": "coffee", "quantity": coffees.to_string(), "amount": "1.00"}]})
}

fn together(db: TestDb) {
    let app = TestApp::on(db);
    app.set_clock(at("2025-05-04T09:00:00Z"));
    app.apply(TEAMS);
    for who in ["ana", "bo", "cy"] {
        let event = json!({"type": "enrolment", "source": "till", "id": who,
            "customer": {"kind": "customer", "value": who}});
        app.post("/v1/events", &event).with(201);
    }
    let team = json!({"identity": {"kind": "crew", "value": "blue"}, "group": "crew",
        "title": "Blue", "head": "customer:ana"});
    app.post_once("/v1/groups", "blue", &team).with(201);
    for who in ["bo", "cy"] {
        let join = json!({"group": "crew:blue"});
        app.post_once(&format!("/v1/members/customer:{who}/group"), who, &join)
            .with(201);
    }
    Request::new("PUT", "/v1/members/customer:ana/nickname")
        .key(&app.admin)
        .json(&json!({"nickname": "Bean Queen"}))
        .send(app.address)
        .with(200);

    // At one moment each of them buys: the goal is reached by one of those, and once.
    app.post("/v1/events", &buys("ana", "a-0", 1)).with(201);
    std::thread::scope(|scope| {
        for who in ["ana", "bo", "cy"] {
            let app = &app;
            scope.spawn(move || {
                for no in 0..8 {
                    let order = format!("{who}-{no}");
                    app.post("/v1/events", &buys(who, &order, 1)).with(201);
                }
            });
        }
    });
    let beans = |who: &str| {
        let balance = app
            .get(&format!("/v1/members/customer:{who}/balance"))
            .with(200);
        balance["points"][0]["available"].clone()
    };
    assert_eq!(
        [beans("ana"), beans("bo"), beans("cy")],
        ["109", "108", "108"]
    );

    let challenges = app.get("/v1/groups/crew:blue/challenges").with(200);
    let shown = &challenges[0];
    assert_eq!(shown["challenge"]["challenge"], "coffees");
    assert_eq!(shown["challenge"]["met"], 1);
    assert_eq!(shown["challenge"]["steps"][0]["counted"], 25);
    let people = json!([{"nickname": "Bean Queen", "did": [9], "gets": true}]);
    assert_eq!(shown["people"], people);
    assert_eq!(
        (&shown["others"], &shown["others_did"]),
        (&json!(2), &json!([16]))
    );
    let before = app
        .get("/v1/groups/crew:blue/challenges?at=2025-04-04T09:00:00Z")
        .with(200);
    assert_eq!(before[0]["challenge"]["steps"][0]["counted"], 0);
    assert_eq!(app.get("/v1/groups/customer:bo/challenges").status, 404);

    // Each sees it beside their own; of the team they have no points.
    let balance = app.get("/v1/members/customer:bo/balance").with(200);
    let own = &balance["challenges"][0];
    assert_eq!(
        (&own["met"], &own["steps"][0]["counted"]),
        (&json!(1), &json!(25))
    );
    assert_eq!(balance["group"]["points"], json!([]));

    // Two of five that are too many come back, then four more: too little is left.
    for (who, no) in [
        ("cy", 0),
        ("cy", 1),
        ("bo", 0),
        ("bo", 1),
        ("bo", 2),
        ("bo", 3),
    ] {
        let refund = json!({"type": "refund", "source": "till", "id": format!("r-{who}-{no}"),
            "order": format!("{who}-{no}")});
        app.post("/v1/events", &refund).with(201);
    }
    assert_eq!([beans("ana"), beans("bo"), beans("cy")], ["9", "4", "6"]);
    let verified = app.app.verify(app.tenant, None, &mut |_| ());
    assert_eq!(verified.expect("it is read").wrong, None);
}
