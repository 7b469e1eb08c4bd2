//! Leaderboards, nicknames, plays and draws over HTTP, on both databases.

use crate::client::Request;
use crate::testapp::{TestApp, at, but};
use regulars_testkit::TestDb;
use serde_json::json;

const GAMES: &str = r#"
[program]
name     = "Games"
currency = "EUR"
timezone = "UTC"

[points.beans]
worth = "0.05 EUR"

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[[leaderboard]]
id     = "week"
counts = "points"
points = "beans"
every  = "week"
prize  = [{ place = 1, gives = "mug" }]

[[draw]]
id     = "spring"
closes = "2025-03-10"
earn   = [{ each = "10 EUR" }]
gives  = "mug"

[[game]]
id    = "wheel"
price = { beans = 1 }
prize = [{ id = "bean", odds = "1 in 2", gives = { beans = 1 } }]

[[cause]]
id     = "meals"
points = "beans"

[[reward]]
id   = "mug"
kind = "other"
"#;

#[test]
fn games_are_played_on_sqlite() {
    play(TestDb::sqlite());
}

#[test]
fn games_are_played_on_postgresql() {
    play(TestDb::postgres());
}

fn play(db: TestDb) {
    let app = TestApp::on(db);
    app.set_clock(at("2025-03-04T09:00:00Z"));
    app.apply(GAMES);
    let buy = |who: &str, total: &str| {
        let event = json!({"type": "purchase", "source": "till", "id": who,
            "customer": {"kind": "customer", "value": who},
            "order": who, "currency": "EUR", "total": total});
        app.post("/v1/events", &event).with(201);
    };
    for (who, total) in [
        ("ana", "50.00"),
        ("ben", "70.00"),
        ("cy", "50.00"),
        ("di", "90.00"),
    ] {
        buy(who, total);
    }
    let name = |who: &str, nickname: serde_json::Value| {
        Request::new("PUT", &format!("/v1/members/customer:{who}/nickname"))
            .key(&app.admin)
            .json(&json!({"nickname": nickname}))
            .send(app.address)
    };
    name("ana", json!("Ana Banana")).with(200);
    name("ben", json!("Big Ben")).with(200);
    name("cy", json!("Cy")).with(200);
    // Taken, whatever the case; and not well-formed.
    for wrong in ["ana banana", "x", "+49 170 1234567", "ana@example.com"] {
        let answer = name("cy", json!(wrong));
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.text());
    }
    let board = app
        .get("/v1/leaderboards/week?member=customer:cy&around=1")
        .with(200);
    let places = |list: &serde_json::Value| -> Vec<(i64, String)> {
        let of = |own: &serde_json::Value| {
            let nickname = own["nickname"].as_str().expect("is a text").to_owned();
            (own["place"].as_i64().expect("is a number"), nickname)
        };
        list.as_array().into_iter().flatten().map(of).collect()
    };
    let named = |place: i64, nickname: &str| (place, nickname.to_owned());
    // Di has most, and chose no nickname. Ana had 50 before Cy.
    let all = [named(1, "Big Ben"), named(2, "Ana Banana"), named(3, "Cy")];
    assert_eq!(places(&board["top"]), all);
    assert_eq!(board["own"]["place"], 3);
    assert_eq!(places(&board["around"]), all[1..]);
    name("ben", json!(null)).with(200);
    let board = app.get("/v1/leaderboards/week").with(200);
    assert_eq!(
        places(&board["top"]),
        [named(1, "Ana Banana"), named(2, "Cy")]
    );

    let event = json!({"source": "app", "customer": {"kind": "customer", "value": "ana"}});
    for number in 0..20 {
        let id = format!("p-{number}");
        let play = json!({"type": "play", "id": id, "game": "wheel", "nonce": "luck"});
        app.post("/v1/events", &but(event.clone(), &play)).with(201);
    }
    let check = app.app.verify_draws(app.tenant).expect("can be checked");
    assert_eq!((check.plays, check.proven), (20, 20));
    assert!(check.wrong.is_empty(), "{:?}", check.wrong);
    let promises = app.get("/v1/draw-promises").with(200);
    assert_eq!(promises.as_array().map(Vec::len), Some(2));
    assert!(promises[0].get("secret").is_none(), "the month is not over");

    let gift = json!({"type": "donation", "id": "d-1", "cause": "meals", "points": "beans",
        "amount": "20"});
    app.post("/v1/events", &but(event, &gift)).with(201);
    let months = app.get("/v1/causes/meals").with(200);
    assert_eq!(months[0]["amount"], "1.00");

    assert_eq!(app.get("/v1/draws/spring").status, 422, "it is open");
    // The week and the draw are closed: the clock pays both places, once.
    let now = at("2025-03-12T09:00:00Z");
    app.set_clock(now);
    let drawn = app.get("/v1/draws/spring").with(200);
    assert_eq!(drawn["tickets"], 26);
    assert_eq!(app.app.tick_due(now).expect("the clock works"), 2);
    assert_eq!(app.app.tick_due(now).expect("the clock works"), 0);
    let mugs = |who: &str| {
        let balance = app.get(&format!("/v1/members/{who}/balance")).with(200);
        balance["vouchers"].as_array().map_or(0, Vec::len)
    };
    let winner = drawn["places"][0]["member"].as_str().expect("somebody won");
    assert!(mugs(winner) >= 1);
    assert!(mugs("customer:ana") >= 1, "first of the week");
    let all = ["ana", "ben", "cy", "di"].map(|who| mugs(&format!("customer:{who}")));
    assert_eq!(all.iter().sum::<usize>(), 2);
    app.set_clock(at("2025-04-02T09:00:00Z"));
    assert_eq!(drawn, app.get("/v1/draws/spring").with(200));
    let promises = app.get("/v1/draw-promises").with(200);
    assert!(promises[0]["secret"].is_string(), "the month is over");
}
