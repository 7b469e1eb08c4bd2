//! Lift over HTTP: what journeys and sends brought, or why that cannot be said, and what could be told beforehand.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    what_a_send_brought_is_told_or_why_it_cannot_be,
    the_control_group_is_drawn_seen_and_told_of_each_member,
}

fn ask(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).key(&app.admin);
    request.json(body).send(app.address)
}

fn shop(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app.member_with("ana@example.com", "12.00");
    let words = json!({"en": {"subject": "Hello", "text": "Hello."}});
    let template = json!({"name": "Hello", "language": "en", "words": words});
    ask(&app, "PUT", "/v1/templates/hello", &template).with(200);
    let segment = json!({"id": "all", "name": "All", "condition": "orders_ever < 99"});
    app.post("/v1/segments", &segment).with(201);
    app
}

fn what_a_send_brought_is_told_or_why_it_cannot_be(db: TestDb) {
    let app = shop(db);
    let power = app
        .get("/v1/segments/all/power?hold_out_percent=20")
        .with(200);
    assert_eq!(
        (&power["members"], &power["held_out"], &power["warning"]),
        (&json!(1), &json!(1), &json!("too_few")),
        "{power:#}"
    );
    app.get("/v1/segments/all/power?hold_out_percent=60")
        .with(422);
    app.get("/v1/segments/none/power").with(404);
    let send =
        json!({"template": "hello", "channel": "inbox", "segment": "all", "hold_out_percent": 20});
    let send = app.post("/v1/sends", &send).with(201);
    app.app.plan_sends(app.tenant).expect("is planned");
    let path = format!("/v1/sends/{}/lift", send["id"].as_str().expect("is text"));
    let lift = app.get(&format!("{path}?metric=orders&days=7")).with(200);
    assert_eq!(
        (&lift["metric"], &lift["unit"], &lift["hold_out_percent"]),
        (&json!("orders"), &json!("count"), &json!(20))
    );
    assert_eq!(lift["no_answer"]["code"], "too_few");
    assert_eq!(lift["no_any_day"]["code"], "too_early");
    let waiting = |group: &str| lift[group]["waiting"].as_u64().expect("is a number");
    assert_eq!(waiting("treated") + waiting("held_out"), 1, "{lift:#}");
    app.get(&format!("{path}?metric=joy")).with(400);
    app.get(&format!("{path}?days=0")).with(400);
    app.get("/v1/sends/snd_none/lift").with(404);
    app.get("/v1/journeys/none/lift").with(404);
    let journey = "name = \"Hi\"\n[start]\non = \"enrolment\"\n[[step]]\nid = \"points\"\naward = 5\nreason = \"Hi\"\n";
    let put = json!({"version": null, "text": journey});
    ask(&app, "PUT", "/v1/journeys/hi", &put).with(200);
    let lift = app.get("/v1/journeys/hi/lift").with(200);
    assert_eq!(lift["no_answer"]["code"], "nobody_held_out");
    assert_eq!(
        (&lift["metric"], &lift["days"]),
        (&json!("spend"), &json!(30))
    );
}

fn the_control_group_is_drawn_seen_and_told_of_each_member(db: TestDb) {
    let app = shop(db);
    let before = app.get("/v1/control-group").with(200);
    assert_eq!(
        (&before["draws"], &before["members"]),
        (&json!([]), &json!(1))
    );
    let draw = |percent: i64, name: &str| {
        let body = json!({"percent": percent, "name": name});
        ask(&app, "PUT", "/v1/control-group", &body)
    };
    assert_eq!(draw(20, "first").with(200)["percent"], 20);
    for (percent, name) in [(21, "first"), (-1, "first"), (300, "first"), (5, "")] {
        draw(percent, name).with(422);
    }
    let member = "/v1/members/email:ana@example.com/control-group";
    let own = app.get(member).with(200)["in_it"]
        .as_bool()
        .expect("is said");
    let found = app
        .get("/v1/control-group?metric=returned&days=7")
        .with(200);
    assert_eq!(found["in_it"], json!(u64::from(own)), "{found:#}");
    assert_eq!(found["draw"]["name"], "first");
    assert_eq!(found["lift"]["no_answer"]["code"], "too_few");
    // Of twenty draws one has her, and not each.
    let has = |number: u64| {
        draw(20, &format!("draw {number}")).with(200);
        app.get(member).with(200)["in_it"] == json!(true)
    };
    let times = (0..60).filter(|number| has(*number)).count();
    assert!((1..60).contains(&times), "{times}");
    app.get("/v1/members/email:nobody@example.com/control-group")
        .with(404);
}
