//! Personal offers over HTTP: written with each fault at its place, shown, taken once, counted, and proved.

use crate::client::{Answer, Request};
use crate::portal::Shop;
use crate::testapp::{PROGRAM, TestApp};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    a_set_is_written_with_each_fault_at_its_place_and_by_the_version_that_was_seen,
    an_offer_is_shown_taken_once_counted_and_proved,
    a_member_takes_their_own_offer_and_nobody_elses,
}

fn ask(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).key(&app.admin);
    request.json(body).send(app.address)
}

fn offer(id: &str, gives: &Value) -> Value {
    json!({"id": id, "title": {"en": format!("The {id}")}, "gives": gives, "cost": "1.00", "value": "4.00"})
}

fn set() -> Value {
    json!({
        "name": "Spring", "language": "en", "days": 14, "budget": "100.00",
        "offers": [
            offer("few", &json!({"kind": "points", "id": "beans", "amount": 10})),
            offer("coffee", &json!({"kind": "reward", "id": "free-coffee"})),
        ],
    })
}

fn a_set_is_written_with_each_fault_at_its_place_and_by_the_version_that_was_seen(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    assert_eq!(app.get("/v1/offer-sets").with(200), json!({"items": []}));
    let wrong = json!({
        "name": "Spring", "language": "en", "days": 14, "budget": "0", "hold_out": 4,
        "context": "weather",
        "offers": [offer("a", &json!({"kind": "cake", "id": "x"}))],
    });
    let told = ask(&app, "PUT", "/v1/offer-sets/spring", &wrong).with(422);
    let at = |told: &Value| {
        let errors = told["errors"].as_array().expect("there are faults");
        let each = errors
            .iter()
            .map(|own| own["at"].as_str().expect("is there").to_owned());
        each.collect::<Vec<_>>()
    };
    assert_eq!(at(&told), ["/offers/0/gives/kind", "/context"]);
    let wrong = json!({
        "name": "Spring", "language": "en", "days": 14, "budget": "0", "hold_out": 4,
        "offers": [offer("a", &json!({"kind": "reward", "id": "x"}))],
    });
    let told = ask(&app, "PUT", "/v1/offer-sets/spring", &wrong).with(422);
    assert_eq!(at(&told), ["/hold_out", "/offers/0/gives/id", "/budget"]);
    let made = ask(&app, "PUT", "/v1/offer-sets/spring", &set()).with(200);
    assert_eq!(
        (
            &made["set"]["version"],
            &made["set"]["hold_out"],
            &made["set"]["live"]
        ),
        (&json!(1), &json!(10), &json!(true))
    );
    ask(&app, "PUT", "/v1/offer-sets/spring", &set()).with(409);
    let mut next = set();
    next["version"] = json!(1);
    next["live"] = json!(false);
    let changed = ask(&app, "PUT", "/v1/offer-sets/spring", &next).with(200);
    assert_eq!(changed["set"]["version"], 2);
    ask(&app, "PUT", "/v1/offer-sets/spring", &next).with(422);
    assert_eq!(app.get("/v1/offer-sets/spring").with(200), changed);
    app.get("/v1/offer-sets/autumn").with(404);
    app.get("/v1/offer-sets/autumn/figures").with(404);
    app.get("/v1/offer-sets/autumn/lift").with(404);
}

fn an_offer_is_shown_taken_once_counted_and_proved(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    ask(&app, "PUT", "/v1/offer-sets/spring", &set()).with(200);
    let path = |number: usize| format!("/v1/members/email:m{number}@example.com");
    for number in 0..8 {
        app.member_with(&format!("m{number}@example.com"), "12.00");
    }
    let offers = |number: usize| app.get(&format!("{}/offers", path(number))).with(200);
    let shown = (0..8).find(|number| offers(*number)["items"] != json!([]));
    let shown = shown.expect("eight are not all held out");
    let own = offers(shown)["items"][0].clone();
    assert_eq!(
        (&own["choice"], &own["state"]),
        (&json!("spring.1"), &json!("open"))
    );
    let take = format!("{}/offers/spring.1", path(shown));
    for _ in 0..2 {
        let taken = app.post(&take, &json!({})).with(200);
        assert_eq!(taken["state"], "taken");
        assert_eq!(taken["offer"]["offer"], own["offer"]);
    }
    assert_eq!(offers(shown)["items"][0]["state"], "taken");
    app.post(&format!("{}/offers/spring.2", path(shown)), &json!({}))
        .with(404);
    let balance = app.get(&format!("{}/balance", path(shown))).with(200);
    if own["offer"] == "few" {
        assert_eq!(balance["points"][0]["available"], "22");
    } else {
        assert_eq!(balance["vouchers"][0]["reward"], "free-coffee");
    }
    let choices = app.get(&format!("{}/offer-choices", path(shown))).with(200);
    let choice = &choices["items"][0];
    assert_eq!(
        (&choice["proved"], &choice["stage"]),
        (&json!(true), &json!("taken"))
    );
    assert_eq!(choice["among"].as_array().map(Vec::len), Some(2));
    let figures = app.get("/v1/offer-sets/spring/figures").with(200);
    assert_eq!(
        (&figures["drawn"], &figures["budget"]),
        (&json!("1.00"), &json!("100.00"))
    );
    let taken = figures["offers"].as_array().expect("is a list").iter();
    let taken: u64 = taken
        .map(|own| own["taken"].as_u64().expect("is there"))
        .sum();
    assert_eq!(taken, 1);
    assert_eq!(figures["replay"][0]["no_answer"], "too_few");
    let lift = app
        .get("/v1/offer-sets/spring/lift?metric=orders")
        .with(200);
    assert_eq!(
        (&lift["metric"], &lift["hold_out_percent"]),
        (&json!("orders"), &json!(10))
    );
    assert_eq!(lift["no_answer"]["code"], "too_few");
}

fn a_member_takes_their_own_offer_and_nobody_elses(db: TestDb) {
    let shop = Shop::on(db);
    ask(&shop.app, "PUT", "/v1/offer-sets/spring", &set()).with(200);
    let bare = Request::new("GET", "/v1/me/offers").send(shop.app.address);
    bare.with(401);
    for number in 0..8 {
        let own = shop.join(&format!("m{number}@example.com"));
        let offers = own.get(&shop, "/v1/me/offers").with(200);
        let Some(choice) = offers["items"][0]["choice"].as_str() else {
            continue;
        };
        let take = format!("/v1/me/offers/{choice}");
        let taken = own.does(&shop, "POST", &take, &json!({})).with(200);
        assert_eq!(taken["state"], "taken");
        let other = shop.join("late@example.com");
        other.does(&shop, "POST", &take, &json!({})).with(404);
        return;
    }
    panic!("eight are not all held out");
}
