//! Members who may be one person, and identities that are typed in many ways, over HTTP.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    pairs_are_found_parted_and_merged,
    an_identity_is_shown_in_its_form_and_as_it_was_typed,
}

fn put(app: &TestApp, path: &str, body: &Value) -> Answer {
    let request = Request::new("PUT", path).key(&app.admin);
    request.json(body).send(app.address)
}

fn pairs_are_found_parted_and_merged(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let ana = app.member("ana.weber@example.com");
    let bo = app.member("anaweber+shop@example.com");
    let found = app.post("/v1/duplicates/find", &json!({})).with(200);
    assert_eq!(found["pairs"], 1);
    let page = app.get("/v1/duplicates").with(200);
    let pair = &page["items"][0];
    assert_eq!(
        (&pair["one"]["id"], &pair["other"]["id"]),
        (&json!(ana), &json!(bo))
    );
    assert_eq!(
        (&pair["state"], &pair["reasons"]),
        (&json!("found"), &json!(["email"]))
    );
    app.get("/v1/duplicates?state=many")
        .problem("invalid_parameter");
    app.get("/v1/duplicates?after=%21")
        .problem("invalid_parameter");

    let two = json!({"one": bo, "other": "email:ana.weber@example.com"});
    let said = app.post("/v1/duplicates/part", &two);
    assert_eq!(said.status, 204);
    let count = |path: &str| app.get(path).with(200)["items"].as_array().map(Vec::len);
    assert_eq!(count("/v1/duplicates"), Some(0));
    assert_eq!(count("/v1/duplicates?state=not_same"), Some(1));
    let acts = app.get("/v1/audit?act=part_duplicate").with(200);
    assert_eq!(acts["items"][0]["after"], "two people");
    let wrong = json!({"one": bo, "other": bo, "not_same": "yes"});
    app.post("/v1/duplicates/part", &wrong)
        .problem("invalid_input");
    let none = json!({"one": bo, "other": bo});
    app.post("/v1/duplicates/part", &none).problem("not_found");
    let back = json!({"one": bo, "other": ana, "not_same": false});
    assert_eq!(app.post("/v1/duplicates/part", &back).status, 204);
    assert_eq!(count("/v1/duplicates"), Some(1));
    app.post(&format!("/v1/members/{bo}/merge"), &json!({"into": ana}))
        .with(201);
    assert_eq!(count("/v1/duplicates"), Some(0));
}

fn an_identity_is_shown_in_its_form_and_as_it_was_typed(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let body = json!({"identities": [{"kind": "phone", "value": "030 / 123456"}]});
    let refused = app.post("/v1/members", &body);
    let problem = refused.problem("invalid_input");
    assert_eq!(problem["errors"][0]["at"], "/identities/0/value");
    let mut settings = app.get("/v1/settings").with(200);
    settings["country"] = json!("DE");
    let set = put(&app, "/v1/settings", &settings).with(200);
    assert_eq!(set["country"], "DE");
    settings["country"] = json!("de");
    put(&app, "/v1/settings", &settings).problem("invalid_input");

    let made = app.post("/v1/members", &body).with(201)["member"].clone();
    let shown = json!([{"kind": "phone", "value": "+4930123456", "typed": "030 / 123456"}]);
    assert_eq!(made["identities"], shown);
    let asked = json!({"kind": "phone", "value": "+49 30 123456"});
    let found = app.post("/v1/members/lookup", &asked).with(200);
    assert_eq!((&found["id"], &found["identities"]), (&made["id"], &shown));
    let listed = app.get("/v1/members?find=030%2012").with(200);
    assert_eq!(listed["items"][0]["id"], made["id"]);
    let bought = json!({"type": "purchase", "source": "till", "id": "o-1", "order": "o-1",
        "customer": {"kind": "phone", "value": "(030) 12 34 56"}, "currency": "EUR", "total": "5.00"});
    assert_eq!(
        app.post("/v1/events", &bought).with(201)["member"],
        made["id"]
    );
}
