//! Segments: made, previewed, changed, and who came and went.

use crate::client::Request;
use crate::testapp::{PROGRAM, TestApp};
use regulars_testkit::TestDb;
use serde_json::json;

regulars_testkit::on_both! {
    a_segment_is_made_previewed_changed_and_taken_away,
}

fn a_segment_is_made_previewed_changed_and_taken_away(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let ana = app.member_with("ana@example.com", "12.00");
    app.member_with("bo@example.com", "80.00");
    let send = |method: &str, path: &str, body| {
        let request = Request::new(method, path).key(&app.admin);
        request.json(&body).send(app.address)
    };
    let small = json!({"condition": "spend_ever < 50"});
    let found = send("POST", "/v1/segments/preview", small).with(200);
    assert_eq!(
        found,
        json!({"members": 1, "of": 2, "sample": [ana], "complete": true})
    );

    let new = json!({"id": "small", "name": "Small baskets", "condition": "spend_ever < 50"});
    let made = send("POST", "/v1/segments", new.clone()).with(201);
    assert_eq!((&made["members"], &made["version"]), (&json!(1), &json!(1)));
    assert_eq!(
        send("POST", "/v1/segments", new).with(409)["code"],
        "exists"
    );
    let all = app.get("/v1/segments").with(200);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
    let names = all["figures"].as_array().expect("a list");
    assert!(names.iter().any(|own| own["name"] == "orders(90)"));

    let wrong = json!({"version": 1, "name": "Small", "condition": "spnd_ever < 50"});
    let wrong = send("PUT", "/v1/segments/small", wrong).with(422);
    assert_eq!(wrong["code"], "invalid_condition");
    assert_eq!(wrong["findings"][0]["column"], 1);
    let change =
        |version| json!({"version": version, "name": "All", "condition": "spend_ever < 90"});
    let changed = send("PUT", "/v1/segments/small", change(1)).with(200);
    assert_eq!(changed["members"], 2);
    send("PUT", "/v1/segments/small", change(1)).with(422);
    send("PUT", "/v1/segments/none", change(1)).with(404);

    let one = app.get("/v1/segments/small/members?limit=1").with(200);
    let next = one["next"].as_str().expect("there is another page");
    let other = app
        .get(&format!("/v1/segments/small/members?limit=1&after={next}"))
        .with(200);
    assert_ne!(one["items"][0]["member"], other["items"][0]["member"]);
    let moves = app.get("/v1/segments/small/moves").with(200);
    let moves = moves["items"].as_array().expect("a list");
    let told = moves
        .iter()
        .map(|own| (own["entered"].as_bool(), own["cause"].as_str()));
    assert!(told.eq([(Some(true), Some("change")); 2]));
    let grown = app.get("/v1/segments/small/growth?days=2").with(200);
    assert_eq!(grown["days"][1]["members"], 2);
    assert_eq!(grown["days"][0]["members"], 0);
    app.get("/v1/segments/small/growth?days=0").with(400);

    send("DELETE", "/v1/segments/small", json!({})).with(200);
    app.get("/v1/segments/small").with(404);
    app.get("/v1/segments/small/members").with(404);
}
